package whitelist

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"portal.example/shared/fault"
)

// parser remembers the file's name so that every refusal names file and line.
type parser struct{ file string }

// Parse is Load for bytes in memory; file is what errors call them.
func Parse(file string, raw []byte) (*List, error) {
	p := parser{file}
	if len(raw) > maxFile {
		return nil, p.errorf(1, "larger than 1 MiB; this cannot be a whitelist")
	}
	root, err := p.document(raw)
	if err != nil {
		return nil, err
	}
	list, err := p.list(root)
	if err != nil {
		return nil, err
	}
	return list, p.checkDocuments(list)
}

func (p parser) errorf(line int, format string, args ...any) error {
	return fault.Usagef("whitelist %s, line %d: %s", p.file, line, fmt.Sprintf(format, args...))
}

// document returns the single YAML document's root mapping.
func (p parser) document(raw []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	var doc, second yaml.Node
	if err := decoder.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, p.errorf(1, "empty; list at least one table under \"tables:\"")
		}
		return nil, fault.Usagef("whitelist %s: not valid YAML: %s", p.file, oneLine(err))
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, p.errorf(1, "more than one YAML document; keep one")
	}
	if len(doc.Content) != 1 {
		return nil, p.errorf(1, "empty; list at least one table under \"tables:\"")
	}
	return doc.Content[0], nil
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

func (p parser) list(root *yaml.Node) (*List, error) {
	fields, err := p.mapping(root, "version", "tables", "documents")
	if err != nil {
		return nil, err
	}
	version, ok := fields["version"]
	if !ok || version.Kind != yaml.ScalarNode || version.Value != "1" {
		return nil, p.errorf(root.Line, "\"version: 1\" is missing; this program knows version 1 only")
	}
	tables, ok := fields["tables"]
	if !ok {
		return nil, p.errorf(root.Line, "\"tables:\" is missing; an empty list lets nothing out")
	}
	list := &List{}
	if list.Tables, err = p.tables(tables); err != nil {
		return nil, err
	}
	if documents, ok := fields["documents"]; ok {
		list.Documents, err = p.documents(documents)
	}
	return list, err
}

func (p parser) tables(n *yaml.Node) ([]Table, error) {
	items, err := p.sequence(n, "tables")
	if err != nil {
		return nil, err
	}
	tables := make([]Table, 0, len(items))
	for _, item := range items {
		t, err := p.table(item)
		if err != nil {
			return nil, err
		}
		for _, other := range tables {
			if other.FullName() == t.FullName() {
				return nil, p.errorf(t.Line, "table %s is listed twice (first on line %d); keep one entry", t.FullName(), other.Line)
			}
		}
		tables = append(tables, t)
	}
	return tables, nil
}

func (p parser) table(n *yaml.Node) (Table, error) {
	fields, err := p.mapping(n, "table", "columns", "where")
	if err != nil {
		return Table{}, err
	}
	t := Table{Line: n.Line}
	full, err := p.text(n, fields, "table")
	if err != nil {
		return Table{}, err
	}
	var ok bool
	if t.Schema, t.Name, ok = splitName(full); !ok {
		return Table{}, p.errorf(n.Line, "%q is not a table name; write schema.table", full)
	}
	columns, ok := fields["columns"]
	if !ok {
		return Table{}, p.errorf(n.Line, "table %s has no \"columns\"; list each column that may leave", full)
	}
	if t.Columns, err = p.columns(columns, full); err != nil {
		return Table{}, err
	}
	if _, given := fields["where"]; given {
		if t.Where, err = p.text(n, fields, "where"); err != nil {
			return Table{}, err
		}
		if err := p.checkWhere(fields["where"].Line, t.Where); err != nil {
			return Table{}, err
		}
		t.Filter = parseFilter(t.Where)
	}
	return t, nil
}

// checkWhere refuses what could end the expression and begin another statement.
func (p parser) checkWhere(line int, where string) error {
	if !balanced(where) {
		return p.errorf(line, "\"where\" is not one SQL expression; check quotes and parentheses (no ';', no comments, no $-quotes, and no letter before a literal: '1010'::bit(4), not B'1010')")
	}
	return nil
}

func (p parser) columns(n *yaml.Node, table string) ([]string, error) {
	items, err := p.sequence(n, "columns of "+table)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, item := range items {
		name := item.Value
		switch {
		case item.Kind != yaml.ScalarNode || !validName(name):
			return nil, p.errorf(item.Line, "columns of %s: %q is not a column name", table, name)
		case name == "*":
			return nil, p.errorf(item.Line, "columns of %s: \"*\" is not allowed; name each column", table)
		case slices.Contains(names, name):
			return nil, p.errorf(item.Line, "columns of %s: %q is listed twice; keep one", table, name)
		}
		names = append(names, name)
	}
	return names, nil
}

func (p parser) documents(n *yaml.Node) ([]Documents, error) {
	items, err := p.sequence(n, "documents")
	if err != nil {
		return nil, err
	}
	var all []Documents
	for _, item := range items {
		fields, err := p.mapping(item, "table", "key", "sha256")
		if err != nil {
			return nil, err
		}
		d := Documents{Line: item.Line}
		for name, into := range map[string]*string{"table": &d.Table, "key": &d.Key, "sha256": &d.SHA256} {
			if *into, err = p.text(item, fields, name); err != nil {
				return nil, err
			}
		}
		if !strings.Contains(d.Table, ".") {
			d.Table = "public." + d.Table
		}
		all = append(all, d)
	}
	return all, nil
}

// checkDocuments refuses documents whose table or columns may not leave.
func (p parser) checkDocuments(l *List) error {
	for i, d := range l.Documents {
		schema, name, _ := strings.Cut(d.Table, ".")
		t, ok := l.Table(schema, name)
		if !ok {
			return p.errorf(d.Line, "documents: table %s is not under \"tables\"; list it there first", d.Table)
		}
		for _, column := range []string{d.Key, d.SHA256} {
			if !slices.Contains(t.Columns, column) {
				return p.errorf(d.Line, "documents: column %q is not among the columns of %s; list it there first", column, d.Table)
			}
		}
		if slices.ContainsFunc(l.Documents[:i], func(o Documents) bool { return o.Table == d.Table && o.Key == d.Key }) {
			return p.errorf(d.Line, "documents: %s is listed twice; keep one entry", d.Table)
		}
	}
	return nil
}

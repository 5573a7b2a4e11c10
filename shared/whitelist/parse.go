package whitelist

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"portal.example/shared/fault"
)

// parser remembers what it reads, so that every refusal names file and line.
type parser struct {
	path   string // what was loaded: a file, or a directory
	within string // "cases.yaml, " in a directory
}

// Parse is Load for the bytes of one file in memory; file is what errors call them.
func Parse(file string, raw []byte) (*List, error) {
	whole := parts{path: file}
	if err := whole.add("", raw); err != nil {
		return nil, err
	}
	return whole.finish()
}

// parts is a list that is put together from the files of path.
type parts struct {
	path string
	list List
}

// add reads one file; name is "" when it is the only one. A table stands in one file only.
func (w *parts) add(name string, raw []byte) error {
	p := parser{path: w.path}
	if name != "" {
		p.within = name + ", "
	}
	if len(raw) > maxSize {
		return p.errorf(1, "larger than 1 MiB; this cannot be a whitelist")
	}
	root, err := p.document(raw)
	if err != nil {
		return err
	}
	return p.list(root, &w.list)
}

// finish checks what one file may say of another's tables, and returns the list. Its tables are in the order of their names
// whatever the files' layout, since reader and writer call them by their place in it.
func (w *parts) finish() (*List, error) {
	for i, d := range w.list.Documents {
		if err := w.list.checkDocuments(i); err != nil {
			return nil, fault.Usagef("whitelist %s, %s: documents: %s", w.path, d.At, err)
		}
	}
	slices.SortFunc(w.list.Tables, func(a, b Table) int { return cmp.Compare(a.FullName(), b.FullName()) })
	return &w.list, nil
}

// at says where a line is.
func (p parser) at(line int) string { return fmt.Sprintf("%sline %d", p.within, line) }

func (p parser) errorf(line int, format string, args ...any) error {
	return fault.Usagef("whitelist %s, %s: %s", p.path, p.at(line), fmt.Sprintf(format, args...))
}

// document returns the single YAML document's root mapping.
func (p parser) document(raw []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	var doc, second yaml.Node
	if err := decoder.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, p.errorf(1, "empty; list at least one table under \"tables:\"")
		}
		return nil, fault.Usagef("whitelist %s: %snot valid YAML: %s", p.path, p.within, oneLine(err))
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

// list adds what a file lists to what is listed already.
func (p parser) list(root *yaml.Node, into *List) error {
	fields, err := p.mapping(root, "version", "tables", "documents")
	if err != nil {
		return err
	}
	version, ok := fields["version"]
	if !ok || version.Kind != yaml.ScalarNode || version.Value != "1" {
		return p.errorf(root.Line, "\"version: 1\" is missing; this program knows version 1 only")
	}
	tables, ok := fields["tables"]
	if !ok {
		return p.errorf(root.Line, "\"tables:\" is missing; an empty list lets nothing out")
	}
	if err := p.tables(tables, into); err != nil {
		return err
	}
	if documents, ok := fields["documents"]; ok {
		return p.documents(documents, into)
	}
	return nil
}

func (p parser) tables(n *yaml.Node, into *List) error {
	items, err := p.sequence(n, "tables")
	if err != nil {
		return err
	}
	for _, item := range items {
		t, err := p.table(item)
		if err != nil {
			return err
		}
		if other, double := into.Table(t.Schema, t.Name); double {
			return p.errorf(item.Line, "table %s is listed twice (first at %s); keep one entry", t.FullName(), other.At)
		}
		into.Tables = append(into.Tables, t)
	}
	return nil
}

func (p parser) table(n *yaml.Node) (Table, error) {
	fields, err := p.mapping(n, "table", "columns", "where")
	if err != nil {
		return Table{}, err
	}
	t := Table{At: p.at(n.Line)}
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

func (p parser) documents(n *yaml.Node, into *List) error {
	items, err := p.sequence(n, "documents")
	if err != nil {
		return err
	}
	for _, item := range items {
		fields, err := p.mapping(item, "table", "key", "sha256")
		if err != nil {
			return err
		}
		d := Documents{At: p.at(item.Line)}
		for name, into := range map[string]*string{"table": &d.Table, "key": &d.Key, "sha256": &d.SHA256} {
			if *into, err = p.text(item, fields, name); err != nil {
				return err
			}
		}
		if !strings.Contains(d.Table, ".") {
			d.Table = "public." + d.Table
		}
		into.Documents = append(into.Documents, d)
	}
	return nil
}

// checkDocuments refuses documents whose table or columns may not leave; i is their place in the list.
func (l *List) checkDocuments(i int) error {
	d := l.Documents[i]
	schema, name, _ := strings.Cut(d.Table, ".")
	t, ok := l.Table(schema, name)
	if !ok {
		return fmt.Errorf("table %s is not under \"tables\"; list it there first", d.Table)
	}
	for _, column := range []string{d.Key, d.SHA256} {
		if !slices.Contains(t.Columns, column) {
			return fmt.Errorf("column %q is not among the columns of %s; list it there first", column, d.Table)
		}
	}
	for _, other := range l.Documents[:i] {
		if other.Table == d.Table && other.Key == d.Key {
			return fmt.Errorf("%s is listed twice (first at %s); keep one entry", d.Table, other.At)
		}
	}
	return nil
}

// Package whitelist loads the only list of what may leave the intranet: tables, columns, rows and
// documents. It is fail-closed: whatever it does not understand, it refuses; an empty list denies all.
// The list is one file, or a directory of files that are read as one.
//
// It knows nothing of databases: whether a listed table exists is for the syncer to find out.
// It may import the YAML parser and shared/fault.
package whitelist

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// List is the whole whitelist.
type List struct {
	Tables    []Table // by name
	Documents []Documents
}

// Table is one table that may leave, with its columns and, optionally, only some of its rows.
type Table struct {
	Schema  string
	Name    string
	Columns []string // in the order of the file, never empty
	Where   string   // SQL over columns of the replica identity, "" for all rows
	Filter  *Filter  // Where as far as this program can evaluate it itself, nil when it cannot
	At      string   // where the entry stands: "line 12", in a directory "cases.yaml, line 12"
}

// Documents says which columns of a listed table name objects that may be copied.
type Documents struct {
	Table  string // "schema.name" of a listed table
	Key    string // column with the object's key
	SHA256 string // column with the object's SHA-256, hexadecimal text or bytea
	At     string // as Table.At
}

// FullName is "schema.name".
func (t Table) FullName() string { return t.Schema + "." + t.Name }

// Table returns the entry of schema.name.
func (l *List) Table(schema, name string) (Table, bool) {
	for _, t := range l.Tables {
		if t.Schema == schema && t.Name == name {
			return t, true
		}
	}
	return Table{}, false
}

// Digest identifies which rows and columns the list allows, whatever the order or layout of its files. A replica is recorded
// with the digest of the list that it was made by. The documents section is not part of it: a change there asks for no
// other rows, and programs of different versions must agree on it; see WholeDigest.
func (l *List) Digest() string {
	sum := sha256.New()
	for _, t := range l.Tables {
		columns := slices.Sorted(slices.Values(t.Columns))
		_, _ = fmt.Fprintf(sum, "%q %q %q\n", t.FullName(), columns, t.Where)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// WholeDigest identifies everything that the list allows, documents too. It is never Digest, also where there are none.
func (l *List) WholeDigest() string {
	lines := make([]string, len(l.Documents))
	for i, d := range l.Documents {
		lines[i] = fmt.Sprintf("%q %q %q\n", d.Table, d.Key, d.SHA256)
	}
	slices.Sort(lines)
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "%s\n%s", l.Digest(), strings.Join(lines, ""))
	return hex.EncodeToString(sum.Sum(nil))
}

// splitName takes "schema.name" or "name" apart; without a schema it is "public".
func splitName(s string) (schema, name string, ok bool) {
	schema, name, found := strings.Cut(s, ".")
	if !found {
		schema, name = "public", s
	}
	return schema, name, validName(schema) && validName(name) && !strings.Contains(name, ".")
}

// validName accepts whatever PostgreSQL accepts as a name, except control characters and names that were quoted
// as in SQL: here they stand as they are.
func validName(s string) bool {
	quoted := len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"'
	return s != "" && len(s) <= 63 && !quoted && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

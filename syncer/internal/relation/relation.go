// Package relation describes tables as the syncer sees them, on either side: columns, keys, identity,
// and how to write their names in SQL. It reads catalogs and changes nothing. It may import pgx.
package relation

import (
	"slices"
	"strings"
)

// Column is one column of a table as the catalog has it.
type Column struct {
	Name       string
	Type       string // format_type, for example "numeric(12,2)"
	NotNull    bool
	HasDefault bool
	Generated  bool // GENERATED ALWAYS AS … STORED
	Identity   bool // GENERATED … AS IDENTITY
	Always     bool // GENERATED ALWAYS AS IDENTITY: no UPDATE may set it
}

// Identity is what UPDATE and DELETE carry to name the old row.
type Identity byte

// Replica identities as in pg_class.relreplident.
const (
	IdentityDefault Identity = 'd'
	IdentityNothing Identity = 'n'
	IdentityFull    Identity = 'f'
	IdentityIndex   Identity = 'i'
)

// Table is one table of one database.
type Table struct {
	OID             uint32
	Schema          string
	Name            string
	Kind            byte // pg_class.relkind: 'r' table, 'p' partitioned table, …
	Columns         []Column
	PrimaryKey      []string
	Identity        Identity
	IdentityColumns []string   // of the identity in force; nil for NOTHING and FULL
	Unique          [][]string // columns of every unique index that ON CONFLICT may use
	UniqueIndexes   []string   // their quoted names
	OddPartitions   []string   // quoted names of partitions whose identity is not DEFAULT, of a partitioned table
	// UnloggedPartitions and ForeignPartitions are the quoted names of leaves whose changes are not in the log.
	UnloggedPartitions []string
	ForeignPartitions  []string
	Ancestors          []uint32 // oids of the partitioned tables it is a part of
	RowSecurity        bool
	Bytes              int64 // size on disk, for planning
	Persistent         bool  // not UNLOGGED, not TEMPORARY
}

// Column returns the column called name.
func (t *Table) Column(name string) (Column, bool) {
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return Column{}, false
	}
	return t.Columns[i], true
}

// HasUnique reports whether a unique index covers exactly these columns, in any order.
func (t *Table) HasUnique(columns []string) bool {
	want := slices.Sorted(slices.Values(columns))
	return slices.ContainsFunc(t.Unique, func(u []string) bool {
		return slices.Equal(slices.Sorted(slices.Values(u)), want)
	})
}

// FullName is "schema.name", for people.
func (t *Table) FullName() string { return t.Schema + "." + t.Name }

// SQL is the quoted name.
func (t *Table) SQL() string { return Quote(t.Schema, t.Name) }

// Quote writes a name for SQL.
func Quote(parts ...string) string {
	quoted := make([]string, len(parts))
	for i, p := range parts {
		quoted[i] = `"` + strings.ReplaceAll(p, `"`, `""`) + `"`
	}
	return strings.Join(quoted, ".")
}

// QuoteList writes names for SQL, joined by commas, each with prefix before it.
func QuoteList(prefix string, names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = prefix + Quote(n)
	}
	return strings.Join(quoted, ", ")
}

// Literal writes a string for SQL (standard_conforming_strings is on everywhere).
func Literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

package publisher

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"unicode/utf8"

	"portal.example/syncer/internal/relation"
)

// Identity is what PlanIdentity wants done so that a table's replica identity holds its key and its filter.
type Identity struct {
	Columns []string
	Build   string // name of an index to be made; "" when none is missing
	Broken  bool   // an index of that name is there, ours and INVALID: it goes first
	Uses    string // quoted name of the index that will be the identity; "" for the primary key's
	Alter   []string
}

// Steps are the statements in their order. Those with CONCURRENTLY run outside of a transaction.
func (i *Identity) Steps(t Table) []string {
	var all []string
	if i.Broken {
		all = append(all, DropIndexSQL(t.Schema, i.Build))
	}
	if i.Build != "" {
		all = append(all, i.BuildSQL(t))
	}
	return append(all, i.Alter...)
}

// BuildSQL makes the index without keeping anybody from writing to the table.
func (i *Identity) BuildSQL(t Table) string {
	return fmt.Sprintf("CREATE UNIQUE INDEX CONCURRENTLY %s ON %s (%s);", relation.Quote(i.Build), t.Info.SQL(), relation.QuoteList("", i.Columns))
}

// DropIndexSQL drops an index without keeping anybody from using its table.
func DropIndexSQL(schema, name string) string {
	return "DROP INDEX CONCURRENTLY IF EXISTS " + relation.Quote(schema, name) + ";"
}

// names are tried in turn for an index over columns: the first that nothing else has is taken.
const names = 4

const (
	longestName = 63 // bytes that PostgreSQL keeps of a name
	nameMark    = "_identity_"
)

// identityName is the n-th name for our index over these columns of the table. The hash in it keeps it apart from those
// of tables whose names begin alike, and of the same table with another filter; it also tells which indexes are ours.
func identityName(schema, table string, columns []string, n int) string {
	h := sha256.New()
	for _, part := range append([]string{schema, table}, columns...) {
		_, _ = fmt.Fprintf(h, "%d:%s,", len(part), part)
	}
	_, _ = fmt.Fprintf(h, "%d", n)
	mark := nameMark + hex.EncodeToString(h.Sum(nil)[:5])
	return cutName(table, longestName-len(mark)) + mark
}

// cutName shortens a name to so many bytes, never within a letter.
func cutName(name string, most int) string {
	if len(name) <= most {
		return name
	}
	for most > 0 && !utf8.RuneStart(name[most]) {
		most--
	}
	return name[:most]
}

// earlierName is what earlier versions called the index of a table.
func earlierName(table string) string { return cutName(table, 40) + "_replica_identity" }

// isOurName reports whether an index over columns of the table has a name that we give. The name may be quoted for SQL.
func isOurName(schema, table string, columns []string, name string) bool {
	is := func(ours string) bool { return name == ours || name == relation.Quote(ours) }
	for n := range names {
		if is(identityName(schema, table, columns, n)) {
			return true
		}
	}
	return is(earlierName(table))
}

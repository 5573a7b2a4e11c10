package publisher

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"unicode/utf8"

	"portal.example/syncer/internal/link"
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

// planIdentity plans the identity over columns: the primary key, an index that is there, or one to be made.
func (t Table) planIdentity(columns []string) *Identity {
	alter := "ALTER TABLE " + t.Info.SQL() + " REPLICA IDENTITY "
	if slices.Equal(columns, t.Info.PrimaryKey) {
		return &Identity{Columns: columns, Alter: []string{alter + "DEFAULT;"}}
	}
	if index := t.fitting(columns); index != "" {
		return &Identity{Columns: columns, Uses: index, Alter: []string{alter + "USING INDEX " + index + ";"}}
	}
	name, broken := t.freeName(columns)
	uses := relation.Quote(name)
	return &Identity{Columns: columns, Build: name, Broken: broken, Uses: uses, Alter: []string{alter + "USING INDEX " + uses + ";"}}
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

// freeName is the first name for our index that no other relation has. broken says that it is taken by what is left of
// an attempt of ours.
func (t Table) freeName(columns []string) (name string, broken bool) {
	for n := range names {
		name = identityName(t.Schema, t.Name, columns, n)
		if !t.taken[name] {
			return name, false
		}
		if i, ok := t.index(name); ok && !i.Valid && i.Unique && !i.Constrained && slices.Equal(i.Columns, columns) {
			return name, true
		}
	}
	return name, false
}

func (t Table) index(name string) (relation.Index, bool) {
	i := slices.IndexFunc(t.indexes, func(i relation.Index) bool { return i.Name == name })
	if i < 0 {
		return relation.Index{}, false
	}
	return t.indexes[i], true
}

// isOurs reports whether `init` or `table` made the index: by its name, which says over what it was made, or by the name
// that earlier versions gave, with the key before the filter's columns as they made it.
func (t Table) isOurs(i relation.Index) bool {
	if !i.Unique || i.Constrained || !i.Plain || !i.Btree {
		return false
	}
	if !isOurName(t.Schema, t.Name, i.Columns, i.Name) {
		return false
	}
	if i.Name != earlierName(t.Name) {
		return true
	}
	key := t.Info.PrimaryKey
	if len(key) == 0 {
		return slices.ContainsFunc(t.Info.Unique, func(key []string) bool { return begins(i.Columns, key) })
	}
	return begins(i.Columns, key)
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

// begins reports whether columns are those of the key and more.
func begins(columns, key []string) bool {
	return len(columns) > len(key) && slices.Equal(columns[:len(key)], key)
}

// Superseded are the names of indexes of ours that neither the identity in force uses nor plan, which may be nil: made
// for an earlier filter, or never finished.
func (t Table) Superseded(plan *Identity) []string {
	var all []string
	for _, i := range t.indexes {
		inForce := i.Identity && t.Info.Identity == relation.IdentityIndex
		if plan == nil && inForce && i.Valid || !t.isOurs(i) {
			continue
		}
		if plan != nil && (plan.Uses == i.Name || plan.Uses == relation.Quote(i.Name)) {
			continue
		}
		all = append(all, i.Name)
	}
	return all
}

// HasOurIdentity reports whether the table's replica identity is an index that `init` or `table` made.
func (t Table) HasOurIdentity() bool {
	return t.Info.Identity == relation.IdentityIndex && slices.ContainsFunc(t.indexes, func(i relation.Index) bool { return i.Identity && t.isOurs(i) })
}

// Describe reads what planning an identity takes besides what Tables has read: all indexes, how long values may be,
// and which names are taken.
func Describe(ctx context.Context, db relation.Queryer, tables []Table) error {
	schemas, bare := make([]string, len(tables)), make([]string, len(tables))
	for i, t := range tables {
		schemas[i], bare[i] = t.Schema, t.Name
	}
	indexes, err := relation.Indexes(ctx, db, schemas, bare)
	if err != nil {
		return link.Fail("source", err)
	}
	for i := range tables {
		tables[i].indexes = indexes[i]
	}
	if err := describeStorage(ctx, db, tables); err != nil {
		return err
	}
	return describeNames(ctx, db, tables)
}

// describeStorage looks at the columns of tables that have a filter or another identity than most have.
func describeStorage(ctx context.Context, db relation.Queryer, tables []Table) error {
	var at []int
	var schemas, bare []string
	for i, t := range tables {
		if t.Info != nil && (t.Where != "" || t.Info.Identity != relation.IdentityDefault || len(t.Info.PrimaryKey) == 0) {
			at, schemas, bare = append(at, i), append(schemas, t.Schema), append(bare, t.Name)
		}
	}
	if len(at) == 0 {
		return nil
	}
	all, err := relation.Storages(ctx, db, schemas, bare)
	if err != nil {
		return link.Fail("source", err)
	}
	for n, i := range at {
		tables[i].storage = make(map[string]relation.Storage, len(all[n]))
		for _, s := range all[n] {
			tables[i].storage[s.Column] = s
		}
	}
	return nil
}

// describeNames asks which of the names that a planned index could get are taken.
func describeNames(ctx context.Context, db relation.Queryer, tables []Table) error {
	var schemas, bare []string
	var at []int
	for i, t := range tables {
		plan, _ := t.judgeIdentity()
		if t.Info == nil || plan == nil || plan.Build == "" {
			continue
		}
		at = append(at, i)
		for n := range names {
			schemas, bare = append(schemas, t.Schema), append(bare, identityName(t.Schema, t.Name, plan.Columns, n))
		}
	}
	if len(at) == 0 {
		return nil
	}
	taken, err := relation.Taken(ctx, db, schemas, bare)
	if err != nil {
		return link.Fail("source", err)
	}
	for n, i := range at {
		tables[i].taken = map[string]bool{}
		for _, name := range bare[n*names : (n+1)*names] {
			tables[i].taken[name] = taken[tables[i].Schema+"."+name]
		}
	}
	return nil
}

// Package publisher inspects the source: what its tables, publication, slot and log are, and whether they may be
// replicated safely.
//
// It reads catalogs and writes the SQL that would change them; it streams no changes and reads no rows of tables. It never
// speaks to the target. It may import relation, link, wire (positions and marks), shared/whitelist, pgx and pglogrepl.
package publisher

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// Table is a whitelisted table together with what the source has under its name.
type Table struct {
	whitelist.Table
	Info *relation.Table // nil when it does not exist
	Key  []string        // columns that name a row; nil when there is no usable identity
	// Joining: it is being added or loaded anew beside the stream, so the publication may not have it yet.
	Joining bool
	// Plain: the target wants its rows as text, as columns are of wider types there.
	Plain bool
	// Root is the listed table of which this one is a partition, "" for none.
	Root string
	// Released: `table release` has taken it out of the publication, so that its application may change it as it likes.
	Released bool

	// What Describe reads; without it no index of ours is recognised and no value is too long.
	indexes []relation.Index
	storage map[string]relation.Storage
	taken   map[string]bool // names for an index that are in use
}

// Tables looks up every whitelisted table.
func Tables(ctx context.Context, db relation.Queryer, list *whitelist.List) ([]Table, error) {
	names := make([]relation.Name, len(list.Tables))
	for i, w := range list.Tables {
		names[i] = relation.Name{Schema: w.Schema, Name: w.Name}
	}
	infos, err := relation.InspectAll(ctx, db, names)
	if err != nil {
		return nil, err
	}
	all := make([]Table, len(list.Tables))
	for i, w := range list.Tables {
		all[i] = Table{Table: w, Info: infos[i]}
		if infos[i] != nil {
			all[i].Key = keyOf(infos[i], w.Columns)
		}
	}
	nest(all)
	return all, nil
}

// nest notes which of the tables is a partition of which other.
func nest(all []Table) {
	listed := map[uint32]string{}
	for _, t := range all {
		if t.Info != nil && t.Info.Kind == 'p' {
			listed[t.Info.OID] = t.FullName()
		}
	}
	for i := range all {
		if all[i].Info == nil {
			continue
		}
		for _, oid := range all[i].Info.Ancestors {
			if root := listed[oid]; root != "" {
				all[i].Root = root
			}
		}
	}
}

// keyOf prefers the primary key; the identity may hold more columns than are needed to name a row. Where there is no
// primary key and the identity is one that we made, the key is what we added the filter's columns to: it stays the same
// when the filter changes.
func keyOf(info *relation.Table, listed []string) []string {
	within := func(columns, in []string) bool {
		return len(columns) > 0 && !slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(in, c) })
	}
	if within(info.PrimaryKey, listed) && within(info.PrimaryKey, info.IdentityColumns) {
		return info.PrimaryKey
	}
	if !within(info.IdentityColumns, listed) {
		return nil
	}
	for _, columns := range info.Unique {
		if begins(info.IdentityColumns, columns) && !hasNullable(info, columns) && madeIdentity(info) {
			return columns
		}
	}
	return info.IdentityColumns
}

func hasNullable(info *relation.Table, columns []string) bool {
	return slices.ContainsFunc(columns, func(name string) bool { c, _ := info.Column(name); return !c.NotNull })
}

// madeIdentity reports whether the index that is the identity has a name that we give.
func madeIdentity(info *relation.Table) bool {
	for i, columns := range info.Unique {
		if info.Identity != relation.IdentityIndex || !slices.Equal(columns, info.IdentityColumns) {
			continue
		}
		if isOurName(info.Schema, info.Name, columns, info.UniqueIndexes[i]) {
			return true
		}
	}
	return false
}

// Relation returns the frame that describes the table.
func (t Table) Relation(id int) wire.Relation {
	r := wire.Relation{ID: uint16(id), Schema: t.Schema, Name: t.Name} //nolint:gosec // the whitelist is at most 1 MiB
	for i, name := range t.Columns {
		c, _ := t.Info.Column(name)
		r.Columns = append(r.Columns, wire.Column{Name: name, Type: c.Type})
		if slices.Contains(t.Key, name) {
			r.Key = append(r.Key, uint16(i)) //nolint:gosec // at most 1600 columns
		}
	}
	return r
}

// From returns the table for a FROM clause. Like a publication, it excludes children unless the table is partitioned.
func (t Table) From() string {
	if t.Info != nil && t.Info.Kind == 'p' {
		return relation.Quote(t.Schema, t.Name)
	}
	return "ONLY " + relation.Quote(t.Schema, t.Name)
}

// Condition returns the row filter as SQL, "true" if there is none.
func (t Table) Condition() string {
	if t.Where == "" {
		return "true"
	}
	return "(" + t.Where + ")"
}

// filterColumns returns the table's columns that the filter may read.
func (t Table) filterColumns() []string {
	var names []string
	for _, name := range whitelist.Names(t.Where) {
		if _, ok := t.Info.Column(name); ok && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// PublicationSQL returns the SQL that creates the publication.
func PublicationSQL(name string, tables []Table) string {
	return "CREATE PUBLICATION " + relation.Quote(name) + " FOR\n" + publicationTables(tables) +
		"\n  WITH (publish = 'insert, update, delete, truncate', publish_via_partition_root = true);"
}

// AlterSQL replaces the tables of the publication, which exists. Its actions are only set where they are not right: that marks
// the publication as altered, see Publication.Version.
func (p *Publication) AlterSQL(name string, tables []Table) []string {
	q := relation.Quote(name)
	var sql []string
	if !p.Actions {
		sql = append(sql, "ALTER PUBLICATION "+q+" SET (publish = 'insert, update, delete, truncate', publish_via_partition_root = true);")
	}
	return append(sql, "ALTER PUBLICATION "+q+" SET\n"+publicationTables(tables)+";")
}

func publicationTables(tables []Table) string {
	items := make([]string, len(tables))
	for i, t := range tables {
		items[i] = fmt.Sprintf("  TABLE %s (%s)", t.From(), relation.QuoteList("", t.Columns))
		if t.Where != "" {
			items[i] += " WHERE (" + t.Where + ")"
		}
	}
	return strings.Join(items, ",\n")
}

// Package publisher inspects the source: what its tables, publication, slot and log are, and whether they may be
// replicated safely.
//
// It reads catalogs and writes the SQL that would change them; it streams no changes and reads no rows of tables. It never
// speaks to the target. It may import relation, link, wire (positions and marks), shared/whitelist, pgx and pglogrepl.
package publisher

import (
	"context"
	"slices"

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
	noteRoots(all)
	return all, nil
}

// noteRoots notes which of the tables are partitions of another one.
func noteRoots(all []Table) {
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

// ChangeSQL returns an UPDATE and a DELETE as an application may run them, which are only to be planned. part is the quoted name of the
// partition that they change, "" for the whole table.
func (t Table) ChangeSQL(part string) []string {
	if t.Info == nil {
		return nil
	}
	from := t.From()
	if part != "" {
		from = "ONLY " + part
	}
	all := []string{"DELETE FROM " + from}
	for _, name := range t.Columns {
		if c, ok := t.Info.Column(name); ok && !c.Generated && !c.Always {
			return append(all, "UPDATE "+from+" SET "+relation.Quote(name)+" = "+relation.Quote(name))
		}
	}
	return all
}

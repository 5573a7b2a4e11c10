// Package target is the writing side: it makes and checks the replica's tables and applies whole source
// transactions, many at a time, with their position in the same transaction.
//
// It never speaks to the source; what it knows of it came in frames of package wire. It may import
// relation, link, wire and pgx.
package target

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// Wanted is a table as the replica must have it.
type Wanted struct {
	wire.Relation
	NotNull []bool // by column, as in the source
}

// KeyNames are the names of the columns that name a row.
func KeyNames(r *wire.Relation) []string {
	names := make([]string, len(r.Key))
	for i, k := range r.Key {
		names[i] = r.Columns[k].Name
	}
	return names
}

func columnNames(r *wire.Relation) []string {
	names := make([]string, len(r.Columns))
	for i, c := range r.Columns {
		names[i] = c.Name
	}
	return names
}

// CreateSQL creates the table with its schema.
func (w Wanted) CreateSQL() []string {
	lines := make([]string, 0, len(w.Columns)+1)
	for i, c := range w.Columns {
		line := "    " + relation.Quote(c.Name) + " " + c.Type
		if w.NotNull[i] {
			line += " NOT NULL"
		}
		lines = append(lines, line)
	}
	lines = append(lines, "    PRIMARY KEY ("+relation.QuoteList("", KeyNames(&w.Relation))+")")
	return []string{
		"CREATE SCHEMA IF NOT EXISTS " + relation.Quote(w.Schema) + ";",
		"CREATE TABLE " + relation.Quote(w.Schema, w.Name) + " (\n" + strings.Join(lines, ",\n") + "\n);",
	}
}

// Judge looks at the target's table: missing ones can be created, compatible ones are taken as they are
// (more columns, indexes and another order are fine), anything else a person must mend first.
func (w Wanted) Judge(ctx context.Context, db relation.Queryer) ([]relation.Finding, error) {
	info, err := relation.Inspect(ctx, db, w.Schema, w.Name)
	if errors.Is(err, relation.ErrMissing) {
		return w.judgeMissing(ctx, db)
	}
	if err != nil {
		return nil, err
	}
	var all []relation.Finding
	say := func(text string, mend ...string) {
		all = append(all, relation.Finding{Level: relation.Refuse, Side: "target", Subject: w.FullName(), Text: text, Mend: mend})
	}
	if info.Kind != 'r' && info.Kind != 'p' {
		say("is not a table; rename it or drop it")
		return all, nil
	}
	w.judgeColumns(info, say)
	w.judgeRest(info, say)
	return all, nil
}

func (w Wanted) judgeColumns(info *relation.Table, say func(string, ...string)) {
	alter := "ALTER TABLE " + info.SQL()
	for i, c := range w.Columns {
		name := relation.Quote(c.Name)
		have, ok := info.Column(c.Name)
		switch {
		case !ok:
			say("has no column "+c.Name, fmt.Sprintf("%s ADD COLUMN %s %s;", alter, name, c.Type))
		case have.Generated:
			say("column "+c.Name+" is generated, but the whitelist sends it", fmt.Sprintf("%s ALTER COLUMN %s DROP EXPRESSION;", alter, name))
		case have.Type != c.Type:
			say(fmt.Sprintf("column %s is %s here and %s in the source", c.Name, have.Type, c.Type),
				fmt.Sprintf("%s ALTER COLUMN %s TYPE %s USING %s::%s;", alter, name, c.Type, name, c.Type))
		case have.NotNull && !w.NotNull[i]:
			say("column "+c.Name+" is NOT NULL here but may be NULL in the source", fmt.Sprintf("%s ALTER COLUMN %s DROP NOT NULL;", alter, name))
		}
	}
}

func (w Wanted) judgeRest(info *relation.Table, say func(string, ...string)) {
	key := KeyNames(&w.Relation)
	if !info.HasUnique(key) {
		say("no unique index covers exactly the key ("+strings.Join(key, ", ")+")",
			fmt.Sprintf("CREATE UNIQUE INDEX ON %s (%s);", info.SQL(), relation.QuoteList("", key)))
	}
	listed := columnNames(&w.Relation)
	for _, c := range info.Columns {
		extra := true
		for _, name := range listed {
			extra = extra && name != c.Name
		}
		if extra && c.NotNull && !c.HasDefault && !c.Generated && !c.Identity {
			say("column "+c.Name+" is not replicated, NOT NULL and has no default, so no row could be inserted",
				fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL;", info.SQL(), relation.Quote(c.Name)))
		}
	}
}

func (w Wanted) judgeMissing(ctx context.Context, db relation.Queryer) ([]relation.Finding, error) {
	for _, c := range w.Columns {
		var known bool
		if err := db.QueryRow(ctx, "SELECT pg_catalog.to_regtype($1) IS NOT NULL", c.Type).Scan(&known); err != nil {
			return nil, fmt.Errorf("look up type %s: %w", c.Type, err)
		}
		if !known {
			return []relation.Finding{{
				Level: relation.Refuse, Side: "target", Subject: w.FullName(),
				Text: fmt.Sprintf("column %s needs type %s, which the target does not have; create the type there as it is in the source", c.Name, c.Type),
			}}, nil
		}
	}
	return []relation.Finding{{
		Level: relation.Todo, Side: "target", Subject: w.FullName(), Text: "does not exist yet", Mend: w.CreateSQL(),
	}}, nil
}

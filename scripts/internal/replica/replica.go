// Package replica writes the migrations of the public site's replica: what the whitelist lets out of which internal table
// is said once, in deploy/whitelist.d, and the tables outside follow from that and from the internal schema. It compares
// the schemas that both sites' migrations really make, so that migrations written by hand count as well.
//
// A replica table has the listed columns in the order of the list, with the types of inside and the same primary key; the
// syncer's writer may change its rows, the public binary may read them, nobody else may do anything. It may have more:
// indexes, generated columns, and NULL where inside has none, which is how a column joins a table that has rows.
//
// It may import pgx, shared/pg, shared/pgtest and shared/whitelist.
package replica

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/whitelist"
)

// The roles outside, and what they may do with a replica table (sorted, as the catalog's names).
const (
	writerRole = "syncer_writer"
	siteRole   = "external_site"
)

var rights = map[string][]string{
	writerRole: {"DELETE", "INSERT", "SELECT", "TRUNCATE", "UPDATE"},
	siteRole:   {"SELECT"},
}

// Difference is something in which the replica is not what the whitelist and the internal schema ask for.
type Difference struct {
	Table string
	Text  string
	SQL   string // what mends it, "" when a person must decide
}

// Compare returns every difference between what the list lets out of the database inside and the one outside.
func Compare(ctx context.Context, list *whitelist.List, inside, outside *pgx.Conn) ([]Difference, error) {
	names := make([]string, len(list.Tables))
	for i, t := range list.Tables {
		names[i] = t.FullName()
	}
	from, err := readSchema(ctx, inside, names)
	if err != nil {
		return nil, fmt.Errorf("the internal database: %w", err)
	}
	to, err := readSchema(ctx, outside, names)
	if err != nil {
		return nil, fmt.Errorf("the external database: %w", err)
	}
	c := comparison{from: from, to: to, schemas: map[string]bool{}}
	for _, t := range list.Tables {
		c.compareTable(t)
	}
	return c.found, nil
}

type comparison struct {
	from, to *schema
	schemas  map[string]bool // whose usage was looked at
	found    []Difference
}

func (c *comparison) add(table, text, sql string) {
	c.found = append(c.found, Difference{Table: table, Text: text, SQL: sql})
}

func (c *comparison) compareTable(t whitelist.Table) {
	name := t.FullName()
	from := c.from.tables[name]
	if from == nil {
		c.add(name, "the internal schema has no such table: deploy/whitelist.d/"+t.At, "")
		return
	}
	columns, ok := c.listed(t, from)
	if !ok {
		return
	}
	c.compareSchema(t)
	to := c.to.tables[name]
	if to == nil {
		c.add(name, "is not there", createTable(t, columns, from.key))
		to = &table{rights: map[string][]string{}}
	} else {
		c.compareColumns(t, columns, to)
		if !slices.Equal(from.key, to.key) {
			c.add(name, fmt.Sprintf("the primary key is (%s) and inside (%s): see deploy/migrations.md", strings.Join(to.key, ", "), strings.Join(from.key, ", ")), "")
		}
	}
	c.compareRights(t, to)
}

// listed returns the listed columns as they are inside; what cannot be a replica is added to what was found.
func (c *comparison) listed(t whitelist.Table, from *table) (columns []column, ok bool) {
	before := len(c.found)
	for _, name := range t.Columns {
		column, exists := from.column(name)
		switch {
		case !exists:
			c.add(t.FullName(), fmt.Sprintf("the internal table has no column %s: deploy/whitelist.d/%s", name, t.At), "")
		case column.generated && !slices.Contains(from.key, name):
			c.add(t.FullName(), fmt.Sprintf("column %s makes its values itself: PostgreSQL does not publish them", name), "")
		case !column.builtIn:
			c.add(t.FullName(), fmt.Sprintf("column %s is of type %s, which does not belong to PostgreSQL: write its migration by hand", name, column.kind), "")
		}
		columns = append(columns, column)
	}
	if len(from.key) == 0 || slices.ContainsFunc(from.key, func(k string) bool { return !slices.Contains(t.Columns, k) }) {
		c.add(t.FullName(), fmt.Sprintf("the primary key (%s) must be listed whole: deploy/whitelist.d/%s", strings.Join(from.key, ", "), t.At), "")
	}
	return columns, len(c.found) == before
}

func (c *comparison) compareSchema(t whitelist.Table) {
	if c.schemas[t.Schema] {
		return
	}
	c.schemas[t.Schema] = true
	roles, exists := c.to.usage[t.Schema]
	var missing []string
	for _, role := range []string{writerRole, siteRole} {
		if !slices.Contains(roles, role) {
			missing = append(missing, role)
		}
	}
	grant := fmt.Sprintf("grant usage on schema %s to %s;\n", quote(t.Schema), strings.Join(missing, ", "))
	switch {
	case !exists:
		c.add(t.FullName(), "its schema is not there", fmt.Sprintf("create schema if not exists %s;\n%s", quote(t.Schema), grant))
	case len(missing) > 0:
		c.add(t.FullName(), strings.Join(missing, " and ")+" may not use its schema", grant)
	}
}

func (c *comparison) compareColumns(t whitelist.Table, columns []column, to *table) {
	for _, from := range columns {
		have, exists := to.column(from.name)
		switch {
		case !exists:
			c.add(t.FullName(), fmt.Sprintf("column %s is not there", from.name), addColumn(t, from))
		case have.kind != from.kind || have.collation != from.collation || have.generated:
			c.add(t.FullName(), fmt.Sprintf("column %s is %s and inside %s: see deploy/migrations.md", from.name, describe(have), describe(from)), "")
		case have.notNull && !from.notNull:
			c.add(t.FullName(), fmt.Sprintf("column %s may not be NULL, and inside it may", from.name), dropNotNull(t, from.name))
		}
	}
	for _, have := range to.columns {
		if !slices.Contains(t.Columns, have.name) && have.notNull && !have.generated && have.def == "" {
			c.add(t.FullName(), fmt.Sprintf("column %s is not listed, so that nobody fills it, and may not be NULL", have.name), dropNotNull(t, have.name))
		}
	}
}

func describe(c column) string {
	switch {
	case c.generated:
		return "generated"
	case c.collation != "":
		return c.kind + " collate " + c.collation
	}
	return c.kind
}

// compareRights adds what the two roles lack, and takes what anybody has beyond.
func (c *comparison) compareRights(t whitelist.Table, to *table) {
	for _, role := range []string{writerRole, siteRole} {
		if missing := without(rights[role], to.rights[role]); len(missing) > 0 {
			c.add(t.FullName(), fmt.Sprintf("%s may not %s", role, strings.ToLower(strings.Join(missing, ", "))), grant(t, missing, role))
		}
	}
	roles := make([]string, 0, len(to.rights))
	for role := range to.rights {
		roles = append(roles, role)
	}
	slices.Sort(roles)
	for _, role := range roles {
		if extra := without(to.rights[role], rights[role]); len(extra) > 0 {
			c.add(t.FullName(), fmt.Sprintf("%s may %s", role, strings.ToLower(strings.Join(extra, ", "))), revoke(t, extra, role))
		}
	}
	for _, role := range slices.Compact(to.partial) {
		c.add(t.FullName(), role+" has rights on single columns of a replica table", "")
	}
}

// without returns what a has and b has not.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(one string) bool { return slices.Contains(b, one) })
}

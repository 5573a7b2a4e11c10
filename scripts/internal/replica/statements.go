package replica

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/whitelist"
)

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// reserved are the keywords among names that a table may well have.
var reserved = []string{"all", "case", "check", "column", "default", "desc", "end", "for", "from", "group", "limit", "offset", "order", "references", "select", "table", "to", "user", "when", "where"}

func quote(name string) string {
	if plainName.MatchString(name) && !slices.Contains(reserved, name) {
		return name
	}
	return pgx.Identifier{name}.Sanitize()
}

func quoteTable(t whitelist.Table) string { return quote(t.Schema) + "." + quote(t.Name) }

func createTable(t whitelist.Table, columns []column, key []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "create table %s (\n", quoteTable(t))
	for _, c := range columns {
		b.WriteString("  " + definition(c))
		if c.notNull {
			b.WriteString(" not null")
		}
		b.WriteString(",\n")
	}
	quoted := make([]string, len(key))
	for i, name := range key {
		quoted[i] = quote(name)
	}
	fmt.Fprintf(&b, "  primary key (%s)\n);\n", strings.Join(quoted, ", "))
	return b.String()
}

func definition(c column) string {
	if c.collation != "" {
		return fmt.Sprintf("%s %s collate %s", quote(c.name), c.kind, c.collation)
	}
	return quote(c.name) + " " + c.kind
}

// constant is a default that is the same for every row: a literal, perhaps cast.
var constant = regexp.MustCompile(`^('([^']|'')*'|-?[0-9.]+|true|false)(::[a-z ]+(\([0-9,]+\))?(\[\])?)?$`)

// addColumn adds a column to a table that has rows already. Where inside gave the rows of before a value, those outside
// get the same at once; otherwise they have NULL until the syncer has loaded the table anew.
func addColumn(t whitelist.Table, c column) string {
	sql := fmt.Sprintf("alter table %s add column %s", quoteTable(t), definition(c))
	if c.notNull && constant.MatchString(c.def) {
		sql += " not null default " + c.def
	}
	return sql + ";\n"
}

func dropNotNull(t whitelist.Table, column string) string {
	return fmt.Sprintf("alter table %s alter column %s drop not null;\n", quoteTable(t), quote(column))
}

func grant(t whitelist.Table, rights []string, role string) string {
	return fmt.Sprintf("grant %s on %s to %s;\n", strings.ToLower(strings.Join(rights, ", ")), quoteTable(t), quote(role))
}

func revoke(t whitelist.Table, rights []string, role string) string {
	return fmt.Sprintf("revoke %s on %s from %s;\n", strings.ToLower(strings.Join(rights, ", ")), quoteTable(t), quote(role))
}

package publisher

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// Other is a publication of somebody else that has a filter or a column list for one of our tables.
type Other struct {
	Name string
	Published
}

const othersSQL = `
	SELECT p.pubname::text, n.nspname::text, c.relname::text,
	       CASE WHEN r.prattrs IS NOT NULL THEN
	         ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
	                WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs::int2[]) ORDER BY a.attname) END,
	       coalesce(pg_catalog.pg_get_expr(r.prqual, r.prrelid), '')
	  FROM pg_catalog.pg_publication_rel r
	  JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
	  JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
	  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	 WHERE p.pubname <> $1 AND (p.pubupdate OR p.pubdelete) AND (r.prattrs IS NOT NULL OR r.prqual IS NOT NULL)
	 ORDER BY 1, 2, 3`

// Others reads what publications besides ours have of any table with a filter or a column list.
func Others(ctx context.Context, db relation.Queryer, ours string) ([]Other, error) {
	rows, err := db.Query(ctx, othersSQL, ours)
	var all []Other
	if err == nil {
		all, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (o Other, err error) {
			err = row.Scan(&o.Name, &o.Schema, &o.Published.Name, &o.Columns, &o.Filter)
			return o, err
		})
	}
	if err != nil {
		return nil, link.Fail("read other publications", err)
	}
	return all, nil
}

// IsPublished reports whether any publication has the table, "schema.name".
func IsPublished(ctx context.Context, db relation.Queryer, name string) (is bool, err error) {
	schema, table, _ := strings.Cut(name, ".")
	err = db.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_catalog.pg_publication_tables WHERE schemaname = $1 AND tablename = $2)`, schema, table).Scan(&is)
	if err != nil {
		return false, link.Fail("source: read publications", err)
	}
	return is, nil
}

// Conflict says why the identity that is planned for the table would let the other publication refuse the application its
// UPDATE and DELETE, with the SQL of an identity that both can live with, where there is one; "" when it would not.
func (o *Other) Conflict(t Table) (text string, mend []string) {
	plan := t.PlanIdentity()
	if plan == nil || t.Info.Kind != 'r' || o.Schema != t.Schema || o.Published.Name != t.Name {
		return "", nil
	}
	then := *t.Info
	then.Identity, then.IdentityColumns = relation.IdentityIndex, plan.Columns
	planned := t
	planned.Info = &then
	if (&Publication{Tables: []Published{o.Published}}).Suffers(planned) == "" {
		return "", nil
	}
	has := "all its columns"
	if o.Columns != nil {
		has = "columns " + strings.Join(o.Columns, ", ")
	}
	if o.Filter != "" {
		has += " where " + o.Filter
	}
	text = fmt.Sprintf("publication %s has it too (%s), and with the replica identity over %s that the whitelist needs PostgreSQL would refuse the application UPDATE and DELETE because of that publication. "+
		"A table has one identity: it must hold the columns of both filters, and both must list all of it", o.Name, has, strings.Join(plan.Columns, ", "))
	return text, o.commonSQL(t, plan.Columns)
}

// commonSQL makes an identity over the planned columns and those of the other's filter.
func (o *Other) commonSQL(t Table, planned []string) []string {
	columns := slices.Clone(planned)
	for _, name := range whitelist.Names(o.Filter) {
		if _, ok := t.Info.Column(name); ok && !slices.Contains(columns, name) {
			columns = append(columns, name)
		}
	}
	if len(without(columns, t.Columns)) > 0 || o.Columns != nil && len(without(columns, o.Columns)) > 0 || hasNullable(t.Info, columns) {
		return nil
	}
	name := cutName(t.Name, longestName-len("_common_identity")) + "_common_identity"
	return []string{
		fmt.Sprintf("CREATE UNIQUE INDEX CONCURRENTLY %s ON %s (%s);", relation.Quote(name), t.Info.SQL(), relation.QuoteList("", columns)),
		fmt.Sprintf("ALTER TABLE %s REPLICA IDENTITY USING INDEX %s;", t.Info.SQL(), relation.Quote(name)),
	}
}

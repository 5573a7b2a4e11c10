package prepare

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// trap is what keeps rows of a target's table, or of one of its partitions, from being written as they came.
type trap struct {
	Listed string   // "schema.name" as it is listed
	Quoted string   // the table or partition itself
	Hides  bool     // row level security applies to the writer
	Acts   []string // quoted names of triggers and rules that act on replicated rows
	Rules  []string
}

const trapsSQL = `
	SELECT u.nsp || '.' || u.rel, pg_catalog.format('%I.%I', m.nspname, l.relname), l.oid = c.oid AND pg_catalog.row_security_active(l.oid),
	       ARRAY(SELECT pg_catalog.quote_ident(g.tgname) FROM pg_catalog.pg_trigger g WHERE g.tgrelid = l.oid AND g.tgenabled IN ('A', 'R') AND NOT g.tgisinternal ORDER BY 1),
	       ARRAY(SELECT pg_catalog.quote_ident(w.rulename) FROM pg_catalog.pg_rewrite w WHERE w.ev_class = l.oid AND w.ev_enabled IN ('A', 'R') ORDER BY 1)
	  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS u(nsp, rel, n)
	  JOIN pg_catalog.pg_namespace s ON s.nspname = u.nsp
	  JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relname = u.rel AND c.relkind IN ('r', 'p')
	 CROSS JOIN LATERAL (SELECT c.oid UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(c.oid) p) t(oid)
	  JOIN pg_catalog.pg_class l ON l.oid = t.oid
	  JOIN pg_catalog.pg_namespace m ON m.oid = l.relnamespace
	 ORDER BY u.n, 2`

// examineTraps finds row level security, triggers and rules of the target's tables that act on replicated rows.
func (x *targetTables) examineTraps(ctx context.Context) error {
	var schemas, names []string
	for _, t := range x.Tables {
		if t.Released {
			continue
		}
		schemas, names = append(schemas, t.Schema), append(names, t.Name)
	}
	rows, err := x.db.Query(ctx, trapsSQL, schemas, names)
	var all []trap
	if err == nil {
		all, err = pgx.CollectRows(rows, pgx.RowToStructByPos[trap])
	}
	if err != nil {
		return link.Fail("target: look at the tables", err)
	}
	for _, t := range all {
		x.noteTrap(t)
	}
	return nil
}

func (x *targetTables) noteTrap(t trap) {
	alter := "ALTER TABLE " + t.Quoted
	if t.Hides {
		x.addFinding(relation.Refuse, "target", t.Listed, t.Quoted+" has row level security, which applies to the writer's role: rows could not be loaded, or would be missing without a word",
			alter+" DISABLE ROW LEVEL SECURITY;")
	}
	mend := make([]string, len(t.Acts))
	for i, name := range t.Acts {
		mend[i] = alter + " ENABLE TRIGGER " + name + ";"
	}
	if len(t.Acts) > 0 {
		x.addFinding(relation.Warning, "target", t.Listed, "trigger "+strings.Join(t.Acts, ", ")+" of "+t.Quoted+" is ENABLE ALWAYS or REPLICA, so it acts on replicated rows, may change them, and stops the stream where it fails; unless that is meant", mend...)
	}
	if len(t.Rules) > 0 {
		x.addFinding(relation.Warning, "target", t.Listed, "rule "+strings.Join(t.Rules, ", ")+" of "+t.Quoted+" is ENABLE ALWAYS or REPLICA, so it makes something else of replicated rows")
	}
}

package pgtest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// grantsSQL walks every schema, table, sequence and function of the portal and says for each role, and for everybody, what
// it may do there. Rights on single columns name the columns.
const grantsSQL = `
	with object as (
	  select 1 as rank, 'schema ' || nspname as name, oid, 0 as class, nspacl as acl, nspowner as owner, nspname
	  from pg_namespace
	  union all
	  select 2, case c.relkind when 'S' then 'sequence ' when 'v' then 'view ' when 'm' then 'view ' else 'table ' end || n.nspname || '.' || c.relname,
	         c.oid, 1, c.relacl, c.relowner, n.nspname
	  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'S')
	  union all
	  select 3, 'function ' || n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
	         || case when p.prosecdef then ' with its owner''s rights' else '' end,
	         p.oid, 2, coalesce(p.proacl, acldefault('f', p.proowner)), p.proowner, n.nspname
	  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
	  where not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
	), may as (
	  select o.rank, o.name, coalesce(g.rolname, 'everybody') as role, lower(x.privilege_type) as what, '' as columns
	  from object o, aclexplode(o.acl) x left join pg_roles g on g.oid = x.grantee where x.grantee <> o.owner
	  union all
	  select o.rank, o.name, coalesce(g.rolname, 'everybody'), lower(x.privilege_type), '(' || string_agg(a.attname, ', ' order by a.attnum) || ')'
	  from object o join pg_attribute a on o.class = 1 and a.attrelid = o.oid, aclexplode(a.attacl) x left join pg_roles g on g.oid = x.grantee
	  where x.grantee <> o.owner group by 1, 2, 3, 4
	)
	select o.name, coalesce((
	  select string_agg(role || ': ' || whats, '; ' order by role)
	  from (select role, string_agg(what || columns, ', ' order by what) as whats from may m where m.rank = o.rank and m.name = o.name group by role) r
	), 'nobody')
	from object o
	where o.nspname !~ '^pg_' and o.nspname <> 'information_schema'
	order by o.nspname collate "C", o.rank, o.name collate "C"`

// Grants lists what every role may do with what is in the database, one line for each schema, table and function.
func Grants(tb testing.TB, db *Database) string {
	tb.Helper()
	rows, err := db.Pool.Query(tb.Context(), grantsSQL)
	if err != nil {
		tb.Fatalf("pgtest: read grants: %v", err)
	}
	var b strings.Builder
	var name, may string
	_, err = pgx.ForEachRow(rows, []any{&name, &may}, func() error {
		_, err := fmt.Fprintf(&b, "%s: %s\n", name, may)
		return err
	})
	if err != nil {
		tb.Fatalf("pgtest: read grants: %v", err)
	}
	return b.String()
}

// CheckGrants compares Grants with the golden file at path, or writes it when update is set. A reviewer sees there what a
// change lets whom do, and that a new table was forgotten: nobody may do anything with it.
func CheckGrants(t *testing.T, db *Database, path string, update bool) {
	t.Helper()
	got := "# What each role may do in the database; made by the tests of migrations. The owner may do everything.\n" + Grants(t, db)
	if update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil { //nolint:gosec // a golden file is for everybody
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path) //nolint:gosec // a golden file
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	for _, line := range strings.Split(got, "\n") {
		if !strings.Contains(string(want), line+"\n") {
			t.Errorf("now:    %s", line)
		}
	}
	for _, line := range strings.Split(string(want), "\n") {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("before: %s", line)
		}
	}
	t.Errorf("%s differs; when this is meant: go test ./migrations -update", path)
}

package replica

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// table is a table as the catalog has it.
type table struct {
	columns []column
	key     []string
	rights  map[string][]string // what a role may do with the whole table, sorted; "public" is everybody
	partial []string            // roles with rights on single columns
}

// column is a column as the catalog has it.
type column struct {
	name      string
	kind      string // type as SQL, qualified unless it is built in
	builtIn   bool
	notNull   bool
	generated bool
	collation string // "" unless another than the type's
	def       string // default as SQL, "" for none
}

func (t *table) column(name string) (column, bool) {
	i := slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })
	if i < 0 {
		return column{}, false
	}
	return t.columns[i], true
}

// schema is what a database has of the tables that were asked for, by full name.
type schema struct {
	tables map[string]*table
	usage  map[string][]string // roles that may use a schema; a schema that does not exist is missing
}

// readSchema reads the tables called names, and all schemas.
func readSchema(ctx context.Context, conn *pgx.Conn, names []string) (*schema, error) {
	s := &schema{tables: map[string]*table{}, usage: map[string][]string{}}
	for _, part := range []struct {
		what string
		read func(context.Context, *pgx.Conn, []string) error
	}{
		{"columns", s.readColumns}, {"keys", s.readKeys}, {"rights", s.readRights}, {"schemas", s.readUsage},
	} {
		if err := part.read(ctx, conn, names); err != nil {
			return nil, fmt.Errorf("read %s: %w", part.what, err)
		}
	}
	return s, nil
}

const columnsSQL = `
	select n.nspname || '.' || c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
	       coalesce(e.typnamespace, t.typnamespace) = 'pg_catalog'::regnamespace, a.attnotnull, a.attgenerated <> '' or a.attidentity <> '',
	       case when a.attcollation <> t.typcollation then (select quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
	            from pg_collation co join pg_namespace cn on cn.oid = co.collnamespace where co.oid = a.attcollation) else '' end,
	       coalesce(pg_get_expr(d.adbin, d.adrelid), '')
	from pg_attribute a
	join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p') and not c.relispartition
	join pg_namespace n on n.oid = c.relnamespace
	join pg_type t on t.oid = a.atttypid
	left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
	left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum and a.attgenerated = ''
	where n.nspname || '.' || c.relname = any ($1) and a.attnum > 0 and not a.attisdropped
	order by 1, a.attnum`

func (s *schema) readColumns(ctx context.Context, conn *pgx.Conn, names []string) error {
	var name string
	var c column
	rows, err := conn.Query(ctx, columnsSQL, names)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, []any{&name, &c.name, &c.kind, &c.builtIn, &c.notNull, &c.generated, &c.collation, &c.def}, func() error {
		t := s.tables[name]
		if t == nil {
			t = &table{rights: map[string][]string{}}
			s.tables[name] = t
		}
		t.columns = append(t.columns, c)
		return nil
	})
	return err
}

const keysSQL = `
	select n.nspname || '.' || c.relname, a.attname
	from pg_index i, unnest(i.indkey) with ordinality k(attnum, place), pg_attribute a, pg_class c, pg_namespace n
	where i.indisprimary and a.attrelid = i.indrelid and a.attnum = k.attnum and c.oid = i.indrelid and n.oid = c.relnamespace
	  and n.nspname || '.' || c.relname = any ($1)
	order by 1, k.place`

func (s *schema) readKeys(ctx context.Context, conn *pgx.Conn, names []string) error {
	var name, attribute string
	rows, err := conn.Query(ctx, keysSQL, names)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, []any{&name, &attribute}, func() error {
		s.tables[name].key = append(s.tables[name].key, attribute)
		return nil
	})
	return err
}

const rightsSQL = `
	select n.nspname || '.' || c.relname, coalesce(g.rolname, 'public'), x.privilege_type, false
	from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) x left join pg_roles g on g.oid = x.grantee
	where n.nspname || '.' || c.relname = any ($1) and x.grantee <> c.relowner
	union all
	select n.nspname || '.' || c.relname, coalesce(g.rolname, 'public'), x.privilege_type, true
	from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid,
	     aclexplode(a.attacl) x left join pg_roles g on g.oid = x.grantee
	where n.nspname || '.' || c.relname = any ($1) and x.grantee <> c.relowner
	order by 1, 2, 3`

func (s *schema) readRights(ctx context.Context, conn *pgx.Conn, names []string) error {
	var name, role, right string
	var partial bool
	rows, err := conn.Query(ctx, rightsSQL, names)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, []any{&name, &role, &right, &partial}, func() error {
		t := s.tables[name]
		if partial {
			t.partial = append(t.partial, role)
		} else {
			t.rights[role] = append(t.rights[role], right)
		}
		return nil
	})
	return err
}

const usageSQL = `
	select n.nspname, coalesce(array_agg(g.rolname::text) filter (where x.privilege_type = 'USAGE' and g.rolname is not null), '{}')
	from pg_namespace n left join lateral aclexplode(n.nspacl) x on true left join pg_roles g on g.oid = x.grantee
	group by 1`

func (s *schema) readUsage(ctx context.Context, conn *pgx.Conn, _ []string) error {
	var name string
	var roles []string
	rows, err := conn.Query(ctx, usageSQL)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, []any{&name, &roles}, func() error {
		s.usage[name] = roles
		return nil
	})
	return err
}

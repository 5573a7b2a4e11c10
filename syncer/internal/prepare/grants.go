package prepare

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/swap"
)

func isAlone(sql string) bool { return strings.Contains(sql, " CONCURRENTLY ") }

// rightsPlan adds the steps that give the roles of reader, writer and the replica's readers their rights.
type rightsPlan struct {
	*Report

	source *pgx.Conn // as the reader's role
	target *pgx.Conn // as the writer's role
	to     config.Target
	admin  string        // the role of its admin_dsn; "" when it was not asked yet
	given  map[Step]bool // rights that are among the steps already
}

// planReader lets the reader read exactly the listed columns, which it needs for the snapshot and for reading a row again.
func (p *rightsPlan) planReader(ctx context.Context) error {
	role, err := userOf(ctx, p.source)
	if err != nil {
		return err
	}
	usable := slices.DeleteFunc(slices.Clone(p.Tables), func(t publisher.Table) bool { return t.Info == nil || t.Released || len(missingColumns(t)) > 0 })
	may, err := readRights(ctx, p.source, usable, role)
	if err != nil {
		return err
	}
	q := relation.Quote(role)
	for i, t := range usable {
		var lacks []string
		if !may[i].schema {
			lacks = append(lacks, "GRANT USAGE ON SCHEMA "+relation.Quote(t.Schema)+" TO "+q+";")
		}
		if !may[i].columns {
			lacks = append(lacks, fmt.Sprintf("GRANT SELECT (%s) ON %s TO %s;", relation.QuoteList("", readableColumns(t)), t.Info.SQL(), q))
		}
		if len(lacks) > 0 {
			p.addFinding(relation.Todo, "source", t.FullName(), "role "+role+" may not read the listed columns yet", lacks...)
		}
		for _, sql := range lacks {
			p.addOnce("source", sql)
		}
	}
	return nil
}

// rowPlace is the column that says where a row lies. It reveals nothing of the row; the snapshot and compare divide large tables by it.
const rowPlace = "ctid"

// readableColumns returns the columns that the reader may see. For a partitioned table they include the partition that a row lies in and the
// transaction that brought it there, which distinguish a partition that was attached empty from one that was not.
func readableColumns(t publisher.Table) []string {
	all := append(slices.Clone(t.Columns), rowPlace)
	if t.Info.Kind == 'p' {
		all = append(all, "tableoid", "xmin", "cmin")
	}
	return all
}

// addOnce adds a step that several tables may need, but only once.
func (p *rightsPlan) addOnce(side, sql string) {
	once := Step{Side: side, SQL: sql}
	if !p.given[once] {
		p.given[once] = true
		p.addSteps(side, sql)
	}
}

func missingColumns(t publisher.Table) []string {
	return slices.DeleteFunc(slices.Clone(t.Columns), func(name string) bool { _, ok := t.Info.Column(name); return ok })
}

func userOf(ctx context.Context, db relation.Queryer) (role string, err error) {
	err = db.QueryRow(ctx, "SELECT current_user::text").Scan(&role)
	return role, err
}

// right is what a role may do with a table.
type right struct {
	schema  bool // use its schema
	columns bool // read the columns that the reader needs
}

// readRights reports for each table what role may do with it. It asks once for all of them.
func readRights(ctx context.Context, db relation.Queryer, tables []publisher.Table, role string) ([]right, error) {
	var at []int
	var schemas, names, columns []string
	for i, t := range tables {
		for _, column := range readableColumns(t) {
			at, schemas, names, columns = append(at, i), append(schemas, t.Schema), append(names, t.Name), append(columns, column)
		}
	}
	rows, err := db.Query(ctx, `
		SELECT u.at, bool_and(pg_catalog.has_schema_privilege($1, n.oid, 'USAGE')),
		       bool_and(pg_catalog.has_column_privilege($1, c.oid, a.attnum, 'SELECT'))
		  FROM unnest($2::int[], $3::text[], $4::text[], $5::text[]) AS u(at, nsp, rel, col)
		  JOIN pg_catalog.pg_namespace n ON n.nspname = u.nsp
		  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = u.rel
		  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = u.col
		 GROUP BY u.at`, role, at, schemas, names, columns)
	if err != nil {
		return nil, link.Fail("rights on tables", err)
	}
	all := make([]right, len(tables))
	var i int
	var r right
	_, err = pgx.ForEachRow(rows, []any{&i, &r.schema, &r.columns}, func() error {
		all[i] = r
		return nil
	})
	if err != nil {
		return nil, link.Fail("rights on tables", err)
	}
	return all, nil
}

// planTarget lets the writer write exactly the replica's tables and columns (the third wall) and the replica's readers read them. The
// rights are always granted: granting one again changes nothing.
func (p *rightsPlan) planTarget(ctx context.Context) error {
	writer, err := userOf(ctx, p.target)
	if err != nil {
		return err
	}
	admin, err := p.readAdmin(ctx)
	if err != nil {
		return err
	}
	if writer != admin {
		p.grantWriter(relation.Quote(writer))
	}
	for _, reader := range p.to.Readers {
		var known bool
		if err := p.target.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)`, reader).Scan(&known); err != nil {
			return link.Fail("target", err)
		}
		if !known {
			p.addFinding(relation.Refuse, "target", "role "+reader, "is named in target.readers but does not exist; create it or correct the configuration",
				"CREATE ROLE "+relation.Quote(reader)+" LOGIN;")
			continue
		}
		p.grantReader(relation.Quote(reader))
	}
	return nil
}

func (p *rightsPlan) readAdmin(ctx context.Context) (string, error) {
	if p.admin != "" {
		return p.admin, nil
	}
	if p.to.AdminDSN == p.to.DSN {
		return userOf(ctx, p.target)
	}
	conn, err := link.Open(ctx, p.to.AdminDSN, link.Options{Name: "target.admin_dsn", Application: "check", MaxAnswer: link.SmallAnswer, AnswerWithin: link.Soon})
	if err != nil {
		return "", err
	}
	defer link.Close(conn)
	return userOf(ctx, conn)
}

func (p *rightsPlan) grantWriter(role string) {
	for _, t := range p.Tables {
		if t.Released {
			continue
		}
		columns, name := relation.QuoteList("", t.Columns), relation.Quote(t.Schema, t.Name)
		p.addOnce("target", "GRANT USAGE ON SCHEMA "+relation.Quote(t.Schema)+" TO "+role+";")
		p.addOnce("target", fmt.Sprintf("GRANT SELECT (%s, %s), INSERT (%s), UPDATE (%s), DELETE ON %s TO %s;", columns, rowPlace, columns, columns, name, role))
	}
	p.addSteps("target", replica.WriterGrants(role)...)
	p.addSteps("target", swap.ShadowGrants(role)...)
}

func (p *rightsPlan) grantReader(role string) {
	for _, t := range p.Tables {
		if t.Released {
			continue
		}
		p.addOnce("target", "GRANT USAGE ON SCHEMA "+relation.Quote(t.Schema)+" TO "+role+";")
		p.addOnce("target", "GRANT SELECT ON "+relation.Quote(t.Schema, t.Name)+" TO "+role+";")
	}
	p.addSteps("target", replica.ReaderGrants(role)...)
}

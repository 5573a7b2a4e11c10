package daemon_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/publisher"
)

// Whoever runs the plan's SQL by hand makes the publication that init makes, whatever the settings of that role are: PostgreSQL
// reads the literals of a row filter once, when the publication is made.
func TestPlanByHandMeansTheSame(t *testing.T) {
	t.Parallel()
	const sql = `CREATE TABLE d (id int PRIMARY KEY, at timestamptz NOT NULL, day date NOT NULL, long interval NOT NULL, v text NOT NULL, price money NOT NULL);
		CREATE UNIQUE INDEX d_all ON d (id, at, day, long, v, price); ALTER TABLE d REPLICA IDENTITY USING INDEX d_all;
		INSERT INTO d SELECT n, '2026-03-04 10:00+00'::timestamptz + n * interval '15 min', '2026-03-04'::date + n, '1 day', 'a\b', '$1.00' FROM generate_series(1, 60) n`
	for name, c := range map[string]struct{ where, settings string }{
		"east":           {`at < '2026-03-04 20:00'`, `timezone = 'Asia/Kathmandu'`},
		"west":           {`at < '2026-03-04 20:00'`, `timezone = 'America/New_York'`},
		"order of dates": {`day > '26-03-10'`, `datestyle = 'SQL, DMY'`},
		"intervals":      {`long = '-1 2:03:04'`, `intervalstyle = 'sql_standard'`},
		"backslashes":    {`v = 'a\b'`, `standard_conforming_strings = off`},
		"equals NULL":    {`v = NULL or day > '2026-03-10'`, `transform_null_equals = on`},
		"search path":    {`v ~ '^a' or length(v) = 3`, `search_path = trap, pg_catalog`},
		"quoted names":   {`day > '2026-03-10'`, `quote_all_identifiers = on`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, sql, fmt.Sprintf("  - {table: d, columns: [id, at, day, long, v, price], where: %q}\n", c.where))
			p.source.Exec(`CREATE SCHEMA trap; CREATE FUNCTION trap.length(text) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 99'`)
			report, err := prepare.Examine(t.Context(), p.cfg, p.list)
			if err != nil || report.Err() != nil {
				t.Fatal(err, report.Err())
			}
			p.byHand(report, c.settings)
			filter := p.filter()
			p.init()
			if again := p.filter(); again != filter {
				t.Fatalf("by hand %q, init makes it %q", filter, again)
			}
			p.source.Exec(`DROP PUBLICATION portal`)
			if _, err := prepare.Init(t.Context(), p.cfg, p.list, true); err != nil {
				t.Fatal(err)
			}
			if of := p.filter(); of != filter {
				t.Errorf("by hand %q, by init %q", filter, of)
			}
			if err := p.catchUp(); err != nil {
				t.Fatal(err)
			}
			p.source.Exec(`SET timezone = 'UTC'; UPDATE d SET v = v || '' WHERE id % 2 = 0`)
			if err := p.catchUp(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// byHand runs the plan's SQL for the source as somebody whose settings are others would, a statement at a time.
func (p *pair) byHand(report *prepare.Report, settings string) {
	p.t.Helper()
	conn, err := pgx.Connect(p.t.Context(), p.source.DSN)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	all := []string{"SET " + settings}
	for _, step := range report.Steps {
		if step.Side == "source" {
			all = append(all, step.SQL)
		}
	}
	for _, sql := range all {
		if _, err := conn.PgConn().Exec(p.t.Context(), sql).ReadAll(); err != nil {
			p.t.Fatalf("%v\n%s", err, sql)
		}
	}
}

// filter is the publication's only one.
func (p *pair) filter() string {
	p.t.Helper()
	published, err := publisher.ReadPublication(p.t.Context(), p.source.Pool, p.cfg.Source.Publication)
	if err != nil || len(published.Tables) != 1 {
		p.t.Fatal(err)
	}
	return strings.TrimSpace(published.Tables[0].Filter)
}

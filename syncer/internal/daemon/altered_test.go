package daemon_test

import (
	"fmt"
	"strings"
	"testing"

	"portal.example/shared/fault"
)

// goods use a type of their own, and one table stands beside.
const goods = `
	CREATE TYPE mood AS ENUM ('calm', 'glad', 'sad'); CREATE DOMAIN feeling AS mood;
	CREATE TABLE t (id int PRIMARY KEY, a text, b text, other text, m feeling DEFAULT 'calm', kept boolean NOT NULL DEFAULT true);
	CREATE TABLE u (id int PRIMARY KEY, a text, b text);
	INSERT INTO t SELECT n, 'a' || n, 'b' || n, 'o' FROM generate_series(1, 20) n; INSERT INTO u SELECT n, 'a' || n, 'b' || n FROM generate_series(1, 20) n;`

const goodsTables = `
  - {table: t, columns: [id, a, b, m]}
  - {table: u, columns: [id, a, b]}
`

// goodsTypes make on the target what the columns need.
const goodsTypes = `CREATE TYPE mood AS ENUM ('calm', 'glad', 'sad'); CREATE DOMAIN feeling AS mood`

const setU = `ALTER PUBLICATION portal SET TABLE ONLY t (id, a, b, m), ONLY u (id, a, b)`

// What changes rows, or what they mean, or keeps changes back, without a word in the log, stops the stream, while it runs or when it
// starts again, also when all looks as before by then; and what the message advises helps.
func TestSilentCommandsAreNoticed(t *testing.T) {
	t.Parallel()
	both := []string{"public.t", "public.u"}
	for name, c := range map[string]struct {
		statements []string
		words      []string
		names      []string
		whileDown  bool // of a running stream it is the log itself that tells, in other words
	}{
		"actions narrowed and restored": {[]string{
			`ALTER PUBLICATION portal SET (publish = 'insert')`, `UPDATE u SET a = 'lost' WHERE id = 1; DELETE FROM t WHERE id = 2`,
			`ALTER PUBLICATION portal SET (publish = 'insert, update, delete, truncate')`,
		}, []string{"portal", "was altered", "syncer table resync public.t public.u"}, both, true},
		"inserts left out for a while": {[]string{
			`ALTER PUBLICATION portal SET (publish = 'update, delete, truncate'); INSERT INTO u VALUES (100, 'lost', 'x'); ALTER PUBLICATION portal SET (publish = 'insert, update, delete, truncate')`,
			`UPDATE u SET b = 'y' WHERE id = 100`,
		}, []string{"portal", "was altered"}, both, true},
		"truncate left out for a while": {[]string{`BEGIN; ALTER PUBLICATION portal SET (publish = 'insert, update, delete'); TRUNCATE u; ALTER PUBLICATION portal SET (publish = 'insert, update, delete, truncate'); COMMIT`}, []string{"portal", "was altered"}, both, true},
		"not by the root for a while":   {[]string{`ALTER PUBLICATION portal SET (publish_via_partition_root = false)`, `ALTER PUBLICATION portal SET (publish_via_partition_root = true)`}, []string{"portal", "was altered"}, both, true},
		"columns narrowed and restored": {[]string{`ALTER PUBLICATION portal SET TABLE ONLY t (id, a, b, m), ONLY u (id, a)`, `UPDATE u SET b = 'lost'`, setU}, []string{"portal", "public.u"}, []string{"public.u"}, true},
		"rows narrowed and restored":    {[]string{`ALTER PUBLICATION portal SET TABLE ONLY t (id, a, b, m), ONLY u (id, a, b) WHERE (id > 10)`, `UPDATE u SET b = 'lost'`, setU}, []string{"portal", "public.u"}, []string{"public.u"}, true},
		"made again by hand":            {[]string{`DROP PUBLICATION portal; UPDATE u SET a = 'lost'; CREATE PUBLICATION portal FOR TABLE ONLY t (id, a, b, m), ONLY u (id, a, b) WITH (publish_via_partition_root = true)`}, []string{"portal", "made again", "syncer init --resync"}, nil, true},
		"names of columns exchanged":    {[]string{`BEGIN; ALTER TABLE t RENAME a TO x; ALTER TABLE t RENAME b TO a; ALTER TABLE t RENAME x TO b; COMMIT`}, []string{"public.t", "other columns under its names", "syncer table resync public.t"}, []string{"public.t"}, false},
		"a name passed on": {[]string{`BEGIN; ALTER PUBLICATION portal SET TABLE ONLY t (id, a, b, m), ONLY u (id, a, b); ALTER TABLE u RENAME a TO x; ALTER TABLE u ADD COLUMN a text DEFAULT 'new'; ALTER TABLE u RENAME a TO y; ALTER TABLE u RENAME x TO a; COMMIT;
			BEGIN; ALTER TABLE t RENAME b TO x; ALTER TABLE t RENAME other TO b; COMMIT; ` + setU}, []string{"public.t"}, []string{"public.t"}, true},
		"three columns in a ring":  {[]string{`BEGIN; ALTER TABLE u RENAME id TO x; ALTER TABLE u RENAME a TO y; ALTER TABLE u RENAME y TO a; ALTER TABLE u RENAME x TO id; ALTER TABLE u RENAME a TO x; ALTER TABLE u RENAME b TO a; ALTER TABLE u RENAME x TO b; COMMIT`}, []string{"public.u"}, []string{"public.u"}, false},
		"a value renamed":          {[]string{`ALTER TYPE mood RENAME VALUE 'calm' TO 'quiet'`}, []string{"public.t", "RENAME VALUE", "syncer table resync public.t"}, nil, false},
		"values exchanged":         {[]string{`ALTER TYPE mood RENAME VALUE 'calm' TO 'x'; ALTER TYPE mood RENAME VALUE 'sad' TO 'calm'; ALTER TYPE mood RENAME VALUE 'x' TO 'sad'`}, []string{"public.t", "RENAME VALUE"}, []string{"public.t"}, false},
		"a value renamed and back": {[]string{`ALTER TYPE mood RENAME VALUE 'calm' TO 'x'; ALTER TYPE mood RENAME VALUE 'x' TO 'calm'`}, []string{"public.t", "renamed back"}, []string{"public.t"}, false},
		"another table under the name": {[]string{`BEGIN; ALTER TABLE u RENAME TO u_old; CREATE TABLE u (LIKE u_old INCLUDING ALL); INSERT INTO u VALUES (1, 'new', 'new'); ALTER PUBLICATION portal DROP TABLE ONLY u_old; ALTER PUBLICATION portal ADD TABLE ONLY u (id, a, b); COMMIT;
			GRANT SELECT ON u TO syncer_reader`}, []string{"public.u"}, []string{"public.u"}, true},
	} {
		for _, running := range []bool{true, false} {
			if running && c.whileDown {
				continue
			}
			t.Run(fmt.Sprintf("%s/running=%t", name, running), func(t *testing.T) {
				t.Parallel()
				p := newReplica(t, goods, goodsTables, goodsTypes)
				p.warm(running)
				p.all(c.statements)
				if running {
					p.stops(c.words...)
				}
				err := p.catchUp()
				if fault.ExitCode(err) != fault.ExitUnsafe {
					t.Fatalf("started again it must say so, not: %v", err)
				}
				for _, w := range c.words {
					if !strings.Contains(err.Error(), w) {
						t.Errorf("%q is not in: %v", w, err)
					}
				}
				if c.names != nil {
					p.resynced(c.names...)
				}
			})
		}
	}
}

// warm lets the stream see the tables, and go on or end.
func (p *pair) warm(running bool) {
	p.t.Helper()
	stop := p.start()
	p.waitFor()
	if running {
		return
	}
	if err := stop(); err != nil {
		p.t.Fatal(err)
	}
}

// Whatever changes no row and keeps none back stops nothing.
func TestWhatIsNoDrift(t *testing.T) {
	t.Parallel()
	for name, statements := range map[string][]string{
		"maintenance":                      {`VACUUM FULL t`, `CLUSTER t USING t_pkey`, `REINDEX TABLE t`, `VACUUM FREEZE ANALYZE t`, `VACUUM FULL pg_publication`, `VACUUM FREEZE pg_enum`},
		"rights and words":                 {`GRANT SELECT ON t TO external_site; COMMENT ON TABLE t IS 'x'; COMMENT ON PUBLICATION portal IS 'x'; ALTER TABLE t SET (fillfactor = 70); ALTER TABLE t ALTER a SET STATISTICS 500, ALTER a SET STORAGE EXTERNAL`},
		"triggers, indexes":                {`CREATE INDEX ON t (a); ALTER TABLE t ADD CHECK (id > -5); ALTER TABLE t DISABLE TRIGGER ALL; ALTER TABLE t ALTER a SET DEFAULT 'x', ALTER b SET NOT NULL; ALTER TABLE t ALTER b DROP NOT NULL`},
		"a value added":                    {`ALTER TYPE mood ADD VALUE 'wild' BEFORE 'glad'`},
		"domain's check":                   {`ALTER DOMAIN feeling ADD CHECK (VALUE <> 'sad')`},
		"other columns":                    {`ALTER TABLE t RENAME other TO another; ALTER TABLE t ALTER another TYPE bytea USING convert_to(another, 'UTF8'); ALTER TABLE t DROP another; ALTER TABLE t ADD more int`},
		"another table of the publication": {`CREATE TABLE v (id int PRIMARY KEY)`, `BEGIN; ALTER PUBLICATION portal ADD TABLE v; ALTER PUBLICATION portal DROP TABLE v; COMMIT`},
		"the same said again":              {setU},
		"renamed for a while":              {`BEGIN; ALTER TABLE u RENAME TO w; UPDATE w SET a = 'meanwhile' WHERE id = 3; ALTER TABLE w RENAME TO u; COMMIT`},
		"renamed for longer":               {`ALTER TABLE u RENAME TO w`, `UPDATE w SET a = 'meanwhile' WHERE id = 3`, `ALTER TABLE w RENAME TO u`},
		"moved for a while":                {`CREATE SCHEMA s`, `BEGIN; ALTER TABLE u SET SCHEMA s; UPDATE s.u SET a = 'meanwhile' WHERE id = 3; ALTER TABLE s.u SET SCHEMA public; COMMIT`},
	} {
		for _, running := range []bool{true, false} {
			if running && name == "renamed for longer" {
				continue // a look may well see it
			}
			t.Run(fmt.Sprintf("%s/running=%t", name, running), func(t *testing.T) {
				t.Parallel()
				p := newReplica(t, goods, goodsTables, goodsTypes)
				p.warm(running)
				p.all(statements)
				p.source.Exec(`UPDATE t SET a = 'after' WHERE id = 1; UPDATE u SET a = 'after' WHERE id = 1`)
				if running {
					p.looked()
					p.waitFor()
				} else if err := p.catchUp(); err != nil {
					t.Fatal(err)
				}
				p.equal()
			})
		}
	}
}

// Another owner publishes what the one before did: that stops nothing, whether it is seen while the stream runs or later. What is
// switched off and on after that is noticed as ever.
func TestNewOwnerOfThePublication(t *testing.T) {
	t.Parallel()
	for _, running := range []bool{true, false} {
		t.Run(fmt.Sprintf("running=%t", running), func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, goods, goodsTables, goodsTypes)
			p.warm(running)
			admin := p.source.Open(p.source.AdminDSN())
			exec := func(sql string) {
				if _, err := admin.Exec(t.Context(), sql); err != nil {
					t.Fatal(err)
				}
			}
			exec(`ALTER PUBLICATION portal OWNER TO CURRENT_USER`)
			p.source.Exec(`UPDATE t SET a = 'after' WHERE id = 1`)
			if !running {
				p.start()
			}
			p.waitFor()
			p.looked()
			p.equal()
			exec(`ALTER PUBLICATION portal SET (publish = 'insert, update, delete')`)
			exec(`ALTER PUBLICATION portal SET (publish = 'insert, update, delete, truncate')`)
			p.stops("portal")
		})
	}
}

// looked waits until the running syncer has looked at the catalog after this moment: it sees a listed table's identity change.
func (p *pair) looked() {
	p.t.Helper()
	p.source.Exec(`ALTER TABLE u REPLICA IDENTITY NOTHING`)
	p.eventually("a look has seen the identity", func() bool { return p.harm("public.u") != "" })
	p.source.Exec(`ALTER TABLE u REPLICA IDENTITY DEFAULT`)
	p.eventually("a look has seen it again", func() bool { return p.harm("public.u") == "" })
}

// harm is what the target remembers of why the source refuses changes of the table.
func (p *pair) harm(table string) (text string) {
	p.t.Helper()
	if err := p.target.Pool.QueryRow(p.t.Context(), `SELECT harm FROM sync.tables WHERE name = $1`, table).Scan(&text); err != nil {
		p.t.Fatal(err)
	}
	return text
}

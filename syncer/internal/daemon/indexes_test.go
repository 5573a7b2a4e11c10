package daemon_test

import (
	"context"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/prepare"
)

// indexed are tables that are large enough for their indexes to be made behind the rows, with indexes of many kinds: those
// that can be put aside, and those that cannot.
const (
	indexedRows = `
	CREATE TABLE %[1]s (id int PRIMARY KEY, code text NOT NULL, v text, n int, at timestamptz, big text);
	ALTER TABLE %[1]s ALTER big SET STORAGE PLAIN;
	INSERT INTO %[1]s SELECT n, 'code ' || n, 'v' || n, n %% 100, timestamptz '2026-01-01' + n * interval '1 hour', repeat(md5(n::text), 30)
	  FROM generate_series(1, 6000) n;`
	indexedColumns = ", columns: [id, code, v, n, at, big]}\n"
	indexedReplica = `
	CREATE TABLE first (id int, code text NOT NULL, v text, n int, at timestamptz, big text,
	  CONSTRAINT "first's key" PRIMARY KEY (id) INCLUDE (n) WITH (fillfactor = 70));
	CREATE INDEX plain ON first (v DESC NULLS LAST, n);
	CREATE INDEX "Partial ""one""" ON first (n) WHERE v <> 'v7';
	CREATE INDEX expression ON first ((lower(v)), (n + 1));
	CREATE INDEX hashed ON first USING hash (v);
	CREATE INDEX ranges ON first USING brin (at) WITH (pages_per_range = 16);
	CREATE UNIQUE INDEX also_unique ON first (code);
	CREATE INDEX commented ON first (at); COMMENT ON INDEX commented IS 'why it is there';
	CREATE INDEX sampled ON first ((n * 2)); ALTER INDEX sampled ALTER COLUMN 1 SET STATISTICS 400;
	CREATE INDEX ordered ON first (n); ALTER TABLE first CLUSTER ON ordered;
	CREATE TABLE second (id int, code text NOT NULL, v text, n int, at timestamptz, big text,
	  PRIMARY KEY (id), CONSTRAINT by_code UNIQUE (code) DEFERRABLE INITIALLY DEFERRED);
	CREATE INDEX identity_of_another ON second (v);
	CREATE TABLE third (id int PRIMARY KEY, code text NOT NULL, v text, n int, at timestamptz, big text);
	CREATE TABLE refers (id int PRIMARY KEY, third int REFERENCES third);
	CREATE VIEW needs_the_key AS SELECT id, v FROM second GROUP BY id;
	CREATE TABLE fourth (id int, code text NOT NULL, v text, n int, at timestamptz, big text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
	CREATE TABLE fourth_1 PARTITION OF fourth FOR VALUES FROM (0) TO (3000);
	CREATE TABLE fourth_2 PARTITION OF fourth FOR VALUES FROM (3000) TO (9000);
	CREATE INDEX over_partitions ON fourth (v);
	GRANT USAGE ON SCHEMA public TO syncer_writer;`
)

var indexedTables = []string{"first", "second", "third", "fourth"}

func newIndexed(t *testing.T) *pair {
	t.Helper()
	var sql, list strings.Builder
	for _, name := range indexedTables {
		sql.WriteString(strings.ReplaceAll(strings.ReplaceAll(indexedRows, "%[1]s", name), "%%", "%"))
		list.WriteString("  - {table: " + name + indexedColumns)
	}
	source, target := indexedMold.copy(t, func() *pair {
		p := newPair(t, sql.String(), list.String())
		p.target.Exec(indexedReplica)
		return p
	})
	return newPairOn(t, source, target, "", list.String())
}

// indexedMold has not been set up yet.
var indexedMold mold

// indexesOf is all that can be said of the target's indexes.
const indexesOf = `
	SELECT string_agg(concat_ws(' | ', i.indrelid::regclass, pg_get_indexdef(x.oid), k.conname, pg_get_constraintdef(k.oid), i.indisvalid, i.indisclustered,
	       i.indisreplident, x.reloptions, x.reltablespace, x.relowner::regrole, obj_description(x.oid),
	       (SELECT string_agg(attstattarget::text, ',') FROM pg_attribute WHERE attrelid = x.oid)), E'\n' ORDER BY x.relname, x.oid::regclass::text)
	  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid LEFT JOIN pg_constraint k ON k.conindid = x.oid AND k.conrelid = i.indrelid
	 WHERE x.relnamespace = 'public'::regnamespace`

// unnoticed are indexes of before that are neither there nor recorded, and those that are both.
const unnoticed = `
	SELECT count(*) FROM (SELECT unnest($1::text[]) AS name) b
	 WHERE (to_regclass(quote_ident(b.name)) IS NOT NULL) = EXISTS (SELECT FROM sync.indexes a WHERE a.index = b.name)`

func (p *pair) indexNames() (names []string) {
	p.t.Helper()
	err := p.target.Pool.QueryRow(p.t.Context(), `
		SELECT array_agg(c.relname::text) FROM pg_class c WHERE c.relkind IN ('i', 'I') AND c.relnamespace = 'public'::regnamespace`).Scan(&names)
	if err != nil {
		p.t.Fatal(err)
	}
	return names
}

// What can be made again exactly is put aside, and is afterwards as it was; the rest is never touched.
func TestIndexesAreMadeBehindTheRows(t *testing.T) {
	t.Parallel()
	p := newIndexed(t)
	before := p.answer(p.target, strings.TrimSpace(indexesOf))
	p.dies("indexes.before_again", p.doomed("indexes.before_again=kill", "init"), nil)
	p.want(p.target, `SELECT string_agg(name || ' ' || index, ', ' ORDER BY name, index COLLATE "C") FROM sync.indexes`,
		`public.first Partial "one", public.first expression, public.first first's key, public.first hashed, public.first plain, public.first ranges, public.second identity_of_another`)
	p.completes("init")
	if after := p.answer(p.target, strings.TrimSpace(indexesOf)); after != before {
		t.Errorf("indexes were\n%s\nand are\n%s", before, after)
	}
	p.want(p.target, `SELECT count(*) FROM sync.indexes`, "0")
	p.completes("run", "--until-current")
	p.equal()
}

// Killed at any step, whoever goes on finds each index or its record: `init` again, or a syncer that may sign in as the
// owner.
func TestKilledAtEachPointOfTheIndexes(t *testing.T) {
	t.Parallel()
	for _, name := range points(t, "indexes") {
		for at, verb := range map[string][]string{"kill": {"init"}, "kill@2": {"run", "--until-current"}} {
			t.Run(name+"="+at, func(t *testing.T) {
				t.Parallel()
				p := newIndexed(t)
				before, names := p.answer(p.target, strings.TrimSpace(indexesOf)), p.indexNames()
				p.dies(name, p.doomed(name+"="+at, "init"), nil)
				if n := p.count(p.target, unnoticed, names); n != 0 {
					t.Errorf("%d indexes are gone without a record, or there with one", n)
				}
				p.source.Exec(`DELETE FROM first WHERE id < 10; UPDATE second SET v = v || '.' WHERE id % 7 = 0; INSERT INTO third (id, code) VALUES (9000, 'meanwhile')`)
				p.completes(verb...)
				p.completes("run", "--until-current")
				if after := p.answer(p.target, strings.TrimSpace(indexesOf)); after != before {
					t.Errorf("indexes were\n%s\nand are\n%s", before, after)
				}
				p.equal()
			})
		}
	}
}

// A table without its indexes is never unnoticed: `check` refuses it, and a writer that is not the owner says who can
// help.
func TestTableWithoutItsIndexesIsNoticed(t *testing.T) {
	t.Parallel()
	p := newIndexed(t)
	p.dies("indexes.after_again", p.doomed("indexes.after_again=kill", "init"), nil)
	report, err := prepare.Examine(t.Context(), p.cfg, p.list)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Err(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "`syncer init` makes them") {
		t.Errorf("check says %v", err)
	}
	admin := p.cfg.Target.AdminDSN
	p.cfg.Target.AdminDSN = p.cfg.Target.DSN
	err = p.daemon().Run(t.Context())
	if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "run `syncer init`") {
		t.Errorf("a writer that is not the owner says %v", err)
	}
	p.cfg.Target.AdminDSN = admin
	p.init()
	p.equal()
}

// Who reads a table is not queued behind: it is loaded with its indexes in place.
func TestTableThatIsReadKeepsItsIndexes(t *testing.T) {
	t.Parallel()
	p := newIndexed(t)
	reader, err := p.target.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := reader.Exec(t.Context(), `SELECT count(*) FROM first`); err != nil {
		t.Fatal(err)
	}
	before := p.answer(p.target, strings.TrimSpace(indexesOf))
	oid := p.answer(p.target, `SELECT '"first''s key"'::regclass::oid`)
	p.init()
	p.want(p.target, `SELECT '"first''s key"'::regclass::oid`, oid)
	if after := p.answer(p.target, strings.TrimSpace(indexesOf)); after != before {
		t.Errorf("indexes were\n%s\nand are\n%s", before, after)
	}
	p.equal()
}

// A trigger that acts on replicated rows may search any of the tables by its key: all keep their indexes.
func TestTriggersFindTheIndexesInPlace(t *testing.T) {
	t.Parallel()
	p := newIndexed(t)
	p.target.Exec(`
		CREATE TABLE seen (id int PRIMARY KEY);
		GRANT SELECT, INSERT ON seen TO syncer_writer;
		CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
		BEGIN INSERT INTO seen SELECT id FROM second WHERE id = NEW.id ON CONFLICT DO NOTHING; RETURN NEW; END $$;
		CREATE TRIGGER note AFTER INSERT ON third FOR EACH ROW EXECUTE FUNCTION note();
		ALTER TABLE third ENABLE ALWAYS TRIGGER note`)
	oids := p.answer(p.target, `SELECT string_agg(indexrelid::text, ',' ORDER BY indexrelid) FROM pg_index WHERE indrelid IN ('first'::regclass, 'second'::regclass)`)
	p.init()
	p.want(p.target, `SELECT string_agg(indexrelid::text, ',' ORDER BY indexrelid) FROM pg_index WHERE indrelid IN ('first'::regclass, 'second'::regclass)`, oids)
	p.equal()
}

// The writer's role cannot put SQL where the owner would run it.
func TestWriterCannotPlantSQL(t *testing.T) {
	t.Parallel()
	p := newIndexed(t)
	p.init()
	conn := p.target.Open(p.target.As("syncer_writer"))
	for _, sql := range []string{
		`INSERT INTO sync.indexes (slot, name, index, sql) VALUES ('x', 'public.first', 'x', ARRAY['ALTER ROLE syncer_writer SUPERUSER'])`,
		`UPDATE sync.indexes SET sql = '{}'`, `DELETE FROM sync.indexes`,
	} {
		if _, err := conn.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

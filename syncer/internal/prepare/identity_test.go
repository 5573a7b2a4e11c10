package prepare_test

import (
	"strings"
	"testing"

	"portal.example/syncer/internal/prepare"
)

// A filter that is changed to other columns gets another index, by `table resync` as by `init --resync`; the application
// can change its rows all the time, and the index of the earlier filter goes.
func TestAFilterIsChangedToOtherColumns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ table, columns, before, after, identity string }{
		"another column": {
			`CREATE TABLE t (id int PRIMARY KEY, pub bool NOT NULL DEFAULT true, state text NOT NULL DEFAULT 'open', v text)`,
			"id, pub, state, v", "pub", "state = 'open'", "id,state",
		},
		"two instead of one, and no primary key": {
			`CREATE TABLE t (id int NOT NULL UNIQUE, pub bool NOT NULL DEFAULT true, day date NOT NULL DEFAULT now(), n smallint NOT NULL DEFAULT 1, v text)`,
			"id, pub, day, n, v", "pub", "day > '2020-01-01' AND n > 0", "id,day,n",
		},
	} {
		for _, whole := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				list := func(where string) string {
					return "  - {table: t, columns: [" + c.columns + "], where: \"" + where + "\"}\n"
				}
				p := newPair(t, c.table+`; INSERT INTO t (id, v) SELECT n, 'v' FROM generate_series(1, 20) n`, list(c.before))
				p.mustInit()
				// A load would make it so; no syncer runs here.
				p.target.Exec(`UPDATE sync.tables SET state = 'ready'; UPDATE sync.progress SET state = 'stopped'`)
				stop := p.app(`UPDATE t SET v = 'x' WHERE id = 1`, `DELETE FROM t WHERE id = 2`, `INSERT INTO t (id, v) VALUES (2, 'again')`)
				p.relist(list(c.after))
				var err error
				if whole {
					_, err = prepare.Init(t.Context(), p.cfg, p.list, true)
				} else {
					_, err = prepare.Change(t.Context(), p.cfg, p.list, prepare.Order{Resync: []string{"public.t"}})
				}
				if err != nil {
					t.Fatal(err)
				}
				stop()
				if got := p.identity("public.t"); got != c.identity {
					t.Errorf("the identity is over %s, want %s", got, c.identity)
				}
				if n := p.value(`SELECT count(*)::text FROM pg_index i WHERE indrelid = 'public.t'::regclass AND NOT indisprimary AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)`); n != "1" {
					t.Errorf("%s indexes of ours are there, want 1", n)
				}
				if said, err := p.check(); err != nil || strings.Contains(said, "todo source") {
					t.Errorf("check: %v\n%s", err, said)
				}
			})
		}
	}
}

// An index that is there and fits is used, whatever its name; one that only has a good name is not.
func TestIdentityIsJudgedByWhatItIs(t *testing.T) {
	t.Parallel()
	const table = `CREATE TABLE t (id int PRIMARY KEY, pub bool NOT NULL, other int NOT NULL DEFAULT 0); INSERT INTO t VALUES (1, true);`
	const list = "  - {table: t, columns: [id, pub], where: pub}\n"
	for name, c := range map[string]struct {
		sql  string
		uses string // "" for an index of ours
	}{
		"fits by another name":            {`CREATE UNIQUE INDEX anything ON t (pub, id)`, "anything"},
		"over other columns, our name":    {`CREATE UNIQUE INDEX t_replica_identity ON t (id, other)`, ""},
		"partial":                         {`CREATE UNIQUE INDEX t_replica_identity ON t (id, pub) WHERE pub`, ""},
		"not unique":                      {`CREATE INDEX t_replica_identity ON t (id, pub)`, ""},
		"an expression":                   {`CREATE UNIQUE INDEX t_replica_identity ON t (id, pub, (id + 1))`, ""},
		"deferrable":                      {`ALTER TABLE t ADD CONSTRAINT t_replica_identity UNIQUE (id, pub) DEFERRABLE`, ""},
		"the filter's column is included": {`CREATE UNIQUE INDEX t_replica_identity ON t (id) INCLUDE (pub)`, ""},
		"a table has the old name":        {`CREATE TABLE t_replica_identity (id int)`, ""},
		"an earlier version's":            {`CREATE UNIQUE INDEX t_replica_identity ON t (id, pub); ALTER TABLE t REPLICA IDENTITY USING INDEX t_replica_identity`, "t_replica_identity"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, table+c.sql, list)
			if said, err := p.check(); err != nil {
				t.Fatalf("check: %v\n%s", err, said)
			}
			p.mustInit()
			p.appMay(`UPDATE t SET pub = NOT pub`, `UPDATE t SET other = 1`, `DELETE FROM t`)
			used := p.value(`SELECT coalesce(max(x.relname), '') FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indisreplident AND i.indrelid = 'public.t'::regclass`)
			if c.uses != "" && used != c.uses || c.uses == "" && !strings.HasPrefix(used, "t_identity_") {
				t.Errorf("the identity is %q, want %q", used, c.uses)
			}
			p.mustInit()
		})
	}
}

// What is left INVALID of an interrupted attempt of ours is replaced; somebody else's is left alone. An identity that
// lies on one, as earlier versions made it, harms the application: check says so, and init mends it.
func TestInvalidIndexesAreReplaced(t *testing.T) {
	t.Parallel()
	p := newPair(t, `CREATE TABLE t (id int PRIMARY KEY, pub bool NOT NULL, body text); INSERT INTO t SELECT n, true FROM generate_series(1, 9) n;
		CREATE UNIQUE INDEX t_replica_identity ON t (id, pub); CREATE UNIQUE INDEX theirs ON t (pub, id);
		CREATE PUBLICATION portal FOR TABLE t (id, pub) WHERE (pub)`, "  - {table: t, columns: [id, pub], where: pub}\n")
	p.asSuperuser(`UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ('t_replica_identity'::regclass, 'theirs'::regclass)`)
	p.source.Exec(`ALTER TABLE t REPLICA IDENTITY USING INDEX t_replica_identity`)
	if _, err := p.source.Pool.Exec(t.Context(), `UPDATE t SET body = 'x'`); err == nil {
		t.Fatal("the application is not harmed, so nothing is tested")
	}
	report, err := prepare.Check(t.Context(), p.cfg, p.list)
	if err != nil || report.Err() != nil || report.Urgent() == nil || !strings.Contains(report.Urgent().Error(), "UPDATE and DELETE of it fail now") {
		t.Errorf("check: %v %v %v", err, report.Err(), report.Urgent())
	}
	p.mustInit()
	p.appMay(`UPDATE t SET body = 'x'`, `DELETE FROM t WHERE id = 1`)
	left := p.value(`SELECT string_agg(indexrelid::regclass::text, ' ' ORDER BY 1) FROM pg_index WHERE NOT indisvalid`)
	if left != "theirs" {
		t.Errorf("INVALID indexes are left: %s, want only theirs", left)
	}
}

// Tables whose long names begin alike, in whatever letters, get indexes of their own, and so does a table whose index
// has a name that is taken.
func TestNamesOfIndexesAreUnique(t *testing.T) {
	t.Parallel()
	long := []string{
		strings.Repeat("a", 50) + "_one", strings.Repeat("a", 50) + "_two", strings.Repeat("ї", 30), strings.Repeat("ї", 29) + "ґ",
		"x" + strings.Repeat("ї", 30), strings.Repeat("b", 63), `quo"ted name`,
	}
	var sql, list strings.Builder
	for _, name := range long {
		quoted := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		sql.WriteString(`CREATE TABLE ` + quoted + ` (id int PRIMARY KEY, pub bool NOT NULL); INSERT INTO ` + quoted + ` VALUES (1, true);`)
		list.WriteString("  - {table: '" + name + "', columns: [id, pub], where: pub}\n")
	}
	p := newPair(t, sql.String(), list.String())
	report, err := prepare.Check(t.Context(), p.cfg, p.list)
	if err != nil || report.Err() != nil {
		t.Fatalf("check: %v %v", err, report.Err())
	}
	// Whatever name is planned, somebody takes it.
	for _, step := range report.Steps {
		if rest, ok := strings.CutPrefix(step.SQL, "CREATE UNIQUE INDEX CONCURRENTLY "); ok {
			name, _, _ := strings.Cut(rest, " ON ")
			p.source.Exec(`CREATE TABLE ` + name + ` (n int)`)
		}
	}
	p.mustInit()
	for _, name := range long {
		quoted := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		p.appMay(`UPDATE `+quoted+` SET pub = NOT pub`, `DELETE FROM `+quoted)
		if got := p.identity("public." + name); got != "id,pub" {
			t.Errorf("%s: identity over %s", name, got)
		}
	}
}

// What no index can hold, or might one day not, is said before it can hurt.
func TestLongValuesAreSaidBeforeTheyHurt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ column, where, level, says string }{
		"long text":           {"c text", "c <> ''", "refuse", "text without a limit"},
		"a pattern":           {"c text", "c LIKE 'x%'", "refuse", "without a limit"},
		"bytes":               {"c bytea", "c <> ''", "refuse", "bytea without a limit"},
		"a document":          {"c jsonb", "c ->> 'a' = 'x'", "refuse", "jsonb without a limit"},
		"a list":              {"c int[]", "c @> '{1}'", "refuse", "without a limit"},
		"long varchar":        {"c varchar(4000)", "c <> ''", "refuse", "16"},
		"no order":            {"c point", "c[0] > 1", "refuse", "no btree"},
		"xml":                 {"c xml", "c IS NOT NULL", "refuse", "no btree"},
		"a state":             {"c text", "c = 'open'", "warning", "without a limit"},
		"one of some states":  {"c text", "c IN ('open', 'it''s') AND c <> 'x'", "warning", "without a limit"},
		"one value":           {"c jsonb", "c = '1'", "warning", "without a limit"},
		"any number":          {"c numeric", "c > 5", "warning", "numeric without a limit"},
		"short varchar":       {"c varchar(100)", "c <> ''", "", ""},
		"a limited number":    {"c numeric(12,2)", "c > 5", "", ""},
		"checked values":      {"c text CHECK (c IN ('open', 'closed'))", "c <> ''", "", ""},
		"a checked length":    {"c text CHECK (octet_length(c) <= 500)", "c <> ''", "", ""},
		"two checks":          {"c text CHECK (length(c) > 1 AND length(c) < 200)", "c <> ''", "", ""},
		"a checked other":     {"d text DEFAULT '' CHECK (octet_length(d) <= 500), c text", "c <> ''", "refuse", "without a limit"},
		"a useless check":     {"c text CHECK (octet_length(c) <= 500 OR id > 5)", "c <> ''", "refuse", "without a limit"},
		"a domain":            {"c short", "c <> ''", "refuse", "User-defined types are not allowed"},
		"an address":          {"c inet", "c <> '10.0.0.0/8'", "", ""},
		"an order of days":    {"c daterange", "c <> 'empty'", "", ""},
		"a time and an id":    {"c timestamptz", "c > '2020-01-01Z'", "", ""},
		"an order of numbers": {"c numrange", "c @> 1.0", "refuse", "without a limit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, `CREATE DOMAIN short AS text CHECK (char_length(VALUE) <= 40); CREATE TABLE t (id int PRIMARY KEY, `+c.column+`); ALTER TABLE t ALTER c SET NOT NULL`,
				"  - {table: t, columns: [id, c], where: \""+c.where+"\"}\n")
			said, err := p.check()
			var got []string
			for _, line := range strings.Split(said, "\n") {
				if strings.Contains(line, "source public.t") && !strings.HasPrefix(line, "todo") && !strings.HasPrefix(line, "ok") {
					got = append(got, line)
				}
			}
			switch {
			case c.level == "" && len(got) > 0:
				t.Errorf("said %q, want nothing", got)
			case c.level != "" && (len(got) == 0 || !strings.HasPrefix(got[0], c.level) || !strings.Contains(got[0], c.says)):
				t.Errorf("said %q, want %s with %q", got, c.level, c.says)
			}
			if (c.level == "refuse") != (err != nil) {
				t.Errorf("check: %v", err)
			}
		})
	}
}

// The limit that check proposes is one that it then takes.
func TestTheProposedLimitMends(t *testing.T) {
	t.Parallel()
	p := newPair(t, `CREATE TABLE t (id int PRIMARY KEY, body text NOT NULL); INSERT INTO t VALUES (1, 'short')`, "  - {table: t, columns: [id, body], where: \"body <> ''\"}\n")
	report, err := prepare.Check(t.Context(), p.cfg, p.list)
	if err != nil || len(report.Refused()) != 1 {
		t.Fatalf("%v %v", err, report.Refused())
	}
	for _, sql := range report.Refused()[0].Mend {
		p.source.Exec(sql)
	}
	p.mustInit()
	p.appMay(`INSERT INTO t SELECT 2, string_agg(md5(n::text), '') FROM generate_series(1, 31) n`, `UPDATE t SET body = 'x'`, `DELETE FROM t`)
}

// Rows that are too long already are found by check; where it cannot look at them, init leaves nothing behind.
func TestRowsThatAreTooLong(t *testing.T) {
	t.Parallel()
	const long = `(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 400) n)`
	p := newPair(t, `CREATE TABLE t (id int PRIMARY KEY, state text NOT NULL); INSERT INTO t VALUES (1, `+long+`)`, "  - {table: t, columns: [id, state], where: \"state = 'open'\"}\n")
	for range 2 {
		if err := p.init(); err == nil || !strings.Contains(err.Error(), "state") {
			t.Errorf("init: %v", err)
		}
		p.appMay(`UPDATE t SET state = state`, `INSERT INTO t SELECT max(id) + 1, `+long+` FROM t`, `DELETE FROM t WHERE id = 2`)
		if n := p.value(`SELECT count(*)::text FROM pg_index WHERE indrelid = 'public.t'::regclass`); n != "1" {
			t.Errorf("%s indexes are there", n)
		}
	}
	p.source.Exec(`GRANT SELECT ON t TO syncer_reader`)
	if said, err := p.check(); err == nil || !strings.Contains(said, "holds rows whose state is longer") {
		t.Errorf("check: %v\n%s", err, said)
	}
}

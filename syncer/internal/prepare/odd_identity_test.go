package prepare_test

import (
	"strings"
	"testing"

	"portal.example/syncer/internal/prepare"
)

// Partitions that come with an identity of their own while their table is published: the application suffers, check says
// so, and init mends each of them, whatever the others are still like.
func TestOddPartitionsOfAPublishedTableAreMended(t *testing.T) {
	t.Parallel()
	for name, odd := range map[string]string{
		"full":           `REPLICA IDENTITY FULL`,
		"nothing":        `REPLICA IDENTITY NOTHING`,
		"an index of it": `REPLICA IDENTITY USING INDEX "M 2_secret_key"`,
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, `CREATE TABLE m (id int, k int NOT NULL, secret int NOT NULL DEFAULT 0, PRIMARY KEY (id, k)) PARTITION BY RANGE (id);
				CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (10); INSERT INTO m VALUES (1, 1)`, "  - {table: m, columns: [id, k], where: k > 0}\n")
			p.mustInit()
			p.source.Exec(`CREATE TABLE "M 2" (id int NOT NULL, k int NOT NULL, secret int NOT NULL DEFAULT 0, UNIQUE (secret))`)
			p.source.Exec(`ALTER TABLE "M 2" ` + odd)
			p.source.Exec(`ALTER TABLE m ATTACH PARTITION "M 2" FOR VALUES FROM (10) TO (20)`)
			p.source.Exec(`CREATE TABLE m3 PARTITION OF m FOR VALUES FROM (20) TO (30)`)
			p.source.Exec(`ALTER TABLE m3 REPLICA IDENTITY FULL`)
			p.source.Exec(`INSERT INTO m VALUES (11, 1, 11), (21, 1, 21)`)
			if _, err := p.source.Pool.Exec(t.Context(), `UPDATE m SET secret = 3 WHERE id = 11`); err == nil {
				t.Fatal("the application is not harmed, so nothing is tested")
			}
			report, err := prepare.Check(t.Context(), p.cfg, p.list)
			if err != nil || report.Err() != nil || report.Urgent() == nil || !strings.Contains(report.Urgent().Error(), `public."M 2"`) {
				t.Errorf("check: %v %v %v", err, report.Err(), report.Urgent())
			}
			p.mustInit()
			p.appMay(`UPDATE m SET secret = id + 100`, `DELETE FROM m WHERE id > 10`)
		})
	}
}

// The table's own identity, set by somebody, is what partitions that are made later take over.
func TestAnOddIdentityOfAPartitionedTableIsMended(t *testing.T) {
	t.Parallel()
	p := newPair(t, `CREATE TABLE m (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (10)`, "  - {table: m, columns: [id]}\n")
	p.mustInit()
	p.source.Exec(`ALTER TABLE m REPLICA IDENTITY FULL`)
	p.source.Exec(`ALTER TABLE m1 REPLICA IDENTITY FULL`)
	p.mustInit()
	if odd := p.value(`SELECT count(*)::text FROM pg_class WHERE relname IN ('m', 'm1') AND relreplident <> 'd'`); odd != "0" {
		t.Errorf("%s of the table and its partition have another identity than DEFAULT", odd)
	}
	p.appMay(`UPDATE m SET id = id`)
}

// A filter that was edited and not yet published harms nobody: check says what is to be done, not that the application suffers.
func TestAnEditedFilterDoesNotHarmYet(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"state = 'open'", "pub AND state <> 'x'"} {
		p := newPair(t, `CREATE TABLE t (id int PRIMARY KEY, pub bool NOT NULL, state varchar(9) NOT NULL)`, "  - {table: t, columns: [id, pub, state], where: pub}\n")
		p.mustInit()
		p.relist("  - {table: t, columns: [id, pub, state], where: \"" + where + "\"}\n")
		p.appMay(`UPDATE t SET pub = true`)
		report, err := prepare.Plan(t.Context(), p.cfg, p.list)
		if err != nil || report.Err() != nil || report.Urgent() != nil {
			t.Errorf("check: %v %v %v", err, report.Err(), report.Urgent())
		}
	}
}

// A filter over the same columns as before is published by init --resync as by table resync, though the publication has
// exactly what was made for the filter before.
func TestAnEditedFilterIsPublished(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"not pub", "pub AND n > 3"} {
		for _, whole := range []bool{true, false} {
			p := newPair(t, `CREATE TABLE t (id int PRIMARY KEY, pub bool NOT NULL, n int NOT NULL)`, "  - {table: t, columns: [id, pub, n], where: pub AND n > 2}\n")
			p.mustInit()
			p.target.Exec(`UPDATE sync.tables SET state = 'ready'; UPDATE sync.progress SET state = 'stopped'`) // as a load would
			before := p.value(`SELECT pg_get_expr(prqual, prrelid) FROM pg_publication_rel`)
			p.relist("  - {table: t, columns: [id, pub, n], where: " + where + "}\n")
			if said, err := p.check(); err == nil || !strings.Contains(said, "syncer table resync") {
				t.Errorf("check: %v\n%s", err, said)
			}
			var err error
			if whole {
				_, err = prepare.Init(t.Context(), p.cfg, p.list, true)
			} else {
				_, err = prepare.Change(t.Context(), p.cfg, p.list, prepare.Order{Resync: []string{"public.t"}})
			}
			if err != nil {
				t.Fatal(err)
			}
			if now := p.value(`SELECT pg_get_expr(prqual, prrelid) FROM pg_publication_rel`); now == before {
				t.Errorf("%s, all of it %t: still published where %s", where, whole, now)
			}
		}
	}
}

// The SQL of plan, run by hand after a filter was edited, changes identity and publication together; where somebody has run
// only half of it, check says that the application suffers, and what ends that.
func TestPlanOfAnEditedFilterHarmsNobody(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"state = 'open'", "state <> 'x' AND pub"} {
		p := newPair(t, `CREATE TABLE t (id int PRIMARY KEY, pub bool NOT NULL, state varchar(9) NOT NULL); INSERT INTO t VALUES (1, true, 'open')`, "  - {table: t, columns: [id, pub, state], where: pub}\n")
		p.mustInit()
		p.target.Exec(`UPDATE sync.tables SET state = 'ready'; UPDATE sync.progress SET state = 'stopped'`) // as a load would
		p.relist("  - {table: t, columns: [id, pub, state], where: \"" + where + "\"}\n")
		report, err := prepare.Plan(t.Context(), p.cfg, p.list)
		if err != nil || report.Err() != nil {
			t.Fatal(err, report.Err())
		}
		var half []string
		for _, s := range report.Steps {
			if s.Side == "source" && !strings.HasPrefix(s.SQL, "SET ") { // of a pool's session
				p.source.Exec(s.SQL)
			}
			if strings.Contains(s.SQL, "REPLICA IDENTITY") {
				half = append(half, s.SQL)
			}
		}
		p.appMay(`UPDATE t SET state = 'x'`)
		p.source.Exec(`ALTER PUBLICATION ` + p.cfg.Source.Publication + ` SET TABLE ONLY t (id, pub, state) WHERE (pub AND length(state) > 100)`)
		p.source.Exec(`CREATE UNIQUE INDEX only_pub ON t (id, pub); ALTER TABLE t REPLICA IDENTITY USING INDEX only_pub`)
		p.source.Exec(half[0])
		p.source.Exec(`ALTER PUBLICATION ` + p.cfg.Source.Publication + ` SET TABLE ONLY t (id, pub) WHERE (pub)`)
		if report, err = prepare.Check(t.Context(), p.cfg, p.list); err != nil || report.Urgent() == nil {
			t.Errorf("check: %v %v", err, report.Urgent())
		}
		if _, err := prepare.Change(t.Context(), p.cfg, p.list, prepare.Order{Resync: []string{"public.t"}}); err != nil {
			t.Error(err)
		}
		p.appMay(`UPDATE t SET state = 'y'`, `DELETE FROM t`)
	}
}

// The SQL that check prints for a busy table waits in no queue for long, reads nothing while others may not, and does what it
// says: after it check passes.
func TestMendingSQLSparesTheApplication(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ table, where string }{
		"a filter's column may be null": {`CREATE TABLE t (id int PRIMARY KEY, "Is pub" bool, v varchar(9))`, `\"Is pub\"`},
		"a key's column may be null":    {`CREATE TABLE t (id int UNIQUE, "Is pub" bool NOT NULL, v varchar(9))`, ``},
		"values have no limit":          {`CREATE TABLE t (id int PRIMARY KEY, "Is pub" text NOT NULL, v varchar(9))`, `\"Is pub\" > ''`},
		"is unlogged":                   {`CREATE UNLOGGED TABLE t (id int PRIMARY KEY, "Is pub" text NOT NULL, v varchar(9))`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			list := "  - {table: t, columns: [id, \"Is pub\", v]"
			if c.where != "" {
				list += ", where: \"" + c.where + "\""
			}
			p := newPair(t, c.table, list+"}\n")
			report, err := prepare.Check(t.Context(), p.cfg, p.list)
			if err != nil || len(report.Refused()) != 1 {
				t.Fatalf("%v %v", err, report.Err())
			}
			mend := report.Refused()[0].Mend
			if len(mend) < 2 || mend[0] != "SET lock_timeout = '1s';" {
				t.Errorf("the application would queue behind %q", mend)
			}
			for _, sql := range mend[1:] {
				p.source.Exec(sql)
			}
			if said, err := p.check(); err != nil {
				t.Errorf("after its own mending: %v\n%s", err, said)
			}
		})
	}
}

// The target's key is that of the identity which init gives the table, not of the one that somebody gave it before.
func TestTheKeyIsThatOfThePlannedIdentity(t *testing.T) {
	t.Parallel()
	const list = "  - {table: t, columns: [id, pub, k], where: pub}\n"
	for name, sql := range map[string]string{
		"identity was set over another key": `CREATE TABLE t (id int PRIMARY KEY, pub bool NOT NULL, k int NOT NULL); CREATE UNIQUE INDEX t_k ON t (k); ALTER TABLE t REPLICA IDENTITY USING INDEX t_k`,
		"somebody's index, no primary key":  `CREATE TABLE t (id int NOT NULL UNIQUE, pub bool NOT NULL, k int NOT NULL); CREATE UNIQUE INDEX theirs ON t (pub, id)`,
		"it includes other columns":         `CREATE TABLE t (id int NOT NULL UNIQUE, pub bool NOT NULL, k int NOT NULL); CREATE UNIQUE INDEX theirs ON t (id, pub) INCLUDE (k)`,
		"an index of ours, no primary key":  `CREATE TABLE t (id int NOT NULL UNIQUE, pub bool NOT NULL, k int NOT NULL)`,
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, sql, list)
			p.mustInit()
			if said, err := p.check(); err != nil || strings.Contains(said, "todo ") {
				t.Errorf("after init, check: %v\n%s", err, said)
			}
		})
	}
}

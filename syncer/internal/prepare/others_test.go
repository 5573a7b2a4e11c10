package prepare_test

import (
	"strings"
	"testing"
)

// Two publications with different filters share a table's one identity: check says that this whitelist's would make the
// other refuse the application its changes, and the SQL it prints is one both can live with.
func TestAnotherPublicationMustLiveWithTheIdentity(t *testing.T) {
	t.Parallel()
	const table = `CREATE TABLE t (id int PRIMARY KEY, pub bool NOT NULL, state varchar(9) NOT NULL, v text); INSERT INTO t VALUES (1, true, 'open', 'v'), (2, true, 'x', 'v');
		CREATE UNIQUE INDEX theirs ON t (id, pub); ALTER TABLE t REPLICA IDENTITY USING INDEX theirs; `
	for name, c := range map[string]struct {
		other, list string
		mended      bool
	}{
		"another filter":                 {`CREATE PUBLICATION other FOR TABLE t (id, pub, state) WHERE (pub)`, `  - {table: t, columns: [id, pub, state], where: "state = 'open'"}`, true},
		"another filter, all columns":    {`CREATE PUBLICATION other FOR TABLE t WHERE (pub)`, `  - {table: t, columns: [id, state, pub, v], where: "state <> 'open'"}`, true},
		"its filter's column not listed": {`CREATE PUBLICATION other FOR TABLE t (id, pub) WHERE (pub)`, `  - {table: t, columns: [id, state], where: "state = 'open'"}`, false},
		"fewer columns there":            {`CREATE PUBLICATION other FOR TABLE t (id, pub)`, `  - {table: t, columns: [id, pub, state], where: "state = 'open'"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, table+c.other, c.list+"\n")
			said, err := p.check()
			if err == nil || !strings.Contains(said, "refuse source public.t: publication other has it too") {
				t.Fatalf("check: %v\n%s", err, said)
			}
			if err := p.init(); err == nil {
				t.Error("init did what check refuses")
			}
			p.appMay(`UPDATE t SET v = 'x'`, `DELETE FROM t WHERE id = 2`)
			if !c.mended {
				return
			}
			p.source.Exec(`CREATE UNIQUE INDEX t_common_identity ON t (id, state, pub)`)
			p.source.Exec(`ALTER TABLE t REPLICA IDENTITY USING INDEX t_common_identity`)
			if !strings.Contains(err.Error()+said, `"t_common_identity" ON "public"."t" ("id", "state", "pub")`) {
				t.Errorf("no SQL that both can live with:\n%v\n%s", err, said)
			}
			p.mustInit()
			p.appMay(`UPDATE t SET v = 'y', pub = NOT pub`, `DELETE FROM t`)
		})
	}
}

// One that publishes the table as it is, or inserts only, can live with any identity.
func TestAnotherPublicationWithoutFilterIsNoMatter(t *testing.T) {
	t.Parallel()
	for _, other := range []string{
		`CREATE PUBLICATION other FOR TABLE t`,
		`CREATE PUBLICATION other FOR TABLE t (v) WITH (publish = 'insert')`,
		`CREATE PUBLICATION other FOR TABLE t (id, pub)`,
	} {
		p := newPair(t, `CREATE TABLE t (id int PRIMARY KEY, pub bool NOT NULL, v text); `+other, "  - {table: t, columns: [id, pub], where: pub}\n")
		if said, err := p.check(); err != nil {
			t.Errorf("%s: %v\n%s", other, err, said)
		}
		p.mustInit()
		p.appMay(`UPDATE t SET v = 'x'`)
	}
}

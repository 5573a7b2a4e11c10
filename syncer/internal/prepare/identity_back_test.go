package prepare_test

import (
	"strings"
	"testing"

	"portal.example/syncer/internal/prepare"
)

// A table that leaves the replica gets back what it had before: nothing of ours stays on it, unless another publication lives
// on it, and nothing of anybody else's goes.
func TestADroppedTableGetsItsIdentityBack(t *testing.T) {
	t.Parallel()
	const other = "  - {table: other, columns: [id]}\n"
	for name, c := range map[string]struct {
		sql, identity string // pg_class.relreplident afterwards
		ours          string // how many indexes of ours are left
		whole         bool   // by init --resync
	}{
		"made by init":           {``, "d", "0", false},
		"by init --resync":       {``, "d", "0", true},
		"by an earlier filter":   {`CREATE UNIQUE INDEX t_replica_identity ON t (id, v)`, "d", "0", false},
		"another publication":    {`CREATE PUBLICATION theirs FOR TABLE t`, "i", "1", false},
		"of the whole schema":    {`CREATE PUBLICATION theirs FOR TABLES IN SCHEMA public`, "i", "1", false},
		"an index of their own":  {`CREATE UNIQUE INDEX theirs ON t (id, pub); ALTER TABLE t REPLICA IDENTITY USING INDEX theirs`, "i", "0", false},
		"identity changed since": {`-- after init`, "f", "0", false},
		"gone":                   {`-- dropped`, "", "0", false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, `CREATE TABLE t (id int PRIMARY KEY, pub bool NOT NULL, v int NOT NULL); CREATE TABLE other (id int PRIMARY KEY)`, "  - {table: t, columns: [id, pub, v], where: pub}\n"+other)
			if strings.HasPrefix(c.sql, "CREATE UNIQUE") {
				p.source.Exec(c.sql)
			}
			if strings.HasPrefix(c.sql, "CREATE PUBLICATION") {
				p.asSuperuser(c.sql)
			}
			p.mustInit()
			p.target.Exec(`UPDATE sync.tables SET state = 'ready'; UPDATE sync.progress SET state = 'stopped'`) // as a load would
			switch c.sql {
			case "-- after init":
				p.source.Exec(`ALTER TABLE t REPLICA IDENTITY FULL`)
			case "-- dropped":
				p.source.Exec(`DROP TABLE t`)
			}
			p.relist(other)
			var err error
			if c.whole {
				_, err = prepare.Init(t.Context(), p.cfg, p.list, true)
			} else {
				_, err = prepare.Change(t.Context(), p.cfg, p.list, prepare.Order{Drop: []string{"public.t"}})
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := p.value(`SELECT coalesce((SELECT relreplident::text FROM pg_class WHERE relname = 't'), '')`); got != c.identity {
				t.Errorf("its replica identity is %q", got)
			}
			if got := p.value(`SELECT count(*)::text FROM pg_class WHERE relkind = 'i' AND relname ~ '(_identity_|_replica_identity$)'`); got != c.ours {
				t.Errorf("%s indexes of ours are left", got)
			}
			if c.identity != "" {
				p.appMay(`INSERT INTO t VALUES (1, true, 1)`, `UPDATE t SET v = 2`, `DELETE FROM t`)
			}
		})
	}
}

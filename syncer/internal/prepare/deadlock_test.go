package prepare_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/syncer/internal/locks"
	"portal.example/syncer/internal/prepare"
)

// An index and the application's own change of a table's definition may wait for each other. It is the index that steps
// aside, and init makes it again by itself, whether it or what it left is in the way.
func TestAnIndexStepsAsideForTheApplicationsMigration(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"lock":      `LOCK TABLE t IN ACCESS EXCLUSIVE MODE`,
		"migration": `ALTER TABLE t ADD COLUMN later int`,
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, filtered, filteredList)
			writer := p.session(p.source)
			p.run(writer, `BEGIN; INSERT INTO t VALUES (100, true)`)
			app, err := pgx.Connect(t.Context(), p.source.AdminDSN())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = app.Close(t.Context()) }) //nolint:usetesting // the session ends with the test
			// It would look for a deadlock only after an hour, so that the server ends it never.
			p.run(app, `SET deadlock_timeout = '1h'; BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class`)
			said := make(chan string, 1000)
			ended, migrated := make(chan error, 1), make(chan error, 1)
			go func() {
				_, err := prepare.Init(locks.Telling(t.Context(), func(line string) { said <- line }), p.cfg, p.list, false)
				ended <- err
			}()
			awaittest.Receive(t, "the index waits for the writer", said)
			go func() {
				_, err := app.Exec(t.Context(), sql)
				if err == nil {
					_, err = app.Exec(t.Context(), `COMMIT`)
				}
				migrated <- err
			}()
			awaittest.Until(t, "the application waits for the index", func() bool {
				return p.value(`SELECT count(*)::text FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock' AND relation = 'public.t'::regclass`) == "1"
			})
			p.run(writer, `COMMIT`)
			if err := awaittest.Receive(t, "the application goes on", migrated); err != nil {
				t.Errorf("the application: %v", err)
			}
			if err := awaittest.Receive(t, "init's end", ended); err != nil {
				t.Errorf("init: %v", err)
			}
			aside := false
			for len(said) > 0 {
				aside = strings.Contains(<-said, "stepped aside") || aside
			}
			if !aside {
				t.Error("there was no deadlock, or nothing was said of it")
			}
			p.appMay(changesRows...)
			if left := p.value(`SELECT count(*)::text FROM pg_index WHERE NOT indisvalid`); left != "0" || p.identity("public.t") != "id,pub" {
				t.Errorf("%s INVALID indexes, identity over %s", left, p.identity("public.t"))
			}
		})
	}
}

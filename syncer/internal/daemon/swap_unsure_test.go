package daemon_test

import (
	"fmt"
	"testing"

	"portal.example/syncer/internal/faulttest"
	"portal.example/syncer/internal/prepare"
)

// A swap whose COMMIT got no answer may be there or not. The next session looks which, the stream applies the table's changes accordingly,
// and what was loaded is not loaded again.
func TestSwapWhoseCommitGotNoAnswer(t *testing.T) {
	t.Parallel()
	for _, committed := range []bool{true, false} {
		for _, freeze := range []bool{true, false} {
			t.Run(fmt.Sprintf("committed=%t/freeze=%t", committed, freeze), func(t *testing.T) {
				t.Parallel()
				j := newJoining(t)
				j.init()
				target := faulttest.NewProxy(t, address(t, j.target.DSN))
				j.write("syncer.yaml", fmt.Sprintf(`
source: {dsn: %q, admin_dsn: %q, slot: %s, heartbeat: 1s}
target: {dsn: %q, admin_dsn: %q, copy_workers: 2}
whitelist: whitelist.yaml
`, j.source.As("syncer_reader"), j.source.DSN, j.source.Name, through(t, j.target.As("syncer_writer"), target), j.target.DSN))
				j.pair.load()
				stop := j.start()
				j.waitFor()
				j.target.Exec(`UPDATE r SET v = -1 WHERE id % 10 = 0`)
				release := j.locked()
				if _, err := prepare.Change(t.Context(), j.cfg, j.list, prepare.Order{Resync: []string{"public.r"}, Freeze: freeze}); err != nil {
					t.Fatal(err)
				}
				j.loaded()
				target.Set(faulttest.Fault{Of: []byte("application_name\x00syncer swap\x00"), ResetOn: []byte("Q\x00\x00\x00\x0bcommit\x00"), PassBefore: committed})
				release()
				j.eventually("the swap's connection is reset at its COMMIT", func() bool {
					j.source.Exec(`UPDATE r SET round = round + 1 WHERE id % 40 = 0`)
					return target.Resets() > 0
				})
				target.Heal()
				j.source.Exec(`UPDATE r SET v = v + 1 WHERE id % 3 = 0; DELETE FROM r WHERE id % 11 = 0; INSERT INTO r SELECT n, 0, 0 FROM generate_series(6001, 6100) n`)
				j.ready()
				j.waitFor()
				j.equal()
				if n := j.loads.Load(); n != 1 {
					t.Errorf("the rows were loaded %d times", n)
				}
				if err := stop(); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

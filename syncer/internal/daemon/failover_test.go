package daemon_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/prepare"
)

// followed is a pair whose source is followed by a standby. The syncer finds the source as one does that may move: its DSN names both
// servers and asks for the one that takes changes.
type followed struct {
	*pair
	primary, standby *pgtest.Cluster
}

func newFollowed(t *testing.T, onLost string) *followed {
	t.Helper()
	primary := pgtest.New(t, pgtest.Options{})
	f := &followed{pair: newPairOn(t, primary.Database(t), pgtest.EmptyApart(t), shop, shopTables), primary: primary}
	f.standby = primary.Standby(t)
	f.write("syncer.yaml", fmt.Sprintf(`
source: {dsn: %q, admin_dsn: %q, slot: %s, heartbeat: 1s}
target: {dsn: %q, admin_dsn: %q, readers: [external_site], copy_workers: 2}
whitelist: whitelist.yaml
on_lost: %s
`, f.either("syncer_reader"), f.either(pgtest.Owner), f.source.Name, f.target.As("syncer_writer"), f.target.DSN, onLost))
	f.load()
	return f
}

// either is the DSN of a role on whichever of both servers is the primary.
func (f *followed) either(role string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d,127.0.0.1:%d/%s?sslmode=disable&target_session_attrs=read-write",
		role, f.primary.Port(), f.standby.Port(), f.source.Name)
}

// standbyAsks asks the standby for one value.
func (f *followed) standbyAsks(sql string, args ...any) (ok bool) {
	f.t.Helper()
	ctx := f.t.Context()
	conn, err := pgx.Connect(ctx, f.standby.DSN(f.source.Name))
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if err := conn.QueryRow(ctx, sql, args...).Scan(&ok); err != nil {
		f.t.Fatal(err)
	}
	return ok
}

// takesOver loses the primary, together with its last change, which the replica has already, and makes the standby the primary.
func (f *followed) takesOver() {
	f.t.Helper()
	var at string
	if err := f.source.Pool.QueryRow(f.t.Context(), `SELECT pg_current_wal_lsn()::text`).Scan(&at); err != nil {
		f.t.Fatal(err)
	}
	f.eventually("the standby has everything so far", func() bool {
		return f.standbyAsks(`SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn`, at)
	})
	if err := f.standby.Pause(); err != nil {
		f.t.Fatal(err)
	}
	f.source.Exec(`UPDATE shop.items SET name = 'lost with the primary' WHERE id < 50`)
	f.waitFor()
	if err := f.primary.Kill(); err != nil {
		f.t.Fatal(err)
	}
	if err := f.standby.Resume(); err != nil {
		f.t.Fatal(err)
	}
	if !f.standbyAsks(`SELECT pg_promote()`) {
		f.t.Fatal("the standby was not promoted")
	}
}

// When a standby of the source takes over, the slot is gone, and the replica may hold changes that the new primary has never had. Then the
// replica may be the better copy of the two, so that nothing is done to it by itself, not even where a lost slot is answered by a new load.
// The syncer ends and names what happened and the way on.
func TestStandbyTakesOverTheSource(t *testing.T) {
	t.Parallel()
	for _, onLost := range []string{"stop", "resync"} {
		t.Run("on_lost="+onLost, func(t *testing.T) {
			t.Parallel()
			f := newFollowed(t, onLost)
			f.init()
			f.start()
			f.waitFor()
			f.takesOver()
			f.stops("RESYNC REQUIRED", "timeline changed from 1 to 2", "failed over", "syncer init --resync")
			if n := f.count(f.target, `SELECT count(*) FROM shop.items WHERE name = 'lost with the primary'`); n == 0 {
				t.Error("the replica was changed by itself")
			}
			if err := f.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "syncer init --resync") {
				t.Errorf("started again: %v", err)
			}
			f.source.Pool = f.source.Open(f.standby.DSN(f.source.Name))
			if _, err := prepare.Init(t.Context(), f.cfg, f.list, true); err != nil {
				t.Fatal(err)
			}
			if _, err := f.source.Pool.Exec(t.Context(), `UPDATE shop.items SET price = price + 1 WHERE id > 400`); err != nil {
				t.Fatal(err)
			}
			if err := f.catchUp(); err != nil {
				t.Fatal(err)
			}
			f.equal()
		})
	}
}

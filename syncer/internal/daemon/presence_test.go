package daemon_test

import (
	"testing"

	"portal.example/syncer/internal/control"
	"portal.example/syncer/internal/replica"
)

// A syncer that waits for its source is seen on the target between its tries, too, until it ends.
func TestSyncerIsSeenBetweenItsTries(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	stop := p.start()
	p.waitFor()
	conn, err := replica.Connect(t.Context(), p.cfg.Target.DSN, "test")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	state := func() (s control.State, claimed bool) {
		claimed, err := replica.IsClaimed(t.Context(), conn, p.cfg.Source.Slot)
		if err == nil {
			s, err = control.Read(t.Context(), conn, p.cfg.Source.Slot)
		}
		if err != nil {
			t.Fatal(err)
		}
		return s, claimed
	}
	admin := p.source.Open(p.source.AdminDSN())
	exec := func(sql string) {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	exec(`ALTER DATABASE "` + p.source.Name + `" CONNECTION LIMIT 0`)
	exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'syncer%'`)
	p.eventually("it is between two tries, and seen", func() bool {
		s, claimed := state()
		return s.State == "error" && !claimed && s.Running
	})
	exec(`ALTER DATABASE "` + p.source.Name + `" CONNECTION LIMIT -1`)
	p.source.Pool.Reset()
	p.waitFor()
	if err := stop(); err != nil {
		t.Error(err)
	}
	p.eventually("it is gone", func() bool { s, _ := state(); return !s.Running })
}

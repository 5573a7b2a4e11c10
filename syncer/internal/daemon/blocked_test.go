package daemon_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/status"
)

// A target that somebody has locked: health and status say so alike, and who it is, by a session or a prepared transaction.
func TestTargetLockedBySomebody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ lock, who, over string }{
		"a session": {`LOCK TABLE shop.items IN ACCESS EXCLUSIVE MODE`, `"night report"`, `ROLLBACK`},
		"one row":   {`UPDATE shop.items SET name = 'mine' WHERE id = 2`, `"night report"`, `ROLLBACK`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, shop, shopTables)
			p.setting("stale_after: 2s")
			d := p.daemon()
			ended := make(chan error, 1)
			go func() { ended <- d.Run(t.Context()) }()
			p.waitFor()
			other, err := pgx.Connect(t.Context(), p.target.AdminDSN())
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close(t.Context())
			if _, err := other.Exec(t.Context(), `SET application_name = 'night report'`); err != nil {
				t.Fatal(err)
			}
			for _, sql := range []string{`BEGIN`, c.lock} {
				if _, err := other.Exec(t.Context(), sql); err != nil {
					t.Fatal(err)
				}
			}
			p.source.Exec(`UPDATE shop.items SET name = 'waits' WHERE id = 2`)
			p.eventually("health says who", func() bool { h := d.Live.Health(); return !h.Healthy && strings.Contains(h.Error, c.who) })
			p.eventually("status says the same", func() bool {
				r := status.Ask(t.Context(), p.cfg, status.Options{})
				return !r.Healthy && !r.Follows() && says(r.Problems, "waits for a lock") && says(r.Problems, c.who)
			})
			if _, err := other.Exec(t.Context(), c.over); err != nil {
				t.Fatal(err)
			}
			p.waitFor()
			p.equal()
			p.eventually("both are well", func() bool {
				r := status.Ask(t.Context(), p.cfg, status.Options{})
				return d.Live.Health().Healthy && r.Follows()
			})
		})
	}
}

// Who holds the claim is named.
func TestClaimIsHeldBySomebody(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	stop := p.start()
	p.waitFor()
	conn, err := replica.Connect(t.Context(), p.cfg.Target.DSN, "second")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	began := time.Now()
	_, err = replica.Claim(t.Context(), conn, p.cfg.Source.Slot)
	if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "syncer writer") || !strings.Contains(err.Error(), "pid ") {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

package daemon_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/compare"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/status"
)

func isStandby(t *testing.T, c *pgtest.Cluster) {
	t.Helper()
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.DataDir(), "standby.signal"), nil, 0o644); err != nil { //nolint:gosec // the server's user reads it
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
}

func promote(t *testing.T, db *pgtest.Database) {
	t.Helper()
	db.Pool.Reset()
	if _, err := db.Open(db.AdminDSN()).Exec(t.Context(), `SELECT pg_promote()`); err != nil {
		t.Fatal(err)
	}
}

func says(problems []string, text string) bool {
	return strings.Contains(strings.Join(problems, "\n"), text)
}

// A target that takes no changes for a while is waited for, however it came to that, and status says what it is.
func TestTargetIsReadOnlyForAWhile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		says        string
		begin, over func(*testing.T, *pgtest.Cluster, *pgtest.Database)
	}{
		"standby": {
			"standby",
			func(t *testing.T, c *pgtest.Cluster, _ *pgtest.Database) { isStandby(t, c) },
			func(t *testing.T, _ *pgtest.Cluster, db *pgtest.Database) { promote(t, db) },
		},
		"default_transaction_read_only": {
			"read-only",
			func(t *testing.T, c *pgtest.Cluster, db *pgtest.Database) {
				readOnly(t, db, "on")
			},
			func(t *testing.T, c *pgtest.Cluster, db *pgtest.Database) {
				readOnly(t, db, "off")
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cluster := pgtest.New(t, pgtest.Options{})
			p := newPairOn(t, pgtest.Source(t), cluster.Database(t), shop, shopTables)
			p.init()
			stop := p.start()
			p.waitFor()
			c.begin(t, cluster, p.target)
			if name == "standby" {
				p.refusesStandby("target")
			}
			p.source.Exec(`UPDATE shop.items SET name = 'while nothing is taken' WHERE id < 50`)
			p.eventually("status says it", func() bool {
				r := status.Ask(t.Context(), p.cfg, status.Options{})
				return !r.Healthy && says(r.Problems, c.says)
			})
			c.over(t, cluster, p.target)
			p.target.Pool.Reset()
			p.waitFor()
			p.equal()
			if err := stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

// refusesStandby wants check to name the side that is a standby.
func (p *pair) refusesStandby(side string) {
	p.t.Helper()
	report, err := prepare.Examine(p.t.Context(), p.cfg, p.list)
	if err != nil {
		p.t.Fatal(err)
	}
	if !slices.ContainsFunc(report.Refused(), func(f relation.Finding) bool {
		return f.Side == side && strings.Contains(f.Text, "is a standby") && strings.Contains(f.Text, "primary")
	}) {
		p.t.Errorf("check of a %s that is a standby: %v", side, report.Refused())
	}
}

func readOnly(t *testing.T, db *pgtest.Database, setting string) {
	t.Helper()
	admin := db.Open(db.AdminDSN())
	for _, sql := range []string{
		`SET default_transaction_read_only = off`, `ALTER SYSTEM SET default_transaction_read_only = ` + setting, `SELECT pg_reload_conf()`,
		`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'syncer%'`,
	} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}

// A source that is a standby has no slot of ours; that is no loss of it.
func TestSourceIsAStandby(t *testing.T) {
	t.Parallel()
	cluster := pgtest.New(t, pgtest.Options{})
	p := newPairOn(t, cluster.Database(t), pgtest.EmptyApart(t), shop, shopTables)
	p.init()
	isStandby(t, cluster)
	p.source.Pool.Reset()
	err := p.catchUp()
	if err == nil || strings.Contains(err.Error(), "RESYNC") || !strings.Contains(err.Error(), "standby") || fault.ExitCode(err) == fault.ExitUnsafe {
		t.Errorf("got %v", err)
	}
	p.refusesStandby("source")
	for verb, ask := range map[string]func(compare.Options) error{
		"compare": func(o compare.Options) error { _, err := compare.Compare(t.Context(), o); return err },
		"repair":  func(o compare.Options) error { _, err := compare.Repair(t.Context(), o, true); return err },
	} {
		err := ask(compare.Options{Config: p.cfg, List: p.list})
		if err == nil || !strings.Contains(err.Error(), "standby") || !strings.Contains(err.Error(), "let source.dsn lead to the primary") {
			t.Errorf("%s: got %v", verb, err)
		}
	}
	stop := p.start()
	p.eventually("status says it", func() bool {
		r := status.Ask(t.Context(), p.cfg, status.Options{})
		return says(r.Problems, "standby") && !says(r.Problems, "RESYNC") && r.State == status.Failed
	})
	if err := stop(); err != nil {
		t.Error(err)
	}
	promote(t, p.source) // so that its databases can be dropped
}

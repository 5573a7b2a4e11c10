package prepare_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"portal.example/shared/awaittest"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/faulttest"
	"portal.example/syncer/internal/locks"
	"portal.example/syncer/internal/prepare"
)

const (
	filtered     = `CREATE TABLE t (id int PRIMARY KEY, pub bool NOT NULL DEFAULT true, v text); INSERT INTO t SELECT n, true, 'v' FROM generate_series(1, 20) n`
	filteredList = "  - {table: t, columns: [id, pub, v], where: pub}\n"
)

var changesRows = []string{
	`UPDATE t SET v = 'x' WHERE id = 1`, `SELECT count(*) FROM t`, `DELETE FROM t WHERE id = 2`, `INSERT INTO t (id, v) VALUES (2, 'again')`,
}

// An index whose making is interrupted, on the server or by Ctrl-C, leaves nothing behind that harms or stays, and the
// next init goes on. What it waited for is named meanwhile.
func TestAnInterruptedIndexLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"cancelled on the server", "interrupted", "terminated"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, filtered, filteredList)
			writer := p.session(p.source)
			p.run(writer, `BEGIN; INSERT INTO t VALUES (100, true)`)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			said := make(chan string, 100)
			ended := make(chan error, 1)
			go func() {
				_, err := prepare.Init(locks.Telling(ctx, func(line string) { said <- line }), p.cfg, p.list, false)
				ended <- err
			}()
			line := awaittest.Receive(t, "who is in the way", said)
			if want := fmt.Sprintf("pid %d", writer.PgConn().PID()); !strings.Contains(line, "building index") || !strings.Contains(line, want) || !strings.Contains(line, "idle in transaction") {
				t.Errorf("said %q, want %s", line, want)
			}
			switch how {
			case "interrupted":
				cancel()
			case "terminated":
				p.asSuperuser(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'syncer index' AND datname = current_database()`)
			default:
				p.asSuperuser(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'syncer index' AND datname = current_database()`)
			}
			// What is left can only go once the writer has ended.
			awaittest.Until(t, "the index is being dropped", func() bool {
				return p.value(`SELECT count(*)::text FROM pg_stat_activity WHERE query LIKE 'DROP INDEX CONCURRENTLY%' AND datname = current_database()`) != "0" || len(ended) > 0
			})
			p.run(writer, `COMMIT`)
			if err := awaittest.Receive(t, "init's end", ended); err == nil {
				t.Error("init says nothing of its interruption")
			}
			p.appMay(changesRows...)
			p.mustInit()
			p.appMay(changesRows...)
			if left := p.value(`SELECT count(*)::text FROM pg_index WHERE NOT indisvalid`); left != "0" || p.identity("public.t") != "id,pub" {
				t.Errorf("%s INVALID indexes, identity over %s", left, p.identity("public.t"))
			}
		})
	}
}

// A report that holds a plain SELECT keeps init waiting and nobody else.
func TestAReportKeepsOnlyInitWaiting(t *testing.T) {
	t.Parallel()
	p := newPair(t, filtered, filteredList)
	report := p.session(p.source)
	p.run(report, `BEGIN; SELECT FROM t`)
	stop := p.app(changesRows...)
	said := make(chan string, 100)
	ended := make(chan error, 1)
	go func() {
		_, err := prepare.Init(locks.Telling(t.Context(), func(line string) { said <- line }), p.cfg, p.list, false)
		ended <- err
	}()
	want := fmt.Sprintf("pid %d", report.PgConn().PID())
	for line := ""; !strings.Contains(line, "replica identity of public.t"); {
		line = awaittest.Receive(t, "who is in the way", said)
		if !strings.Contains(line, want) {
			t.Errorf("said %q, want %s", line, want)
		}
	}
	p.run(report, `COMMIT`)
	if err := awaittest.Receive(t, "init's end", ended); err != nil {
		t.Error(err)
	}
	if longest := stop(); longest > 10*time.Second {
		t.Errorf("the application waited %s", longest)
	}
	p.appMay(changesRows...)
}

// When patience ends, init says who was in the way and leaves everything as the application needs it.
func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	p := newPair(t, filtered, filteredList)
	p.cfg.Source.LockTimeout, p.cfg.Source.LockPatience = 50*time.Millisecond, 100*time.Millisecond
	report := p.session(p.source)
	p.run(report, `BEGIN; SELECT 'secret' FROM t`)
	err := p.init()
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("pid %d", report.PgConn().PID())) || strings.Contains(err.Error(), "secret") {
		t.Errorf("init: %v", err)
	}
	p.appMay(changesRows...)
	p.run(report, `COMMIT`)
	p.cfg.Source.LockPatience = time.Minute
	p.mustInit()
	p.appMay(changesRows...)
}

// While the target hangs, init holds no lock inside: neither when somebody there is in the way of its tables nor when its
// server stands still.
func TestATargetThatHangsHoldsNoLockInside(t *testing.T) {
	t.Parallel()
	for _, frozen := range []bool{false, true} {
		t.Run(fmt.Sprintf("frozen=%t", frozen), func(t *testing.T) {
			p := newPair(t, filtered, filteredList)
			proxy := faulttest.NewProxy(t, hostPort(t, p.target))
			p.cfg.Target.AdminDSN = throughProxy(t, p.target.DSN, proxy)
			stop := p.app(changesRows...)
			there := p.session(p.target)
			p.run(there, `BEGIN; CREATE TABLE public.t (id int)`)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			said := make(chan string, 100)
			ended := make(chan error, 1)
			go func() {
				_, err := prepare.Init(locks.Telling(ctx, func(line string) { said <- line }), p.cfg, p.list, false)
				ended <- err
			}()
			line := awaittest.Receive(t, "who is in the way", said)
			if want := fmt.Sprintf("pid %d", there.PgConn().PID()); !strings.HasPrefix(line, "target: ") || !strings.Contains(line, want) {
				t.Errorf("said %q, want %s", line, want)
			}
			if frozen {
				proxy.Set(faulttest.Fault{Hold: true})
			}
			if held := p.value(`SELECT count(*)::text FROM pg_locks WHERE relation = 'public.t'::regclass AND mode = 'AccessExclusiveLock'`); held != "0" {
				t.Error("a table inside is locked while the target is waited for")
			}
			if idle := p.value(`SELECT count(*)::text FROM pg_stat_activity WHERE application_name = 'syncer init' AND state LIKE 'idle in%' AND datname = $1`, p.source.Name); idle != "0" {
				t.Error("a transaction inside is open while the target is waited for")
			}
			cancel()
			proxy.Heal()
			if err := awaittest.Receive(t, "init's end", ended); err == nil {
				t.Error("init did not end with an error")
			}
			stop()
			p.run(there, `ROLLBACK`)
			p.mustInit()
			p.appMay(changesRows...)
		})
	}
}

// A filter that another publication needs in the identity is not broken by ours.
func TestAnotherPublicationIsNotBroken(t *testing.T) {
	t.Parallel()
	p := newPair(t, `CREATE TABLE t (id int PRIMARY KEY, pub bool NOT NULL DEFAULT true, area int NOT NULL DEFAULT 1, v text); INSERT INTO t SELECT n, true FROM generate_series(1, 20) n;
		CREATE UNIQUE INDEX theirs ON t (id, area); ALTER TABLE t REPLICA IDENTITY USING INDEX theirs; CREATE PUBLICATION theirs FOR TABLE t WHERE (area > 0)`, filteredList)
	stop := p.app(changesRows...)
	err := p.init()
	if err == nil || !strings.Contains(err.Error(), "public.t") {
		t.Errorf("init: %v", err)
	}
	stop()
	p.appMay(changesRows...)
	if got := p.identity("public.t"); got != "id,area" {
		t.Errorf("the identity is over %s now", got)
	}
}

func hostPort(t *testing.T, db *pgtest.Database) string {
	t.Helper()
	return fmt.Sprintf("%s:%d", db.Pool.Config().ConnConfig.Host, db.Pool.Config().ConnConfig.Port)
}

func throughProxy(t *testing.T, dsn string, proxy *faulttest.Proxy) string {
	t.Helper()
	c := pgConfig(t, dsn)
	return strings.Replace(dsn, fmt.Sprintf("%s:%d", c.Host, c.Port), proxy.Address(), 1)
}

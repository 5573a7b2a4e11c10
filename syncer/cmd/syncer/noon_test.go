package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/faulttest"
	"portal.example/syncer/internal/status"
)

// The verbs of set-up are run at midday: an application reads and writes the tables all the time, and beside it somebody
// holds a plain SELECT open, somebody else a change, or the target hangs. Nothing of the application may fail, and none of
// its statements may wait longer than reach.
func TestVerbsAtNoon(t *testing.T) {
	t.Parallel()
	for name, disturb := range disturbances {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newMidday(t)
			n.walk(disturb)
			n.tellWaits(name)
		})
	}
}

// reach is how long a statement of the application may wait with the default configuration.
const reach = 2 * time.Second

// disturbance begins something that is in the way and returns what ends it.
type disturbance func(n *midday) (end func())

var disturbances = map[string]disturbance{
	"nobody is in the way": func(*midday) func() { return func() {} },
	"a report reads":       func(n *midday) func() { return n.hold(n.from, `SELECT count(*) FROM t; SELECT count(*) FROM u`) },
	"a change is open": func(n *midday) func() {
		return n.hold(n.from, `INSERT INTO t (id) VALUES (-1); INSERT INTO u (id) VALUES (-1)`)
	},
	"the target is locked": func(n *midday) func() {
		return n.hold(n.to, `DO $$ DECLARE r record; BEGIN
			FOR r IN SELECT relid::regclass AS t FROM pg_stat_user_tables WHERE schemaname = 'public' OR relname = 'tables' LOOP EXECUTE 'LOCK TABLE ' || r.t; END LOOP; END $$;
			CREATE TABLE IF NOT EXISTS public.u (id int)`)
	},
	"the target is frozen": func(n *midday) func() {
		n.proxy.Set(faulttest.Fault{Hold: true})
		return n.proxy.Heal
	},
}

// midday is an installation and its application.
type midday struct {
	installation
	*testing.T

	proxy   *faulttest.Proxy
	rounds  atomic.Int64 // that the application has made
	mu      sync.Mutex
	longest time.Duration // of its statements since the last verb began
	waits   []string
}

const (
	noonT   = "  - {table: t, columns: [id, pub, state, v], where: \"%s\"}\n"
	noonU   = "  - {table: u, columns: [id, pub, v], where: pub}\n"
	noonA   = "  - {table: a, columns: [id, v]}\n"
	noonSQL = `
	CREATE TABLE t (id int PRIMARY KEY, pub bool NOT NULL DEFAULT true, state varchar(20) NOT NULL DEFAULT 'open', v text);
	CREATE TABLE u (id int PRIMARY KEY, pub bool NOT NULL DEFAULT true, v text);
	CREATE TABLE a (id int PRIMARY KEY, v text);
	INSERT INTO t (id, v) SELECT n, 'v' FROM generate_series(1, 500) n; INSERT INTO u (id, v) SELECT n, 'v' FROM generate_series(1, 500) n;
	INSERT INTO a SELECT n, 'v' FROM generate_series(1, 500) n`
)

func newMidday(t *testing.T) *midday {
	t.Helper()
	n := &midday{installation: installation{from: pgtest.Source(t), to: pgtest.EmptyApart(t)}, T: t}
	n.from.Exec(noonSQL)
	c := n.to.Pool.Config().ConnConfig
	server := fmt.Sprintf("%s:%d", c.Host, c.Port)
	n.proxy = faulttest.NewProxy(t, server)
	n.config = files(t, fmt.Sprintf("source: {dsn: '%s', slot: %s}\ntarget: {dsn: '%s'}\nwhitelist: whitelist.yaml\n",
		n.from.AdminDSN(), n.from.Name, strings.Replace(n.to.AdminDSN(), server, n.proxy.Address(), 1)), goodList)
	t.Cleanup(func() { n.verb("slot drop --yes") })
	n.work()
	return n
}

// work is the application.
func (n *midday) work() {
	ctx, cancel := context.WithCancel(context.Background())
	var workers sync.WaitGroup
	for w := range 2 {
		conn, err := pgx.Connect(ctx, n.from.DSN)
		if err != nil {
			n.Fatal(err)
		}
		workers.Go(func() {
			for i := range awaittest.Rounds(ctx, 10*time.Millisecond) {
				for _, table := range []string{"t", "u"} {
					n.round(ctx, conn, table, 1000+2*(i%50)+w)
				}
				n.rounds.Add(1)
			}
			_ = conn.Close(context.Background())
		})
	}
	n.Cleanup(func() { cancel(); workers.Wait() })
}

func (n *midday) round(ctx context.Context, conn *pgx.Conn, table string, id int) {
	for _, sql := range []string{
		`SELECT count(*) FROM %s WHERE id < 10`, `INSERT INTO %s (id, v) VALUES (%d, 'new')`, `UPDATE %s SET v = 'x', pub = NOT pub WHERE id = %d`, `DELETE FROM %s WHERE id = %d`,
	} {
		args := []any{table, id}
		sql = fmt.Sprintf(sql, args[:strings.Count(sql, "%")]...)
		began := time.Now()
		_, err := conn.Exec(context.WithoutCancel(ctx), sql)
		n.mu.Lock()
		n.longest = max(n.longest, time.Since(began))
		n.mu.Unlock()
		if err != nil && ctx.Err() == nil {
			n.Errorf("the application's %s: %v", sql, err)
		}
	}
}

// hold runs SQL in a transaction that stays open until end.
func (n *midday) hold(db *pgtest.Database, sql string) (end func()) {
	conn, err := pgx.Connect(n.Context(), db.AdminDSN())
	if err == nil {
		_, err = conn.Exec(n.Context(), "BEGIN;"+sql, pgx.QueryExecModeSimpleProtocol)
	}
	if err != nil {
		n.Fatalf("%s: %v", sql, err)
	}
	return func() { _ = conn.Close(context.Background()) }
}

func (n *midday) relist(tables string) {
	n.Helper()
	if err := os.WriteFile(filepath.Join(filepath.Dir(n.config), "whitelist.yaml"), []byte("version: 1\ntables:\n"+tables), 0o600); err != nil {
		n.Fatal(err)
	}
}

// verb runs a command line and returns its exit code and what it said.
func (n *midday) verb(line string) (code int, said string) {
	var b strings.Builder
	code = run(context.Background(), append(strings.Fields(line), "--config", n.config), &b, &b)
	return code, b.String()
}

// disturbed runs a verb while something is in the way, until the application has gone round often enough to show what it
// costs; then nothing is, and the verb ends, or does so when it is run again.
func (n *midday) disturbed(disturb disturbance, line string) {
	n.Helper()
	n.mu.Lock()
	n.longest = 0
	n.mu.Unlock()
	end := disturb(n)
	ended := make(chan struct{})
	var code int
	var said string
	go func() { defer close(ended); code, said = n.verb(line) }()
	after, began := n.rounds.Load()+200, time.Now()
	awaittest.Until(n, "the application goes on beside "+line, func() bool {
		select {
		case <-ended:
			return true
		default:
			return n.rounds.Load() > after && time.Since(began) > 4*time.Second
		}
	})
	end()
	awaittest.Receive(n, "the end of "+line, ended)
	if code == 1 { // it gave up what was in the way
		code, said = n.verb(line)
	}
	if code != 0 {
		n.Errorf("%s: exit code %d\n%s", line, code, said)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.waits = append(n.waits, fmt.Sprintf("%-24s %4d ms", line, n.longest.Milliseconds()))
	if n.longest > reach+n.slack() {
		n.Errorf("%s: a statement of the application waited %s", line, n.longest)
	}
}

// slack is what this machine takes for itself at the moment: one that is busy with something else lets everybody wait.
func (n *midday) slack() time.Duration {
	began := time.Now()
	if _, err := n.from.Pool.Exec(context.Background(), `SELECT count(*) FROM generate_series(1, 100000)`); err != nil {
		n.Error(err)
	}
	return 20 * time.Since(began)
}

// walk runs every verb of set-up once, each with something to do.
func (n *midday) walk(disturb disturbance) {
	open, pub := fmt.Sprintf(noonT, "state = 'open'"), fmt.Sprintf(noonT, "pub")
	n.relist(noonA + pub)
	n.disturbed(disturb, "check")
	n.disturbed(disturb, "plan")
	n.disturbed(disturb, "init --quiet")
	r := n.start(n.T)
	n.until(n.T, "streaming", func(r status.Report) bool { return r.Follows() })
	for _, step := range []struct{ list, verb string }{
		{noonA + pub + noonU, "table add u --detach"},
		{noonA + open + noonU, "table resync t --detach"},
		{noonA + pub + noonU, "table apply --detach"},
		{noonA + pub, "table drop u"},
	} {
		n.relist(step.list)
		n.disturbed(disturb, step.verb)
		n.until(n.T, "ready after "+step.verb, func(r status.Report) bool {
			return r.Follows() && !slices.ContainsFunc(r.Tables, func(t status.Table) bool { return t.State != "ready" })
		})
	}
	n.disturbed(disturb, "repair")
	n.disturbed(disturb, "compare")
	r.stop()
	<-r.ended
	n.relist(noonA + open + noonU)
	n.disturbed(disturb, "init --resync --quiet")
	n.disturbed(disturb, "check")
}

func (n *midday) tellWaits(name string) {
	n.Logf("longest wait of a statement of the application while %s:\n%s", name, strings.Join(n.waits, "\n"))
}

package daemon_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"portal.example/shared/awaittest"
	"portal.example/shared/pgtest"
)

// story is one run of the property: a world, a syncer, a few sessions that change the source at the same time, and
// every state the source has had.
type story struct {
	*pair
	t        *rapid.T
	world    *world
	sessions []*session
	looker   *pgx.Conn // on the source, between transactions
	history  []string
	told     []string // what was done, for whoever reads a failure
	stop     func() error
}

// session is one connection of the application.
type session struct {
	conn       *pgx.Conn
	open       bool
	savepoints int
	prepared   []string
}

const sessions = 3

// drawn lets the helpers of a pair fail the run of rapid, which then says how to replay it, and keeps the logs of
// hundreds of syncers to itself.
type drawn struct {
	testing.TB
	t *rapid.T
}

func (d drawn) Log(...any)                        {}
func (d drawn) Error(args ...any)                 { d.t.Error(args...) }
func (d drawn) Errorf(format string, args ...any) { d.t.Errorf(format, args...) }
func (d drawn) Fatal(args ...any)                 { d.t.Fatal(args...) }
func (d drawn) Fatalf(format string, args ...any) { d.t.Fatalf(format, args...) }
func (d drawn) Failed() bool                      { return d.t.Failed() }

// TestAlwaysSomeEarlierSource: whatever the schema is, whatever is done, and whenever one looks, the replica equals
// the projection of the source after some transaction, never of an earlier one than before, and in the end of the
// last. rapid prints the seed that replays a failure (-rapid.seed), and how many are tried is -rapid.checks.
func TestAlwaysSomeEarlierSource(t *testing.T) {
	t.Parallel()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue { // short, unless more is asked for
		if err := f.Value.Set("8"); err != nil {
			t.Fatal(err)
		}
	}
	cluster := pgtest.New(t, pgtest.Options{Settings: map[string]string{
		"logical_decoding_work_mem": "64kB", // the least: larger transactions are streamed or spilled
		"max_prepared_transactions": "20", "max_connections": "900",
	}})
	defer func() { // at once: nobody needs its many databases dropped one by one
		if err := cluster.Kill(); err != nil {
			t.Error(err)
		}
	}()
	rapid.Check(t, func(rt *rapid.T) {
		s := begin(t, rt, cluster)
		defer s.end()
		steps := rapid.IntRange(5, 40).Draw(rt, "steps")
		seen, finish := s.watch(s.world.state(false))
		defer finish()
		for range steps {
			s.step()
		}
		s.settle()
		finish()
		s.judge(*seen)
	})
}

func begin(t *testing.T, rt *rapid.T, cluster *pgtest.Cluster) *story {
	s := &story{t: rt, world: drawWorld(rt)}
	var sql, list strings.Builder
	for _, l := range s.world.tables {
		sql.WriteString(l.sql())
		list.WriteString(l.whitelist())
		for range rapid.IntRange(0, 4).Draw(rt, "rows") {
			sql.WriteString(l.insert(rt) + ";")
		}
	}
	source, target := cluster.Database(t), cluster.Database(t)
	for _, k := range s.world.kinds {
		source.Exec(k.setup)
		target.Exec(k.setup)
	}
	s.pair = newPairOn(drawn{t, rt}, source, target, sql.String(), list.String())
	s.told = append(s.told, sql.String())
	s.init()
	for _, l := range s.world.tables {
		if l.unique {
			s.target.Exec(fmt.Sprintf("ALTER TABLE %s ADD UNIQUE (u)", ident(l.name)))
		}
	}
	s.looker = s.dial()
	if _, err := s.looker.Exec(t.Context(), "SET statement_timeout = '20s'"); err != nil {
		rt.Fatal(err)
	}
	for range sessions {
		one := &session{conn: s.dial()}
		s.exec(one, "SET lock_timeout = '10ms'")
		s.sessions = append(s.sessions, one)
	}
	s.note()
	s.start()
	return s
}

func (s *story) dial() *pgx.Conn {
	conn, err := pgx.Connect(s.pair.t.Context(), s.source.DSN)
	if err != nil {
		s.t.Fatal(err)
	}
	return conn
}

func (s *story) start() { s.stop = s.pair.start() }

// end leaves nothing behind that the cluster has few of.
func (s *story) end() {
	if s.stop != nil {
		if err := s.stop(); err != nil {
			s.t.Errorf("the syncer ended with: %v", err)
		}
	}
	for _, one := range s.sessions {
		for _, name := range one.prepared {
			_, _ = s.source.Pool.Exec(s.pair.t.Context(), "ROLLBACK PREPARED '"+name+"'")
		}
		_ = one.conn.Close(context.Background())
	}
	_ = s.looker.Close(context.Background())
	s.pair.dropSlot()
	s.source.Pool.Close()
	s.target.Pool.Close()
}

// exec runs a statement; one that fails ends its transaction, as an application would.
func (s *story) exec(one *session, sql string) bool {
	_, err := one.conn.PgConn().Exec(s.pair.t.Context(), sql).ReadAll()
	s.told = append(s.told, fmt.Sprintf("%d: %.300s", slices.Index(s.sessions, one), sql))
	if err == nil {
		return true
	}
	s.told = append(s.told, "   "+err.Error())
	if one.conn.IsClosed() {
		s.t.Fatalf("%s: %v", sql, err)
	}
	if one.savepoints > 0 {
		_, err = one.conn.PgConn().Exec(s.pair.t.Context(), "ROLLBACK TO s").ReadAll()
	} else {
		_, err = one.conn.PgConn().Exec(s.pair.t.Context(), "ROLLBACK").ReadAll()
		one.open = false
	}
	if err != nil {
		s.t.Fatalf("after %s: %v", sql, err)
	}
	return false
}

// note remembers the source as it is now.
func (s *story) note() {
	state := s.state(s.looker, s.world.state(true))
	if n := len(s.history); n == 0 || s.history[n-1] != state {
		s.history = append(s.history, state)
	}
}

// step does one thing in one session, or to the syncer.
func (s *story) step() {
	one := pick(s.t, s.sessions, "session")
	switch kind := rapid.IntRange(0, 29).Draw(s.t, "step"); {
	case kind == 0:
		s.interrupt()
	case kind == 1:
		s.away()
	case kind == 2:
		s.settle()
	case kind == 3 && len(one.prepared) > 0:
		s.decide(one)
	case !one.open && kind < 10:
		s.act(one) // a transaction of its own
	case !one.open:
		one.open = s.exec(one, "BEGIN")
	case kind < 10:
		s.finish(one, true)
	case kind < 14:
		s.savepoint(one)
	default:
		s.act(one)
	}
}

// act changes something. What locks a table against everybody, whoever looks at it included, is ended at once.
func (s *story) act(one *session) {
	sql := s.world.change(s.t)
	s.exec(one, sql)
	if one.open && (strings.HasPrefix(sql, "TRUNCATE") || strings.HasPrefix(sql, "ALTER")) {
		if more := s.world.change(s.t); rapid.Bool().Draw(s.t, "more") {
			s.exec(one, more)
		}
		if one.open {
			s.finish(one, false)
		}
	}
	if !one.open {
		s.note()
	}
}

func (s *story) savepoint(one *session) {
	switch {
	case one.savepoints == 0 || rapid.IntRange(0, 2).Draw(s.t, "deeper") == 0:
		if s.exec(one, "SAVEPOINT s") {
			one.savepoints++
		}
	case rapid.Bool().Draw(s.t, "undone"):
		s.exec(one, "ROLLBACK TO s")
	default:
		if s.exec(one, "RELEASE s") {
			one.savepoints--
		}
	}
}

// finish ends the session's transaction in one of the ways there are.
func (s *story) finish(one *session, maybePrepared bool) {
	one.savepoints = 0
	name := fmt.Sprintf("%s %d", s.source.Name, len(s.told))
	switch end := rapid.IntRange(0, 9).Draw(s.t, "end"); {
	case end == 0:
		s.exec(one, "ROLLBACK")
	case end == 1 && maybePrepared:
		if s.exec(one, "PREPARE TRANSACTION '"+name+"'") {
			one.prepared = append(one.prepared, name)
		}
	default:
		s.exec(one, "COMMIT")
	}
	one.open = false
	s.note()
}

// decide ends a prepared transaction.
func (s *story) decide(one *session) {
	name := one.prepared[0]
	one.prepared = one.prepared[1:]
	verb := rapid.SampledFrom([]string{"COMMIT", "ROLLBACK"}).Draw(s.t, "prepared")
	if one.open {
		s.finish(one, true)
	}
	s.exec(one, verb+" PREPARED '"+name+"'")
	s.note()
}

// interrupt breaks the syncer's connections on one side.
func (s *story) interrupt() {
	db := pick(s.t, []*pgtest.Database{s.source, s.target}, "side")
	s.told = append(s.told, "the syncer's sessions are ended in "+db.Name)
	admin, err := pgx.Connect(s.pair.t.Context(), s.source.AdminDSN())
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = admin.Close(context.Background()) }()
	_, err = admin.Exec(s.pair.t.Context(),
		`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'syncer%'`, db.Name)
	if err != nil {
		s.t.Fatal(err)
	}
}

// away stops the syncer, and starts it again once a few transactions wait for it.
func (s *story) away() {
	s.told = append(s.told, "the syncer is away")
	if err := s.stop(); err != nil {
		s.t.Fatalf("stop: %v", err)
	}
	s.stop = nil
	for range rapid.IntRange(0, 8).Draw(s.t, "missed") {
		one := pick(s.t, s.sessions, "session")
		s.act(one)
	}
	s.told = append(s.told, "the syncer is back")
	s.start()
}

// settle ends what is open, waits, and compares.
func (s *story) settle() {
	for _, one := range s.sessions {
		if one.open {
			s.finish(one, true)
		}
	}
	s.told = append(s.told, "compared")
	s.waitFor()
	conn, err := pgx.Connect(s.pair.t.Context(), s.target.DSN)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if have, want := s.state(conn, s.world.state(false)), s.history[len(s.history)-1]; have != want {
		s.equal()
		s.t.Fatalf("the replica is %s, the source %s\n%s", have, want, strings.Join(s.told, "\n"))
	}
}

// judge goes through what was seen of the replica, in order.
func (s *story) judge(seen []string) {
	at := 0
	for _, state := range seen {
		from := at
		for at < len(s.history) && s.history[at] != state {
			at++
		}
		if at == len(s.history) {
			s.t.Fatalf("the replica was in a state that the source never had, or went back (known states from %d of %d): %s\nhistory: %s\n%s",
				from, len(s.history), state, strings.Join(s.history, "\n"), strings.Join(s.told, "\n"))
		}
	}
}

func (p *pair) state(conn *pgx.Conn, sql string) (state string) {
	if err := conn.QueryRow(p.t.Context(), sql, pgx.QueryExecModeExec).Scan(&state); err != nil {
		return "error: " + err.Error()
	}
	return state
}

// watch looks at the target all the time until finish, and once more at the end.
func (p *pair) watch(sql string) (seen *[]string, finish func()) {
	conn, err := pgx.Connect(p.t.Context(), p.target.DSN)
	if err != nil {
		p.t.Fatal(err)
	}
	seen = &[]string{}
	going, quit := context.WithCancel(p.t.Context())
	done := make(chan struct{})
	look := func() {
		if s := p.state(conn, sql); len(*seen) == 0 || (*seen)[len(*seen)-1] != s {
			*seen = append(*seen, s)
		}
	}
	go func() {
		defer close(done)
		for range awaittest.Rounds(going, 5*time.Millisecond) {
			look()
		}
		look()
		_ = conn.Close(context.Background())
	}()
	return seen, sync.OnceFunc(func() { quit(); <-done })
}

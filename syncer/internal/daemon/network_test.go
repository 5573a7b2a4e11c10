package daemon_test

import (
	"bytes"
	endian "encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/faulttest"
)

// long is what scripts/fault asks for: every case, more rounds, and the longest deadlines.
var long = flag.Bool("long", false, "run every case of each fault, and wait for the syncer's longest deadlines")

const staleAfter = 2 * time.Second // the least that the configuration takes

// line is a running syncer (the real program) with a proxy before each server, and a load that goes on meanwhile.
type line struct {
	*pair
	source, target *faulttest.Proxy
	listen         string
	cmd            *exec.Cmd
	log            *tail
	ended          chan struct{}
	endLoad        func() int
}

// tail keeps the end of what a process says.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (w *tail) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.buf.Len() > 1<<20 {
		w.buf.Reset()
	}
	return w.buf.Write(b)
}

func (w *tail) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	lines := strings.Split(w.buf.String(), "\n")
	return strings.Join(lines[max(0, len(lines)-25):], "\n")
}

const lineSQL = shop + `ALTER TABLE shop.items ALTER big SET STORAGE EXTERNAL`

// newLine starts the real syncer between two databases, through proxies.
func newLine(t *testing.T) *line {
	t.Helper()
	return newLineOf(t, newReplica(t, lineSQL, shopTables))
}

// newLineOn is newLine between databases of servers that the test stops.
func newLineOn(t *testing.T, source, target *pgtest.Database) *line {
	t.Helper()
	p := newPairOn(t, source, target, lineSQL, shopTables)
	p.init()
	return newLineOf(t, p)
}

func newLineOf(t *testing.T, p *pair) *line {
	t.Helper()
	l, source, target := &line{pair: p}, p.source, p.target
	l.source, l.target = faulttest.NewProxy(t, address(t, source.DSN)), faulttest.NewProxy(t, address(t, target.DSN))
	l.listen = freeAddress(t)
	l.write("syncer.yaml", fmt.Sprintf(`
source: {dsn: %q, admin_dsn: %q, slot: %s, heartbeat: 500ms}
target: {dsn: %q, admin_dsn: %q}
whitelist: whitelist.yaml
listen: %s
stale_after: %s
log_level: debug
`, through(t, source.As("syncer_reader"), l.source), source.DSN, source.Name, through(t, target.As("syncer_writer"), l.target), target.DSN, l.listen, staleAfter))
	l.start()
	l.becomes(true, "it starts")
	l.endLoad = load(t, source.DSN, seed(t))
	return l
}

func address(t *testing.T, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// through is the DSN with the proxy in place of the server.
func through(t *testing.T, dsn string, p *faulttest.Proxy) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = p.Address()
	return u.String()
}

// given are the addresses that freeAddress has handed out in this process.
var given sync.Map

// freeAddress is of a port that nobody listens on. It is none that the system gives to connections (from 32768 on, ip(7)):
// one of those may be somebody's by the time it is wanted. No two tests of this process get the same.
func freeAddress(t *testing.T) string {
	t.Helper()
	for {
		address := fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(17000)) //nolint:gosec // any will do
		if _, taken := given.LoadOrStore(address, true); taken {
			continue
		}
		l, err := net.Listen("tcp", address)
		if err == nil {
			defer l.Close()
			return address
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			t.Fatal(err)
		}
	}
}

func (l *line) start() {
	l.t.Helper()
	l.cmd, l.log, l.ended = l.command("run"), &tail{}, make(chan struct{})
	l.cmd.Stdout, l.cmd.Stderr = l.log, l.log
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := l.cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	cmd, ended := l.cmd, l.ended
	go func() { _ = cmd.Wait(); close(ended) }()
	l.t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
}

// health asks /healthz; a syncer that does not listen yet is not healthy.
func (l *line) health() (healthy bool) {
	code, _ := fetch(l.listen, "/healthz")
	return code == http.StatusOK
}

// becomes waits until the syncer is healthy, or no longer, and fails when it has ended instead.
func (l *line) becomes(healthy bool, when string) {
	l.t.Helper()
	began := time.Now()
	awaittest.Until(l.t, fmt.Sprintf("healthy=%t when %s", healthy, when), func() bool {
		if l.health() == healthy {
			return true
		}
		select {
		case <-l.ended:
			l.t.Fatalf("when %s the syncer ended (%v):\n%s", when, l.cmd.ProcessState, l.log)
		default:
		}
		return false
	}, l.log.String)
	l.t.Logf("healthy=%t %s after: %s", healthy, time.Since(began).Round(time.Millisecond), when)
}

// finish ends the load and compares.
func (l *line) finish() {
	l.t.Helper()
	n := l.endLoad()
	l.becomes(true, "all is over")
	defer func() {
		if l.t.Failed() {
			l.t.Logf("the syncer's log ends:\n%s", l.log)
		}
	}()
	l.waitFor()
	l.equal()
	l.t.Logf("%d transactions", n)
	if err := l.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		l.t.Fatal(err)
	}
	awaittest.Receive(l.t, "the syncer ends after SIGTERM", l.ended, l.log.String)
	if code := l.cmd.ProcessState.ExitCode(); code != 0 {
		l.t.Errorf("exit code %d after SIGTERM: %s", code, l.log)
	}
}

// more are transactions that are on their way while the fault lasts.
func (l *line) more(n int) {
	l.t.Helper()
	for i := range n {
		l.pair.source.Exec(`UPDATE shop."Odd Table" SET "Value" = ARRAY[$1::int::text] WHERE "Key One" % 5 = 0`, i)
	}
}

// Every fault of a line, on either side: red while it lasts, green by itself when it is over, and nothing lost.
func TestLineFails(t *testing.T) {
	t.Parallel()
	faults := map[string]faulttest.Fault{
		"refuses":           {Refuse: true},
		"holds":             {Hold: true},
		"loses":             {Lose: true},
		"one byte a second": {Rate: 1},
	}
	for _, side := range []string{"source", "target"} {
		for name, f := range faults {
			t.Run(side+" "+name, func(t *testing.T) {
				t.Parallel()
				l := newLine(t)
				proxy := map[string]*faulttest.Proxy{"source": l.source, "target": l.target}[side]
				l.more(3)
				proxy.Set(f)
				if f.Refuse {
					proxy.Cut()
				}
				l.more(3)
				l.becomes(false, side+" "+name)
				proxy.Heal()
				l.becomes(true, side+" is healed")
				l.more(3)
				l.finish()
			})
		}
	}
}

// applies is in the first message of the connection that brings the batches.
var applies = []byte("application_name\x00syncer writer\x00")

// Connections that are cut again and again, at any byte, and exactly around COMMIT.
func TestLineIsCut(t *testing.T) {
	t.Parallel()
	// A batch commits with the Sync behind the step that moves the slot's position.
	faults := map[string]faulttest.Fault{
		"when the server has the rows, not COMMIT": {Of: applies},
		"before COMMIT is answered":                {Of: applies, PassBefore: true},
		"at a byte of the stream to the target":    {Of: applies, ResetAfter: 30_000},
	}
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLine(t)
			if f.ResetAfter == 0 {
				f.ResetOn = []byte(l.pair.source.Name)
			}
			rounds := 2
			if *long {
				rounds = 10
			}
			for hits, tries := 0, 1; hits < rounds; tries++ {
				before, server := l.target.Resets(), l.count(l.pair.target, writersSQL)
				l.target.Set(f)
				l.eventually("a connection is reset", func() bool { l.more(1); return l.target.Resets() > before })
				if f.ResetAfter > 0 {
					f.ResetAfter += int64(hits * 7919)
					hits++
				} else if l.wasCut(f, server) {
					hits++
				} else if tries > 10*rounds {
					t.Fatal("no batch was ever cut")
				}
				l.target.Heal()
				l.source.Cut()
				l.becomes(true, "the line is whole again")
				l.waitFor() // or the load gets further ahead with each round
			}
			l.finish()
		})
	}
}

// laneConn reads the step that moves the position, which begins with the slot's name: where to, and whether it
// commits a transaction of the source (its sixth and last but one parameter after the name).
func laneConn(step []byte, slot string) (to string, commits bool) {
	step = bytes.TrimPrefix(step, []byte(slot))
	for n := 1; n <= 6 && len(step) >= 4; n++ {
		size := int(int32(endian.BigEndian.Uint32(step)))
		step = step[4:]
		value := step[:min(max(size, 0), len(step))]
		step = step[len(value):]
		switch n {
		case 3:
			to = string(value)
		case 6:
			commits = len(value) > 0
		}
	}
	return to, commits
}

const writersSQL = `SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'syncer writer'`

// wasCut reports whether a batch was cut that can be judged, and looks whether it is committed, which it is to be when
// its COMMIT passed. While the fault lasts no other writer gets so far: to claim the replica it must name the slot, too.
func (l *line) wasCut(f faulttest.Fault, server int) bool {
	l.t.Helper()
	to, commits := laneConn(l.target.Caught(), l.pair.source.Name)
	if !commits { // nothing has happened for a while, and that was to be recorded; or a new session began
		return false
	}
	l.eventually("the server has done what it was given", func() bool {
		return l.count(l.pair.target, `SELECT count(*) FROM pg_stat_activity WHERE pid = $1`, server) == 0
	})
	committed := l.count(l.pair.target, `SELECT count(*) FROM sync.progress WHERE applied_lsn >= $1::text::pg_lsn`, to) > 0
	if f.PassBefore {
		return committed // or the batch was of those that fail and are applied again in another way
	}
	if committed {
		l.t.Errorf("the batch up to %s is committed although its end did not reach the server", to)
	}
	return true
}

// A delay makes the replica late, not wrong; a delay below stale_after does not alarm anybody.
func TestLineIsSlow(t *testing.T) {
	t.Parallel()
	delays := []time.Duration{300 * time.Millisecond}
	if *long {
		delays = append(delays, 5*time.Second)
	}
	for _, delay := range delays {
		t.Run(delay.String(), func(t *testing.T) {
			t.Parallel()
			l := newLine(t)
			l.target.Set(faulttest.Fault{Delay: delay})
			l.source.Set(faulttest.Fault{Delay: delay})
			l.more(5)
			if delay > staleAfter {
				l.becomes(false, "each answer takes longer than stale_after")
			}
			l.target.Heal()
			l.source.Heal()
			l.becomes(true, "it is quick again")
			l.finish()
		})
	}
}

// A server that stands still with all its connections open, one that is restarted, and one that is killed.
func TestServerStandsStill(t *testing.T) {
	t.Parallel()
	source, target := pgtest.New(t, pgtest.Options{}), pgtest.New(t, pgtest.Options{})
	for name, c := range map[string]*pgtest.Cluster{"target": target, "source": source} {
		t.Run(name, func(t *testing.T) {
			l := newLineOn(t, source.Database(t), target.Database(t))
			l.more(3)
			l.endLoad()
			if err := c.Pause(); err != nil {
				t.Fatal(err)
			}
			l.becomes(false, name+" stands still")
			if err := c.Resume(); err != nil {
				t.Fatal(err)
			}
			l.becomes(true, name+" goes on")
			l.endLoad = load(t, l.pair.source.DSN, seed(t))
			l.more(3)
			l.finish()
		})
	}
}

func TestServerGoesAway(t *testing.T) {
	t.Parallel()
	source, target := pgtest.New(t, pgtest.Options{}), pgtest.New(t, pgtest.Options{})
	l := newLineOn(t, source.Database(t), target.Database(t))
	for _, c := range []*pgtest.Cluster{target, source} {
		l.endLoad()
		for _, end := range []func() error{c.Stop, c.Kill} {
			if err := end(); err != nil {
				t.Fatal(err)
			}
			l.becomes(false, "a server is gone")
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			l.becomes(true, "it is back")
			l.pair.source.Pool.Reset()
			l.pair.target.Pool.Reset()
		}
		l.endLoad = load(t, l.pair.source.DSN, seed(t))
		l.more(3)
	}
	l.finish()
}

// A target that is out of disk stops the replica without harm; room made, it goes on by itself.
func TestTargetOutOfDisk(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root may mount a small file system for the target's table")
	}
	dir, err := os.MkdirTemp("", "syncer-small-disk")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=12m,mode=0777"); err != nil {
		t.Skipf("this machine mounts no tmpfs: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	target := pgtest.New(t, pgtest.Options{})
	l := newLineOn(t, pgtest.Source(t), target.Database(t))
	l.endLoad()
	admin, err := pgx.Connect(t.Context(), l.pair.target.AdminDSN())
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(t.Context())
	small, err := os.MkdirTemp(dir, "space")
	if err == nil {
		err = os.Chmod(small, 0o777)
	}
	if err == nil {
		err = chownLike(small, target.DataDir())
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		fmt.Sprintf(`CREATE TABLESPACE small_%s LOCATION '%s'`, l.pair.target.Name, small),
		fmt.Sprintf(`ALTER TABLE shop.items SET TABLESPACE small_%s`, l.pair.target.Name),
	} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	l.pair.source.Exec(`INSERT INTO shop.items (id, name, published, big) SELECT n, 'large', true, repeat(md5(n::text), 60) FROM generate_series(100001, 115000) n`)
	full := regexp.MustCompile(`(?i)53100|no space|disk full`)
	l.eventually("the log says that the disk is full", func() bool { return full.MatchString(l.log.String()) })
	l.becomes(false, "the target's disk is full")
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=200m,mode=0777"); err != nil {
		t.Fatal(err)
	}
	l.becomes(true, "there is room again")
	l.endLoad = load(t, l.pair.source.DSN, seed(t))
	l.finish()
	for _, sql := range []string{`ALTER TABLE shop.items SET TABLESPACE pg_default`, fmt.Sprintf(`DROP TABLESPACE small_%s`, l.pair.target.Name)} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// chownLike gives path to whoever owns the other.
func chownLike(path, other string) error {
	info, err := os.Stat(other)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return os.Chown(path, int(stat.Uid), int(stat.Gid))
}

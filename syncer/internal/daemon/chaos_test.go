package daemon_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/faulttest"
)

// The long run behind scripts/fault. What it does follows from the seed; when exactly it happens does not.
var (
	chaosFor  = flag.Duration("chaos.for", 0, "how long TestChaos runs; 0 skips it")
	chaosSeed = flag.Uint64("chaos.seed", 0, "what TestChaos does; 0 is random")
	chaosKeep = flag.String("chaos.keep", "", "folder for configuration and logs of a failed TestChaos")
)

// chaos is a syncer between two servers of its own under everything at once.
type chaos struct {
	*pair
	random         *rand.Rand
	sources        *pgtest.Cluster
	targets        *pgtest.Cluster
	source, target *faulttest.Proxy
	log            *os.File
	calm           atomic.Bool // no new failpoints
	kills          atomic.Int64

	mu   sync.Mutex
	cmd  *exec.Cmd
	told []string
}

// TestChaos kills the syncer at random moments and at random failpoints, kills and stops both servers, and breaks
// the lines to them, under load; in each calm in between, source and replica must be equal, and the replica's
// position never falls. Objects and messages have their own round.
func TestChaos(t *testing.T) { //nolint:paralleltest // it is run alone
	if *chaosFor == 0 {
		t.Skip("scripts/fault --minutes N runs it")
	}
	s := *chaosSeed
	if s == 0 {
		s = rand.Uint64()
	}
	t.Logf("replay with: scripts/fault --seed %d", s)
	c := newChaos(t, s)
	ends := time.Now().Add(*chaosFor)
	for round := 1; time.Now().Before(ends) && !t.Failed(); round++ {
		c.round(round)
		if round%4 == 0 && !t.Failed() {
			c.documentsAndMessages(t)
		}
	}
}

func newChaos(t *testing.T, seed uint64) *chaos {
	t.Helper()
	settings := pgtest.Options{Settings: map[string]string{"logical_decoding_work_mem": "64kB", "max_prepared_transactions": "10"}}
	c := &chaos{random: rand.New(rand.NewPCG(seed, 0)), sources: pgtest.New(t, settings), targets: pgtest.New(t, settings)}
	c.pair = newPairOn(t, c.sources.Database(t), c.targets.Database(t), shop+`ALTER TABLE shop.items ALTER big SET STORAGE EXTERNAL`, shopTables)
	c.init()
	c.source, c.target = faulttest.NewProxy(t, address(t, c.pair.source.DSN)), faulttest.NewProxy(t, address(t, c.pair.target.DSN))
	c.write("syncer.yaml", fmt.Sprintf("source: {dsn: %q, admin_dsn: %q, slot: %s, heartbeat: 500ms}\ntarget: {dsn: %q, admin_dsn: %q}\nwhitelist: whitelist.yaml\nlog_level: debug\n",
		through(t, c.pair.source.As("syncer_reader"), c.source), c.pair.source.DSN, c.pair.source.Name,
		through(t, c.pair.target.As("syncer_writer"), c.target), c.pair.target.DSN))
	var err error
	if c.log, err = os.Create(filepath.Join(c.dir, "syncer.log")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.keep)
	return c
}

// keep saves what a person needs to look into a failure.
func (c *chaos) keep() {
	_ = c.log.Close()
	if !c.t.Failed() || *chaosKeep == "" {
		return
	}
	_ = os.WriteFile(filepath.Join(c.dir, "story.txt"), []byte(strings.Join(c.told, "\n")+"\n"), 0o600)
	for name, from := range map[string]string{"source.log": c.sources.LogPath(), "target.log": c.targets.LogPath()} {
		if text, err := os.ReadFile(from); err == nil {
			_ = os.WriteFile(filepath.Join(c.dir, name), text, 0o600)
		}
	}
	if err := os.CopyFS(*chaosKeep, os.DirFS(c.dir)); err != nil {
		c.t.Logf("keep: %v", err)
	}
}

func (c *chaos) tell(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = append(c.told, time.Now().UTC().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
}

// round is a storm and the calm after it.
func (c *chaos) round(n int) {
	c.calm.Store(false)
	ctx, stop := context.WithCancel(c.t.Context())
	defer stop()
	var all sync.WaitGroup
	supervised := make(chan error, 1)
	superseed, seeds := c.random.Uint64(), []uint64{c.random.Uint64(), c.random.Uint64()}
	all.Go(func() { supervised <- c.supervise(ctx, superseed) })
	all.Go(func() { c.neverFalls(ctx) })
	loading, endLoad := context.WithCancel(ctx)
	var loads sync.WaitGroup
	for _, s := range seeds {
		loads.Go(func() { c.load(loading, s) })
	}
	storm := time.Duration(5+c.random.IntN(15)) * time.Second
	for until := time.Now().Add(storm); time.Now().Before(until) && !c.t.Failed(); {
		c.act(ctx)
		lasts(ctx, time.Duration(c.random.IntN(1500))*time.Millisecond) // the storm's own rhythm
	}
	c.calm.Store(true)
	c.source.Heal()
	c.target.Heal()
	endLoad()
	loads.Wait()
	c.settles(n, supervised)
	stop()
	c.kill("the round is over")
	all.Wait()
}

// supervise starts the syncer again whenever it was killed, now and then with a failpoint; that it ends by itself
// is a failure.
func (c *chaos) supervise(ctx context.Context, seed uint64) error {
	random := rand.New(rand.NewPCG(seed, 1))
	path, err := explosive()
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		cmd := exec.Command(path, "run", "--config", c.path())
		cmd.Stdout, cmd.Stderr = c.log, c.log
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if !c.calm.Load() && random.IntN(2) == 0 {
			spec := fmt.Sprintf("*=kill@%d", 1+random.IntN(300))
			cmd.Env = append(os.Environ(), "FAILPOINTS="+spec)
			c.tell("the syncer starts with %s", spec)
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		c.mu.Lock()
		c.cmd = cmd
		c.mu.Unlock()
		err := cmd.Wait()
		if ctx.Err() == nil && !killed(cmd) {
			return fmt.Errorf("the syncer ended by itself: %w", errors.Join(err, errors.New(cmd.ProcessState.String())))
		}
		c.kills.Add(1)
		c.tell("the syncer was killed")
	}
	return nil
}

func (c *chaos) kill(why string) {
	c.mu.Lock()
	cmd := c.cmd
	c.mu.Unlock()
	if cmd != nil && cmd.Process != nil {
		c.tell("kill: %s", why)
		_ = cmd.Process.Kill()
	}
}

// act does one bad thing.
func (c *chaos) act(ctx context.Context) {
	proxy, cluster, side, of := c.source, c.sources, "source", []byte(nil)
	if c.random.IntN(2) == 0 {
		proxy, cluster, side, of = c.target, c.targets, "target", applies
	}
	pause := time.Duration(100+c.random.IntN(3000)) * time.Millisecond
	faults := []faulttest.Fault{
		{Refuse: true},
		{Hold: true},
		{Lose: true},
		{Rate: 1},
		{Rate: 5000},
		{Delay: 200 * time.Millisecond},
		{Delay: 5 * time.Second},
		{ResetAfter: int64(1 + c.random.IntN(200_000))},
		{ResetOn: []byte(c.pair.source.Name), Of: of}, // the target: the slot is to be moved, the rows are there, COMMIT is not
		{ResetOn: []byte(c.pair.source.Name), Of: of, PassBefore: true},
	}
	switch kind := c.random.IntN(20); {
	case kind < 5:
		c.kill("at a random moment")
	case kind == 5:
		c.tell("%s server is killed", side)
		c.must(errors.Join(cluster.Kill(), cluster.Start()))
	case kind == 6:
		c.tell("%s server restarts", side)
		c.must(cluster.Restart())
	case kind < 9:
		c.tell("%s server stands still for %s", side, pause)
		c.must(cluster.Pause())
		lasts(ctx, pause)
		c.must(cluster.Resume())
	case kind == 9:
		c.tell("lines to the %s are cut", side)
		proxy.Cut()
	default:
		f := faults[c.random.IntN(len(faults))]
		c.tell("%s for %s: %+v", side, pause, f)
		proxy.Set(f)
		lasts(ctx, pause)
		proxy.Heal()
	}
}

// lasts returns after so long: that is what the storm is made of, and nobody waits for anything to happen by then.
func lasts(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (c *chaos) must(err error) {
	if err != nil {
		c.t.Errorf("the storm itself failed: %v", err)
	}
}

// load changes the source, with a new connection whenever the old one is gone.
func (c *chaos) load(ctx context.Context, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 2))
	var conn *pgx.Conn
	defer func() {
		if conn != nil {
			_ = conn.Close(context.Background())
		}
	}()
	for n := 0; ctx.Err() == nil; n++ {
		if conn == nil || conn.IsClosed() {
			var err error
			if conn, err = pgx.Connect(ctx, c.pair.source.DSN); err != nil {
				lasts(ctx, 50*time.Millisecond) // the server is away
				continue
			}
		}
		sql := transaction(random)
		if random.IntN(200) == 0 {
			sql = fmt.Sprintf(`BEGIN; INSERT INTO shop.items (id, name, published, big) SELECT n, 'large', n %% 3 > 0, repeat(md5(n::text), 10) FROM generate_series(%[1]d, %[1]d + 3000) n ON CONFLICT (id) DO UPDATE SET name = 'again';
				SAVEPOINT s; UPDATE shop.items SET name = 'never'; ROLLBACK TO s; DELETE FROM shop.items WHERE id > %[1]d + 100; COMMIT`, 100000+1000*random.IntN(5))
		}
		if _, err := conn.Exec(ctx, sql); err != nil && !conn.IsClosed() {
			_, _ = conn.Exec(ctx, "ROLLBACK")
		}
	}
}

// neverFalls watches the replica's position.
func (c *chaos) neverFalls(ctx context.Context) {
	var conn *pgx.Conn
	last := "0/0"
	for ctx.Err() == nil {
		lasts(ctx, 20*time.Millisecond) // how often it looks
		if conn == nil || conn.IsClosed() {
			conn, _ = pgx.Connect(ctx, c.pair.target.DSN)
			continue
		}
		var now string
		var fell bool
		if err := conn.QueryRow(ctx, `SELECT applied_lsn::text, applied_lsn < $1::text::pg_lsn FROM sync.progress`, last).Scan(&now, &fell); err != nil {
			continue
		}
		if fell {
			c.t.Errorf("the replica went back from %s to %s", last, now)
		}
		last = now
	}
	if conn != nil {
		_ = conn.Close(context.Background())
	}
}

// settles waits until everything is applied and compares.
func (c *chaos) settles(round int, supervised <-chan error) {
	c.pair.source.Pool.Reset()
	c.pair.target.Pool.Reset()
	var lsn string
	if err := c.pair.source.Pool.QueryRow(c.t.Context(), `SELECT pg_logical_emit_message(true, 'test', '')::text`).Scan(&lsn); err != nil {
		c.t.Fatalf("round %d: %v", round, err)
	}
	began := time.Now()
	awaittest.Until(c.t, fmt.Sprintf("round %d: the replica reaches %s", round, lsn), func() (ok bool) {
		select {
		case err := <-supervised:
			c.t.Fatalf("round %d: %v", round, err)
		default:
		}
		err := c.pair.target.Pool.QueryRow(c.t.Context(), `SELECT applied_lsn >= $1::text::pg_lsn FROM sync.progress`, lsn).Scan(&ok)
		return err == nil && ok
	})
	c.equal()
	c.t.Logf("round %d: equal after %s; the syncer was killed %d times so far", round, time.Since(began).Round(time.Millisecond), c.kills.Load())
}

// documentsAndMessages is a storm over objects and messages: killed at the n-th durable step again and again, while
// the store outside lies now and then; in the end everything is there once and right.
func (c *chaos) documentsAndMessages(t *testing.T) {
	t.Run("documents and messages", func(t *testing.T) {
		p := newPortal(t)
		store := p.behind(t, &p.cfg.Documents.Target)
		p.completes("init")
		lies := []faulttest.Lie{faulttest.Truth, faulttest.Failing, faulttest.Abort, faulttest.Flip, faulttest.Swallow, faulttest.Redirect}
		var keys []string
		sent := 0
		for range 12 {
			for range 1 + c.random.IntN(4) {
				keys = append(keys, p.file(fmt.Appendf(nil, "file %d %s", len(keys), strings.Repeat("x", c.random.IntN(100_000))), true))
				p.submit(fmt.Appendf(nil, "attachment %d", sent))
				sent++
			}
			p.source.Exec(`UPDATE documents.files SET published = NOT published WHERE object_key = $1`, keys[c.random.IntN(len(keys))])
			store.Tell(lies[c.random.IntN(len(lies))])
			p.reaches(p.doomed(fmt.Sprintf("*=kill@%d", 1+c.random.IntN(60)), "run"), time.Duration(500+c.random.IntN(3000))*time.Millisecond)
		}
		store.Tell(faulttest.Truth)
		_, stop := p.process(t)
		p.eventually("all objects are ready", func() bool { return p.count(p.target, `SELECT count(*) FROM sync.objects WHERE state <> 'ready'`) == 0 })
		p.eventually("all messages are inside", func() bool { return p.count(p.source, `SELECT count(*) FROM intake.messages`) == sent })
		p.eventually("none is left outside", func() bool { return p.count(p.target, `SELECT count(*) FROM inbound.messages`) == 0 })
		p.waitFor()
		stop()
		p.equal()
		p.objectsAreRight()
	})
}

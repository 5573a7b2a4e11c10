package daemon_test

import (
	"bytes"
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
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

// binary builds the real syncer once.
var binaryDir string

var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "syncer-bin")
	if err != nil {
		return "", err
	}
	binaryDir = dir
	path := filepath.Join(dir, "syncer")
	out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", path, "portal.example/syncer/cmd/syncer").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
})

// command prepares the real syncer with this pair's configuration.
func (p *pair) command(args ...string) *exec.Cmd {
	p.t.Helper()
	path, err := binary()
	if err != nil {
		p.t.Fatal(err)
	}
	return exec.Command(path, append(args, "--config", p.path())...)
}

// run runs the real syncer to its end.
func (p *pair) run(args ...string) (out string, code int) {
	p.t.Helper()
	cmd := p.command(args...)
	var all bytes.Buffer
	cmd.Stdout, cmd.Stderr = &all, &all
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return all.String(), cmd.ProcessState.ExitCode()
}

// load changes the source at random until stop is called; it returns how many transactions it made.
func load(t *testing.T, dsn string, seed uint64) (stop func() int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	going, quit := context.WithCancel(t.Context())
	done := make(chan int)
	go func() {
		random := rand.New(rand.NewPCG(seed, 1))
		made := 0
		for range awaittest.Rounds(going, 8*time.Millisecond) {
			if _, err := conn.Exec(t.Context(), transaction(random)); err != nil && !passes(t.Context(), conn, err) {
				t.Errorf("load: %v", err)
				break
			}
			made++
		}
		_ = conn.Close(context.WithoutCancel(t.Context()))
		done <- made
	}()
	return func() int { quit(); return <-done }
}

// passes ends a transaction that met another one or a unique index, as an application would.
func passes(ctx context.Context, conn *pgx.Conn, err error) bool {
	if code := pg.Code(err); code != "40P01" && code != "23505" {
		return false
	}
	_, err = conn.Exec(ctx, "ROLLBACK")
	return err == nil
}

// transaction is one to four random changes; some are rolled back.
func transaction(random *rand.Rand) string {
	var b strings.Builder
	b.WriteString("BEGIN;")
	for range 1 + random.IntN(4) {
		id := 1 + random.IntN(1200)
		switch random.IntN(8) {
		case 0:
			fmt.Fprintf(&b, "DELETE FROM shop.items WHERE id = %d;", id)
		case 1:
			fmt.Fprintf(&b, "UPDATE shop.items SET published = NOT published WHERE id BETWEEN %d AND %d;", id, id+5)
		case 2:
			fmt.Fprintf(&b, "UPDATE shop.items SET id = %d WHERE id = %d AND NOT EXISTS (SELECT FROM shop.items WHERE id = %d);", id+2000, id, id+2000)
		case 3:
			fmt.Fprintf(&b, "UPDATE shop.items SET big = (SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 200)) WHERE id = %d;", id)
		case 4:
			fmt.Fprintf(&b, "SAVEPOINT s; UPDATE shop.items SET name = 'never' WHERE id = %d; ROLLBACK TO s;", id)
		default:
			fmt.Fprintf(&b, "INSERT INTO shop.items (id, name, published) VALUES (%d, 'n%d', %t) ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name;",
				id, random.IntN(1e6), random.IntN(2) == 0)
		}
	}
	if random.IntN(10) == 0 {
		b.WriteString("ROLLBACK")
	} else {
		b.WriteString("COMMIT")
	}
	return b.String()
}

// replay is a flag and no variable: the syncer is strict about those that begin with its name.
var replay = flag.Uint64("replay", 0, "seed of a failed test that is to be repeated")

func seed(t *testing.T) uint64 {
	t.Helper()
	s := *replay
	if s == 0 {
		s = uint64(time.Now().UnixNano())
	}
	t.Logf("repeat with -replay=%d", s)
	return s
}

// killAtWork starts a syncer and kills it once it has been at work for so long, at random: which step that hits is not known.
func (p *pair) killAtWork(cmd *exec.Cmd, atWork time.Duration) {
	p.t.Helper()
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	p.eventually("the syncer has a session in the target", func() bool {
		select {
		case <-ended:
			return true
		default:
		}
		return p.count(p.target, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'syncer%'`) > 0
	})
	time.AfterFunc(atWork, func() { _ = cmd.Process.Kill() })
	awaittest.Receive(p.t, "the end of a killed syncer", ended)
}

func TestKilledAtRandomMoments(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop+`ALTER TABLE shop.items ALTER big SET STORAGE EXTERNAL`, shopTables)
	s := seed(t)
	random := rand.New(rand.NewPCG(s, 2))
	stop := load(t, p.source.DSN, s)
	for range 12 {
		p.killAtWork(p.command("run"), time.Duration(random.IntN(700))*time.Millisecond)
	}
	t.Logf("%d transactions", stop())
	if out, code := p.run("run", "--until-current"); code != 0 {
		t.Fatalf("exit code %d: %s", code, out)
	}
	p.equal()
}

// Killed while it loads, the snapshot resumes with the pieces that are missing, under load.
func TestSnapshotKilledAtRandomMoments(t *testing.T) {
	t.Parallel()
	p := newPair(t, shop+`ALTER TABLE shop.items ALTER big SET STORAGE EXTERNAL;
		INSERT INTO shop.items SELECT n, 'x', 'canary', 1, true, repeat(md5(n::text), 30), NULL FROM generate_series(10000, 40000) n;
		CREATE TABLE shop.others AS SELECT * FROM shop.items; ALTER TABLE shop.others ADD PRIMARY KEY (id)`, shopTables+`
  - table: shop.others
    columns: [id, name, big]
`)
	s := seed(t)
	random := rand.New(rand.NewPCG(s, 3))
	stop := load(t, p.source.DSN, s)
	for range 8 {
		p.killAtWork(p.command("init"), time.Duration(random.IntN(500))*time.Millisecond)
	}
	if out, code := p.run("init"); code != 0 {
		t.Fatalf("init: exit code %d: %s", code, out)
	}
	t.Logf("%d transactions", stop())
	if out, code := p.run("run", "--until-current"); code != 0 {
		t.Fatalf("run: exit code %d: %s", code, out)
	}
	p.equal()
}

// fresh runs SQL on the source over a connection of its own: those of the pool may be dead.
func (p *pair) fresh(sql string) {
	p.t.Helper()
	conn, err := pgx.Connect(p.t.Context(), p.source.DSN)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = conn.Close(p.t.Context()) }()
	if _, err := conn.Exec(p.t.Context(), sql); err != nil {
		p.t.Fatal(err)
	}
}

// Either server goes away and comes back while a load runs; the syncer follows by itself.
func TestServersRestart(t *testing.T) {
	t.Parallel()
	sourceCluster, targetCluster := pgtest.New(t, pgtest.Options{}), pgtest.New(t, pgtest.Options{})
	p := newPairOn(t, sourceCluster.Database(t), targetCluster.Database(t), shop, shopTables)
	p.init()
	stop := p.start()
	p.waitFor()
	for round := range 3 {
		cluster := []*pgtest.Cluster{targetCluster, sourceCluster, targetCluster}[round]
		p.fresh(fmt.Sprintf(`UPDATE shop.items SET name = 'before %d' WHERE id <= 500`, round))
		if err := cluster.Kill(); err != nil {
			t.Fatal(err)
		}
		if cluster == targetCluster {
			p.fresh(fmt.Sprintf(`UPDATE shop.items SET name = 'meanwhile %d' WHERE id BETWEEN 400 AND 600`, round))
		}
		if err := cluster.Start(); err != nil {
			t.Fatal(err)
		}
		p.fresh(fmt.Sprintf(`UPDATE shop.items SET name = 'after %d' WHERE id > 900`, round))
	}
	p.source.Pool.Reset()
	p.target.Pool.Reset()
	p.waitFor()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	p.equal()
}

package intake_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/awaittest"
	"portal.example/shared/blob"
	"portal.example/shared/pg"
	"portal.example/shared/seal"
)

// The test kills a worker that is this very test binary, run with these variables.
const (
	envDSN    = "INTAKE_TEST_DSN"
	envKey    = "INTAKE_TEST_KEY"
	envBucket = "INTAKE_TEST_BUCKET" // endpoint, keys, name
)

// TestHelperWorker is not a test: it is the process that TestKilledWorkerLosesAndDoublesNothing kills.
func TestHelperWorker(t *testing.T) {
	dsn := os.Getenv(envDSN)
	if dsn == "" {
		t.Skip("runs only as the child of another test")
	}
	var c blob.Config
	_, err := fmt.Sscan(os.Getenv(envBucket), &c.Endpoint, &c.AccessKey, &c.SecretKey, &c.Bucket)
	must(t, err)
	bucket, err := blob.Open(c)
	must(t, err)
	keys, err := seal.LoadKeyring(os.Getenv(envKey))
	must(t, err)
	pool, err := pg.Open(context.Background(), dsn, pg.Options{})
	must(t, err)
	w := intake.New(intake.Options{Store: intake.NewStore(pool), Quarantine: bucket, Keys: keys, Handlers: []intake.Handler{cases.NewIntake()}, Lease: 50 * time.Millisecond})
	must(t, w.Run(context.Background()))
}

func TestKilledWorkerLosesAndDoublesNothing(t *testing.T) {
	p := newPlace(t)
	const messages, kills = 30, 10
	var ids []uuid.UUID
	for range messages {
		s := p.submission(t, pdf, pdf)
		p.send(t, s)
		ids = append(ids, s.MessageID)
	}
	dir := t.TempDir()
	must(t, ownKey().Save(dir+"/k", dir+"/k.public"))
	env := append(os.Environ(), envDSN+"="+p.db.As("intake"), envKey+"="+dir+"/k",
		envBucket+"="+fmt.Sprintln(p.store.Endpoint, p.store.AccessKey, p.store.SecretKey, p.store.Bucket))
	for range kills {
		p.killAtWork(t, env, time.Duration(rand.IntN(120))*time.Millisecond) //nolint:gosec // moments of death, not a secret
	}
	// What the killed processes left is finished by one that lives.
	p.db.Exec("update intake.messages set next_attempt_at = now(), failures = 0 where state = 'waiting'")
	t.Logf("%d messages were handled before the last kill", messages-count(t, p.db.Pool, "select count(*) from intake.messages where state = 'waiting'"))
	drain(t, p.worker(nil))
	for _, id := range ids {
		if got := p.told(t, id); got.outcome != "registered" {
			t.Errorf("message %s: %+v", id, got)
		}
	}
	if n := count(t, p.db.Pool, "select count(distinct message_id) from cases.cases"); n != messages {
		t.Errorf("%d cases of %d messages", n, messages)
	}
	if n := count(t, p.db.Pool, "select max(right(number, 6)::int) from cases.cases"); n != messages {
		t.Errorf("the last number is %d, so numbers have gaps", n)
	}
	if n := count(t, p.db.Pool, "select count(*) from documents.files"); n != 2*messages {
		t.Errorf("%d files", n)
	}
}

// killAtWork starts a worker and kills it once it has been at work for so long, at random: what it is at then is not known.
func (p *place) killAtWork(t *testing.T, env []string, life time.Duration) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperWorker$") //nolint:gosec // this binary
	cmd.Env = env
	must(t, cmd.Start())
	awaittest.Until(t, "the worker has a session", func() bool {
		return count(t, p.db.Pool, `select count(*) from pg_stat_activity where datname = current_database() and usename = 'intake'`) > 0
	})
	time.AfterFunc(life, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait()
}

package control_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/control"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func open(t *testing.T, db *pgtest.Database) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), db.AdminDSN())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// prepared is a target as `init` leaves it, slot s standing at 0/100.
func prepared(t *testing.T) (*pgtest.Database, *pgx.Conn) {
	t.Helper()
	db := pgtest.Empty(t)
	db.Exec(replica.SchemaSQL)
	db.Exec(`INSERT INTO sync.progress (slot, system_id, timeline, whitelist, applied_lsn, state) VALUES ('s', '1', 1, '', '0/100', 'streaming')`)
	return db, open(t, db)
}

func TestWithoutInitThereIsNothingToControl(t *testing.T) {
	conn := open(t, pgtest.Empty(t))
	_, err := control.Read(t.Context(), conn, "s")
	for _, err := range []error{err, control.Pause(t.Context(), conn, "s", ""), control.Resume(t.Context(), conn, "s"), control.Skip(t.Context(), conn, "s", 5)} {
		if !errors.Is(err, replica.ErrNoProgress) {
			t.Errorf("got %v", err)
		}
	}
}

// What is asked for stands in the table, the writer is told of it, and of nothing that was not done.
func TestPauseResumeAndSkipReachTheWriter(t *testing.T) {
	db, conn := prepared(t)
	listener := open(t, db)
	if _, err := listener.Exec(t.Context(), "LISTEN "+control.Channel); err != nil {
		t.Fatal(err)
	}
	told := func() {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), awaittest.Guard)
		defer cancel()
		n, err := listener.WaitForNotification(ctx)
		if err != nil || n.Payload != "s" {
			t.Fatalf("not told: %v %v", n, err)
		}
	}
	is := func(paused bool, by string, skip string) {
		t.Helper()
		s, err := control.Read(t.Context(), conn, "s")
		if err != nil || s.Paused != paused || s.PausedBy != by || s.Skip.String() != skip || s.Applied != 0x100 || s.Running {
			t.Errorf("got %+v, %v", s, err)
		}
	}
	is(false, "", "0/0")
	if err := control.Pause(t.Context(), conn, "s", "anna, disk"); err != nil {
		t.Fatal(err)
	}
	told()
	is(true, "anna, disk", "0/0")
	if err := control.Skip(t.Context(), conn, "s", 0x200); err != nil {
		t.Fatal(err)
	}
	told()
	if err := control.Resume(t.Context(), conn, "s"); err != nil {
		t.Fatal(err)
	}
	told()
	is(false, "", "0/200")
	if err := control.Skip(t.Context(), conn, "s", 0); err != nil {
		t.Fatal(err)
	}
	told()
	is(false, "", "0/0")
	if err := control.Pause(t.Context(), conn, "another", ""); !errors.Is(err, replica.ErrNoProgress) {
		t.Errorf("pausing a slot that is not there: %v", err)
	}
}

// A writer is recognised by its claim, for as long as its session lives, and Wait ends when there is none.
func TestRunningAndWait(t *testing.T) {
	db, conn := prepared(t)
	writer := open(t, db)
	if _, err := replica.Claim(t.Context(), writer, "s"); err != nil {
		t.Fatal(err)
	}
	if s, err := control.Read(t.Context(), conn, "s"); err != nil || !s.Running {
		t.Fatalf("a writer with its claim: %+v, %v", s, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := control.Wait(ended, conn, "s", func(control.State) bool { return false }); err != nil || s.State != "streaming" || !s.Running {
		t.Errorf("nothing was reached: %+v, %v", s, err)
	}
	seen := 0
	s, err := control.Wait(t.Context(), conn, "s", func(s control.State) bool {
		if seen++; seen == 2 { // asked twice, then the writer obeys
			db.Exec(`UPDATE sync.progress SET state = 'paused'`)
		}
		return s.State == "paused"
	})
	if err != nil || s.State != "paused" {
		t.Errorf("obeyed: %+v, %v", s, err)
	}
	_ = writer.Close(t.Context())
	if s, err = control.Wait(t.Context(), conn, "s", func(control.State) bool { return false }); err != nil || s.Running {
		t.Errorf("a writer that is gone: %+v, %v", s, err)
	}
}

// The transaction that cannot be applied is told by itself, not by the words around it, and only while it is why.
func TestPoisonIsRecorded(t *testing.T) {
	_, conn := prepared(t)
	state := func() control.State {
		t.Helper()
		s, err := control.Read(t.Context(), conn, "s")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	epoch := claimed(t, conn)
	poison := &replica.Poison{Table: "public.items", Key: "id=7", LSN: 0x1_0000_00AB, Cause: errors.New("odd")}
	for _, step := range []struct {
		err  error
		want wire.LSN
	}{
		{fmt.Errorf("session: %w", poison), poison.LSN},
		{errors.New("transaction 0/AB is named by somebody else"), 0},
		{poison, poison.LSN},
	} {
		if err := replica.SetFailed(t.Context(), conn, "s", epoch, step.err); err != nil {
			t.Fatal(err)
		}
		if s := state(); s.State != "error" || s.Poison != step.want || s.Error != step.err.Error() {
			t.Errorf("%v: got %+v", step.err, s)
		}
	}
	if err := replica.SetState(t.Context(), conn, "s", epoch, "streaming", ""); err != nil {
		t.Fatal(err)
	}
	if s := state(); s.Poison != 0 || s.Error != "" {
		t.Errorf("got %+v", s)
	}
}

func claimed(t *testing.T, conn *pgx.Conn) (epoch int64) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), `SELECT epoch FROM sync.progress WHERE slot = 's'`).Scan(&epoch); err != nil {
		t.Fatal(err)
	}
	return epoch
}

func TestObjectsAreListedAndTriedAgain(t *testing.T) {
	db, conn := prepared(t)
	db.Exec(`INSERT INTO sync.objects (key, sha256, state, attempts, next_try_at, error) VALUES
		('a', '', 'failed', 9, now() + interval '1 hour', 'not found'), ('b', '', 'failed', 3, now() + interval '1 hour', 'not found'),
		('c', '', 'ready', 1, now() + interval '1 hour', NULL)`)
	failed := func() []control.Object {
		t.Helper()
		all, err := control.Objects(t.Context(), conn, []string{"failed"}, 10)
		if err != nil || len(all) != 2 {
			t.Fatalf("%+v, %v", all, err)
		}
		return all
	}
	if o := failed()[0]; o.Key != "a" || o.Error != "not found" || o.Attempts != 9 {
		t.Errorf("got %+v", o)
	}
	if n, err := control.Retry(t.Context(), conn, []string{"b", "c", "nothing"}); n != 1 || err != nil {
		t.Errorf("one key: %d, %v", n, err)
	}
	all := failed()
	if all[0].Attempts != 9 || all[1].Attempts != 0 || time.Until(all[1].NextTryAt) > time.Minute {
		t.Errorf("got %+v", all)
	}
	if n, err := control.Retry(t.Context(), conn, []string{}); n != 2 || err != nil {
		t.Errorf("all: %d, %v", n, err)
	}
}

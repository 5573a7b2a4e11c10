package locks_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/locks"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// What other people's statements hold of values is not shown.
func TestStatementsAreShownWithoutValues(t *testing.T) {
	for sql, want := range map[string]string{
		`SELECT * FROM t WHERE name = 'Olena' AND id = 4711`:     `SELECT * FROM t WHERE name = ? AND id = ?`,
		"UPDATE t SET a = E'it\\'s', b = $1, c = 1.5e3 -- Olena": `UPDATE t SET a = ?, b = $?, c = ?`,
		`SELECT $x$Olena$x$, 2`:                                  `SELECT ?`,
		`SELECT 'Olena`:                                          `SELECT ?`,
		`/* Olena */ SELECT t2.c1 FROM t2`:                       `SELECT t2.c1 FROM t2`,
		``:                                                       `none yet`,
		`LOCK TABLE t; ; `:                                       `LOCK TABLE t`,
		strings.Repeat("ї", 500):                                 strings.Repeat("ї", 120) + "…",
	} {
		if got := locks.Statement(sql); got != want {
			t.Errorf("%s\n got %s\nwant %s", sql, got, want)
		}
	}
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := link.Open(t.Context(), dsn, link.Options{Name: "source.admin_dsn", Application: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { link.Close(conn) })
	return conn
}

func exec(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// Somebody who holds a lock for long is named, is not queued behind, and keeps nobody else waiting; when it goes, the
// work is done.
func TestALongReaderIsNamedAndNobodyQueuesBehindUs(t *testing.T) {
	db := pgtest.Empty(t)
	db.Exec(`CREATE TABLE t (id int PRIMARY KEY)`)
	reader, ours := connect(t, db.DSN), connect(t, db.DSN)
	exec(t, reader, `BEGIN; SELECT 'secret' FROM public.t`)
	said := make(chan string, 100)
	ctx := locks.Telling(t.Context(), func(line string) {
		select {
		case said <- line:
		default:
		}
	})
	done := make(chan error, 1)
	go func() {
		done <- locks.Patience{Side: "source", Try: 200 * time.Millisecond, Give: time.Minute}.Do(ctx, ours,
			locks.Lock{What: "change t", Relations: []string{`public.t`}}, func(tx pgx.Tx) error {
				_, err := tx.Exec(ctx, `ALTER TABLE public.t REPLICA IDENTITY FULL`)
				return err
			})
	}()
	line := <-said
	pid := fmt.Sprintf("pid %d", reader.PgConn().PID())
	if !strings.Contains(line, pid) || !strings.Contains(line, "idle in transaction") || strings.Contains(line, "secret") || !strings.Contains(line, "SELECT ? FROM public.t") {
		t.Errorf("said %q, want %s and its statement", line, pid)
	}
	app := connect(t, db.DSN)
	for range 20 {
		began := time.Now()
		exec(t, app, `SELECT FROM public.t; INSERT INTO public.t SELECT coalesce(max(id), 0) + 1 FROM public.t`)
		if waited := time.Since(began); waited > 5*time.Second {
			t.Errorf("the application waited %s", waited)
		}
	}
	exec(t, reader, `COMMIT`)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// A wait ends; what is said then names who was in the way, also a transaction that has no session.
func TestAForgottenPreparedTransactionIsNamed(t *testing.T) {
	c := pgtest.New(t, pgtest.Options{Settings: map[string]string{"max_prepared_transactions": "5"}})
	db := c.Database(t)
	db.Exec(`CREATE TABLE t (id int PRIMARY KEY)`)
	gone, ours := connect(t, db.DSN), connect(t, db.DSN)
	exec(t, gone, `BEGIN; INSERT INTO public.t VALUES (1); PREPARE TRANSACTION 'it''s forgotten'`)
	t.Cleanup(func() { exec2(gone, `ROLLBACK PREPARED 'it''s forgotten'`) })
	err := locks.Patience{Side: "source", Try: 10 * time.Millisecond, Give: time.Millisecond}.Do(t.Context(), ours,
		locks.Lock{What: "change t", Relations: []string{`public.t`}}, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), `ALTER TABLE public.t REPLICA IDENTITY FULL`)
			return err
		})
	if err == nil || !locks.IsBusy(err) || !strings.Contains(err.Error(), `ROLLBACK PREPARED 'it''s forgotten'`) {
		t.Errorf("got %v", err)
	}
}

func exec2(conn *pgx.Conn, sql string) { _, _ = conn.Exec(context.Background(), sql) }

// A statement that waits by itself, as CREATE INDEX CONCURRENTLY does, is watched from beside it, and so is one that
// waits for a prepared transaction.
func TestWhatAStatementWaitsForIsSaid(t *testing.T) {
	c := pgtest.New(t, pgtest.Options{Settings: map[string]string{"max_prepared_transactions": "5"}})
	db := c.Database(t)
	db.Exec(`CREATE TABLE t (id int PRIMARY KEY)`)
	for name, begin := range map[string]string{
		"idle":     `BEGIN; INSERT INTO public.t VALUES (1)`,
		"prepared": `BEGIN; INSERT INTO public.t VALUES (2); PREPARE TRANSACTION 'gone'`,
	} {
		t.Run(name, func(t *testing.T) {
			other, ours := connect(t, db.DSN), connect(t, db.DSN)
			exec(t, other, begin)
			want, end := fmt.Sprintf("pid %d", other.PgConn().PID()), `ROLLBACK`
			if name == "prepared" {
				want, end = "ROLLBACK PREPARED 'gone'", "ROLLBACK PREPARED 'gone'"
			}
			ended := false
			ctx := locks.Telling(t.Context(), func(line string) {
				if !ended && strings.Contains(line, want) && strings.HasPrefix(line, "building") {
					ended = true
					exec(t, other, end)
				}
			})
			open := func(ctx context.Context) (*pgx.Conn, error) { return link.Like(ctx, ours, "look") }
			_, err := locks.Watching{What: "building", PID: ours.PgConn().PID(), Open: open}.Watch(ctx, func(ctx context.Context) error {
				_, err := ours.Exec(ctx, `CREATE INDEX CONCURRENTLY ON public.t (id)`)
				return err
			})
			if err != nil || !ended {
				t.Errorf("%v; said: %v", err, ended)
			}
		})
	}
}

// The same wait is told once in a while, however its age is written.
func TestTheSameWaitIsToldOnce(t *testing.T) {
	var said []string
	ctx := locks.Telling(t.Context(), func(line string) { said = append(said, line) })
	for _, age := range []string{"900ms", "2.7s", "3.4s", "13s", "1m2s", "2h0m1.5s"} {
		locks.Tell(ctx, "in the way is pid 11, in a transaction for "+age+", statement: x")
	}
	locks.Tell(ctx, "in the way is pid 12 and somebody else")
	if len(said) != 2 {
		t.Errorf("told %d times: %q", len(said), said)
	}
}

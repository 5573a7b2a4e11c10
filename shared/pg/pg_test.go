package pg_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestOpenKeepsThePasswordOutOfErrors(t *testing.T) {
	_, err := pg.Open(t.Context(), "postgres://user:hunter2@host:notaport/db", pg.Options{})
	if err == nil || strings.Contains(err.Error(), "hunter2") || fault.ExitCode(err) != fault.ExitUsage {
		t.Errorf("got %v", err)
	}
}

func TestOpenSetsLimits(t *testing.T) {
	db := pgtest.Empty(t)
	pool, err := pg.Open(t.Context(), db.DSN, pg.Options{StatementTimeout: 50 * time.Millisecond, ApplicationName: "limits"})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	_, err = pool.Exec(t.Context(), "select pg_sleep(5)")
	if got := pg.Fault("sleep", err); !fault.Is(got, fault.Unavailable) {
		t.Errorf("a statement past its deadline must be unavailable, got %v", got)
	}
}

func TestFaultKinds(t *testing.T) {
	db := pgtest.Empty(t)
	ctx := t.Context()
	if _, err := db.Pool.Exec(ctx, "create table t (id int primary key); insert into t values (1)"); err != nil {
		t.Fatal(err)
	}
	var id int
	none := db.Pool.QueryRow(ctx, "select id from t where id = 2").Scan(&id)
	if err := pg.Fault("find", none); !fault.Is(err, fault.NotFound) || !errors.Is(err, pgx.ErrNoRows) {
		t.Errorf("no rows: %v", err)
	}
	_, twice := db.Pool.Exec(ctx, "insert into t values (1)")
	if err := pg.Fault("add", twice); !fault.Is(err, fault.Conflict) {
		t.Errorf("unique violation: %v", err)
	}
	if pg.Fault("nothing", nil) != nil {
		t.Error("nil must stay nil")
	}
	already := fault.New(fault.Forbidden, "no")
	if err := pg.Fault("op", already); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a kind that is known must stay: %v", err)
	}
	refused, err := pg.Open(ctx, "postgres://nobody@127.0.0.1:1/none", pg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer refused.Close()
	if err := pg.Fault("ping", refused.Ping(ctx)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("refused connection: %v", err)
	}
}

func TestInTxRollsBack(t *testing.T) {
	db := pgtest.Empty(t)
	ctx := t.Context()
	if _, err := db.Pool.Exec(ctx, "create table t (id int)"); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	err := pg.InTx(ctx, db.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "insert into t values (1)"); err != nil {
			return err
		}
		return stop
	})
	var n int
	if scanErr := db.Pool.QueryRow(ctx, "select count(*) from t").Scan(&n); scanErr != nil {
		t.Fatal(scanErr)
	}
	if !errors.Is(err, stop) || n != 0 {
		t.Errorf("err %v, rows %d", err, n)
	}
}

func TestMigrate(t *testing.T) {
	db := pgtest.Empty(t)
	files := fstest.MapFS{"001_first.sql": {Data: []byte("create table first (id int)")}}
	run := func() (from, to int32, steps []string, err error) {
		conn, err := pgx.Connect(t.Context(), db.DSN)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
		from, to, err = pg.Migrate(t.Context(), conn, files, "public.schema_version", func(s string) { steps = append(steps, s) })
		return from, to, steps, err
	}
	if from, to, steps, err := run(); err != nil || from != 0 || to != 1 || len(steps) != 1 {
		t.Fatalf("first run: %d to %d, %v, %v", from, to, steps, err)
	}
	if from, to, steps, err := run(); err != nil || from != 1 || to != 1 || len(steps) != 0 {
		t.Fatalf("second run: %d to %d, %v, %v", from, to, steps, err)
	}
	files["002_broken.sql"] = &fstest.MapFile{Data: []byte("create table second (id int); select nonsense")}
	if _, _, _, err := run(); err == nil {
		t.Fatal("a broken migration must fail")
	}
	var exists bool
	err := db.Pool.QueryRow(t.Context(), "select to_regclass('second') is not null").Scan(&exists)
	if err != nil || exists {
		t.Errorf("a broken migration must leave nothing: exists=%v err=%v", exists, err)
	}
}

package pg_test

import (
	"errors"
	"strings"
	"testing"
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
	var n int
	denied := db.PoolAs("internal_site").QueryRow(ctx, "select count(*) from t").Scan(&n)
	if err := pg.Fault("count", denied); pg.Code(denied) != pg.CodeInsufficientRights || !fault.Is(err, fault.Internal) {
		t.Errorf("a missing GRANT is our mistake and not the person's: %v", err)
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

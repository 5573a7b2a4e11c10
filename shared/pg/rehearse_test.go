package pg_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

// A transaction that is rehearsed is judged like any other and leaves nothing behind.
func TestRehearsedTransactionsAreUndone(t *testing.T) {
	pool := pgtest.Empty(t).Pool
	ctx := fault.Rehearse(t.Context())
	refused := fault.New(fault.Conflict, "")
	for name, want := range map[string]error{"would succeed": nil, "is refused": refused} {
		err := pg.InTx(ctx, pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `create table rehearsed (n int)`); err != nil {
				t.Fatal(err)
			}
			return want
		})
		if want == nil && !fault.IsRehearsed(err) || want != nil && !fault.Is(err, fault.Conflict) {
			t.Errorf("a transaction that %s: %v", name, err)
		}
	}
	var left bool
	if err := pool.QueryRow(t.Context(), `select to_regclass('rehearsed') is not null`).Scan(&left); err != nil || left {
		t.Errorf("something was left behind: %v %v", left, err)
	}
}

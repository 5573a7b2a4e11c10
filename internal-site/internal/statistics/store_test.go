package statistics_test

import (
	"context"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/statistics"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// checkSlow: what the database does not count in time says to ask for less, whether the statement or the request reached its deadline.
func checkSlow(t *testing.T, r *fixture.Region, q statistics.Question) {
	t.Helper()
	locked, err := r.DB.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = locked.Rollback(t.Context()) }()
	if _, err := locked.Exec(t.Context(), `lock table cases.measures in access exclusive mode`); err != nil { // nobody counts in time
		t.Fatal(err)
	}
	for late, limits := range map[string]struct{ statement, request time.Duration }{
		"the statement": {50 * time.Millisecond, time.Hour}, "the request": {time.Hour, 50 * time.Millisecond},
	} {
		pool, err := pg.Open(t.Context(), r.DB.DSN, pg.Options{StatementTimeout: limits.statement, MinConns: -1, ApplicationName: "slow figures"})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), limits.request)
		_, err = statistics.NewStore(pool).Figures(ctx, r.Users[access.RegionalManager], q)
		if !fault.Is(err, fault.Unavailable) || fault.MessageKey(err) != "statistics.slow" {
			t.Errorf("%s is late: %v", late, err)
		}
		cancel()
		pool.Close()
	}
}

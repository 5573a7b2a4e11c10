package submission

import (
	"context"
	"time"

	"portal.example/shared/pg"
)

// Waiting returns how many submissions with a receipt have not reached the inside yet, and how long the oldest has waited.
func (s *Store) Waiting(ctx context.Context) (n int, oldest time.Duration, err error) {
	var seconds float64
	err = s.pool.QueryRow(ctx, `
		select count(*), coalesce(extract(epoch from now() - min(sent_at)), 0)::float8 from account.receipts where delivered_at is null`).
		Scan(&n, &seconds)
	return n, time.Duration(seconds * float64(time.Second)), pg.Fault("submissions that wait", err)
}

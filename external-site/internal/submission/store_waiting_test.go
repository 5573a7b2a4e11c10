package submission_test

import (
	"testing"
	"time"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/pgtest"
)

// What waits to be fetched is seen by the receipts, with the rights that the site has.
func TestWaiting(t *testing.T) {
	db := pgtest.ExternalPlain(t)
	store := submission.NewStore(db.PoolAs("external_site"))
	if n, oldest, err := store.Waiting(t.Context()); err != nil || n != 0 || oldest != 0 {
		t.Errorf("nothing waits: %d, %s, %v", n, oldest, err)
	}
	db.Exec(`insert into account.receipts (receipt_number, message_id, kind, code_hash, envelope_sha256, sent_at, delivered_at)
		select 'R-2026-0000-000' || n, gen_random_uuid(), 'application', sha256('c'), sha256('e'), now() - n * interval '1 hour',
		       case n when 3 then now() end from generate_series(1, 3) n`)
	n, oldest, err := store.Waiting(t.Context())
	if err != nil || n != 2 || oldest < 2*time.Hour || oldest > 3*time.Hour {
		t.Errorf("two wait, for two hours: %d, %s, %v", n, oldest, err)
	}
}

package intake

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/awaittest"
	"portal.example/shared/pgtest"
)

// A worker that looks for work holds for a moment the lock of a row that another has just claimed. The one that claimed
// it must wait for that moment, or the message rests for a lease with nobody at it.
func TestClaimedMessageIsHandledAlthoughOthersLookForWork(t *testing.T) {
	db := pgtest.Internal(t)
	store, id := NewStore(db.PoolAs("intake")), uuid.New()
	db.Exec(`insert into intake.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments, submitted_at)
		values ($1, 'application', 'R-0000-0000-0001', '', 'x', sha256('x'), '[]', now())`, id)
	claimed, found, err := store.claim(t.Context(), time.Hour)
	if err != nil || !found || claimed != id {
		t.Fatalf("claimed %s, %v, %v", claimed, found, err)
	}
	other, err := db.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Exec(t.Context(), "select from intake.messages where id = $1 for update", id); err != nil {
		t.Fatal(err)
	}
	locked := make(chan bool, 1)
	go func() {
		var found bool
		_ = store.inTx(t.Context(), func(tx Tx) error {
			_, found, err = lock(t.Context(), tx, id)
			return err
		})
		locked <- found
	}()
	awaittest.Until(t, "the worker waits for the row, or has given it up", func() bool {
		var waits bool
		err := db.Pool.QueryRow(t.Context(), "select exists (select from pg_locks where not granted)").Scan(&waits)
		return err == nil && waits || len(locked) > 0
	})
	if err := other.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !awaittest.Receive(t, "the worker", locked) {
		t.Error("the message that was claimed is left to rest")
	}
}

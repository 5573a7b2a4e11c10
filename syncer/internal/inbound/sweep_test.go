package inbound

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

func TestSweepRemovesOnlyWhatNobodyWillName(t *testing.T) {
	db, bucket := pgtest.External(t), blobtest.Bucket(t, "inbound")
	waits, orphan := uuid.NewString()+"/a", uuid.NewString()+"/b"
	for _, key := range []string{waits, orphan} {
		if _, err := bucket.PutBytes(t.Context(), key, []byte("sealed"), mediaType); err != nil {
			t.Fatal(err)
		}
	}
	db.Exec(`insert into inbound.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256)
	         values ('` + waits[:36] + `', 'application', 'R-0000-0000-0000', '0123456789abcdef', repeat('x', 5000)::bytea, sha256(repeat('x', 5000)::bytea))`)
	outside, err := pgx.Connect(t.Context(), db.As("syncer_fetcher"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = outside.Close(t.Context()) }()
	now := time.Now()
	f := &Fetcher{OutsideStore: bucket, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}
	keys := func() (found []string) {
		if err := bucket.Keys(t.Context(), "", func(o blob.Info) error { found = append(found, o.Key); return nil }); err != nil {
			t.Fatal(err)
		}
		return found
	}

	now = now.Add(orphanAge - time.Hour)
	f.sweep(t.Context(), &lines{outside: outside})
	if n := len(keys()); n != 2 {
		t.Fatalf("%d objects left; a draft may still name both", n)
	}
	now = now.Add(2 * time.Hour)
	f.sweep(t.Context(), &lines{outside: outside})
	if left := keys(); !slices.Equal(left, []string{waits}) {
		t.Errorf("left: %v, want what the waiting message names: %s", left, waits)
	}
}

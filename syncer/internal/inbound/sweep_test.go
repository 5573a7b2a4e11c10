package inbound

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/faulttest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// A store or a database outside that does not answer the sweep keeps no submission waiting.
func TestMessagesDoNotWaitForTheSweep(t *testing.T) {
	for side, hang := range map[string]func(*pgtest.Database, *faulttest.Store) (asked func() bool){
		"store": func(_ *pgtest.Database, store *faulttest.Store) func() bool {
			store.Tell(faulttest.Hang)
			return func() bool { return store.Told() > 0 }
		},
		"database": func(outside *pgtest.Database, _ *faulttest.Store) func() bool {
			outside.Exec(`CREATE OR REPLACE FUNCTION inbound.pending(max_rows integer)
				RETURNS TABLE (id uuid, kind text, receipt_number text, key_id text, envelope bytea, envelope_sha256 bytea, attachments jsonb, submitted_at timestamptz)
				LANGUAGE sql SECURITY DEFINER AS $f$ SELECT m.* FROM pg_sleep(3600), inbound.pending(max_rows, '{}') AS m $f$`)
			return func() (waits bool) {
				err := outside.Pool.QueryRow(context.Background(), `SELECT EXISTS (SELECT FROM pg_stat_activity
					WHERE datname = current_database() AND application_name LIKE '%sweep')`).Scan(&waits)
				return err == nil && waits
			}
		},
	} {
		t.Run(side, func(t *testing.T) {
			t.Parallel()
			outside, inside := pgtest.External(t), pgtest.Internal(t)
			config := blobtest.Config(t, "inbound")
			store := faulttest.NewStore(t, config.Endpoint)
			config.Endpoint = store.Address()
			bucket, err := blob.Open(config)
			if err != nil {
				t.Fatal(err)
			}
			asked := hang(outside, store)
			events := make(chan string, 100)
			f := &Fetcher{
				OutsideDSN: outside.As("syncer_fetcher"), InsideDSN: inside.As("fetcher"), OutsideStore: bucket, Poll: time.Second,
				InsideStore: blobtest.Bucket(t, "quarantine"), OnMessage: func(outcome string) { events <- outcome }, Log: slog.New(toldTo(events)),
			}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- f.Run(ctx) }()
			awaittest.Until(t, "the sweep", asked)
			outside.Exec(`INSERT INTO inbound.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256)
			         VALUES ('` + uuid.NewString() + `', 'application', 'R-0000-0000-0000', '0123456789abcdef', repeat('x', 5000)::bytea, sha256(repeat('x', 5000)::bytea))`)
			if first := awaittest.Receive(t, "the message", events); first != "new" {
				t.Errorf("before the message: %s", first)
			}
			cancel()
			_ = awaittest.Receive(t, "the fetcher's end", ended)
		})
	}
}

// toldTo passes warnings on.
type toldTo chan string

func (toldTo) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }
func (to toldTo) Handle(_ context.Context, r slog.Record) error {
	to <- r.Message
	return nil
}
func (to toldTo) WithAttrs([]slog.Attr) slog.Handler { return to }
func (to toldTo) WithGroup(string) slog.Handler      { return to }

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
	s := &sweeper{store: bucket, log: slog.New(slog.DiscardHandler), now: func() time.Time { return now }}
	keys := func() (found []string) {
		if err := bucket.Keys(t.Context(), "", func(o blob.Info) error { found = append(found, o.Key); return nil }); err != nil {
			t.Fatal(err)
		}
		return found
	}

	now = now.Add(orphanAge - time.Hour)
	s.sweepOutside(t.Context(), outside)
	if n := len(keys()); n != 2 {
		t.Fatalf("%d objects left; a draft may still name both", n)
	}
	now = now.Add(2 * time.Hour)
	s.sweepOutside(t.Context(), outside)
	if left := keys(); !slices.Equal(left, []string{waits}) {
		t.Errorf("left: %v, want what the waiting message names: %s", left, waits)
	}
}

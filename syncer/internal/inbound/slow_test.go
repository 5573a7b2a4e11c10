package inbound

import (
	"context"
	"log/slog"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/awaittest"
	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/faulttest"
)

// On a line on which a whole look never comes in time, messages come in smaller portions.
func TestMessagesComeOverASlowLine(t *testing.T) {
	outside, inside := pgtest.External(t), pgtest.Internal(t)
	u, err := url.Parse(outside.As("syncer_fetcher"))
	if err != nil {
		t.Fatal(err)
	}
	line := faulttest.NewProxy(t, u.Host)
	u.Host = line.Address()
	outcomes := make(chan string, 100)
	f := &Fetcher{
		OutsideDSN: u.String(), InsideDSN: inside.As("fetcher"), OutsideStore: blobtest.Bucket(t, "inbound"), InsideStore: blobtest.Bucket(t, "quarantine"),
		Poll: time.Second, OnMessage: func(outcome string) { outcomes <- outcome }, Log: slog.New(slog.DiscardHandler), look: 2 * time.Second,
	}
	for n := range perLook { // 100 KB each, twice that on the wire
		outside.Exec(`INSERT INTO inbound.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256)
			SELECT $1, 'application', 'R-0000-0000-' || $2::text, '0123456789abcdef', e, sha256(e) FROM convert_to(repeat('x', 100000), 'UTF8') AS e`, uuid.NewString(), strconv.Itoa(1000+n))
	}
	line.Set(faulttest.Fault{Rate: 600_000}) // all of them take five seconds
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	for range perLook {
		if outcome := awaittest.Receive(t, "a message over a slow line", outcomes); outcome != "new" {
			t.Errorf("a message is %s", outcome)
		}
	}
	cancel()
	_ = awaittest.Receive(t, "the fetcher's end", ended)
}

package inbound

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/awaittest"
	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
)

// Whoever rules the outside may make its functions answer anything. The fetcher ends with one line, soon, takes
// little memory, and nothing reaches the inside.
func TestHostileOutside(t *testing.T) {
	const endless, never = ` FROM generate_series(1, 100000000)`, ` FROM pg_sleep(3600)`
	const good = `'R-0000-0000-0000'::text, '0123456789abcdef'::text`
	row := func(envelope, files string) string {
		return `SELECT gen_random_uuid(), 'application'::text, ` + good + `, ` + envelope + `, sha256(` + envelope + `), ` + files + `::jsonb, now()`
	}
	for name, c := range map[string]struct{ answer, want string }{
		"more rows than asked for": {row(`'x'::bytea`, `'[]'`) + ` FROM generate_series(1, 100)`, "more rows"},
		"endless rows":             {row(`'x'::bytea`, `'[]'`) + endless, "inbound, outside"},
		"an id that is none":       {`SELECT '00000000-0000-0000-0000-000000000000'::uuid, NULL::text, ` + good + `, 'x'::bytea, sha256('x'), '[]'::jsonb, now()`, "inbound, outside"},
		"no time":                  {strings.Replace(row(`'x'::bytea`, `'[]'`), "now()", "'infinity'::timestamptz", 1), "inbound, outside"},
		"no answer":                {row(`'x'::bytea`, `'[]'`) + never, "inbound, outside"},
		"an error full of data":    {row(`'x'::bytea`, `'[]'`) + ` WHERE (SELECT repeat('canary ', 100000))::int = 1`, "22P02"},
	} {
		t.Run(name, func(t *testing.T) {
			f := hostileFetcher(t, c.answer)
			patience := awaittest.Guard
			if strings.Contains(c.answer, endless) || strings.Contains(c.answer, never) {
				patience = 3 * time.Second // the caller's, which is what ends these
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			err := f.CatchUp(ctx)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if text := err.Error(); len(text) > 1000 || strings.Contains(text, "canary") {
				t.Errorf("an error of %d bytes: %.200s", len(text), text)
			}
		})
	}
}

// hostileFetcher meets an outside whose inbound.pending answers with this query.
func hostileFetcher(t *testing.T, answer string) *Fetcher {
	t.Helper()
	outside, inside := pgtest.External(t), pgtest.Internal(t)
	outside.Exec(`CREATE OR REPLACE FUNCTION inbound.pending(max_rows integer, except_ids uuid[])
		RETURNS TABLE (id uuid, kind text, receipt_number text, key_id text, envelope bytea, envelope_sha256 bytea, attachments jsonb, submitted_at timestamptz)
		LANGUAGE sql SECURITY DEFINER AS $f$ ` + answer + ` $f$`)
	return &Fetcher{
		OutsideDSN: outside.As("syncer_fetcher"), InsideDSN: inside.As("fetcher"),
		OutsideStore: blobtest.Bucket(t, "inbound"), InsideStore: blobtest.Bucket(t, "quarantine"), Log: slog.New(slog.DiscardHandler),
	}
}

// What a message says of its attachments is checked before any of them is touched.
func TestAttachmentsAreChecked(t *testing.T) {
	id := uuid.NewString()
	file := func(key string, size int64) string {
		return fmt.Sprintf(`{"key":%q,"size":%d,"sha256":%q}`, key, size, strings.Repeat("0", 64))
	}
	many := strings.Repeat(file(id+"/x", 1)+",", maxAttachments)
	for list, want := range map[string]string{
		`[` + file(id+"/a", 1) + `]`:                                                             "",
		`[` + many + file(id+"/a", 1) + `]`:                                                      "are allowed",
		`[` + file(id+"/a", 1) + `,` + file(id+"/a", 1) + `]`:                                    "twice",
		`[` + file(id+"/a", maxAttachment+1) + `]`:                                               "are allowed",
		`[` + file(id+"/a", -1) + `]`:                                                            "are allowed",
		`[` + strings.TrimSuffix(strings.Repeat(file(id+"/%", maxAttachment)+",", 5), ",") + `]`: "together",
		`[` + file("other/a", 1) + `]`:                                                           "does not belong",
		`[` + file(id+"/../a", 1) + `]`:                                                          "does not belong",
		`{`:                                                                                      "cannot be read",
		`[` + strings.Repeat(" ", maxManifest) + `]`:                                             "too long",
	} {
		for n := range 5 {
			list = strings.Replace(list, "/%", fmt.Sprintf("/%d", n), 1)
		}
		m := message{ID: id, Envelope: []byte("x"), Attachments: list}
		m.SHA256 = sumOf(m.Envelope)
		err := m.checkMessage()
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: got %v, want %q", list, err, want)
		}
	}
}

func sumOf(b []byte) []byte { s := sha256.Sum256(b); return s[:] }

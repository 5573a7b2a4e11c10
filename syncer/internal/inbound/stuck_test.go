package inbound

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/awaittest"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
)

// channel is both ends of the inbound channel.
type channel struct {
	t               *testing.T
	outside, inside *pgtest.Database
	store           *blob.Bucket // outside, the true one
	fetcher         *Fetcher
	outcomes        chan string
}

// newChannel makes one whose fetcher sees the store outside through answer, which may answer by itself.
func newChannel(t *testing.T, answer func(w http.ResponseWriter, r *http.Request) bool) *channel {
	t.Helper()
	config := blobtest.Config(t, "inbound")
	store, err := blob.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	behind := config.Endpoint
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: behind})
		r.Out.Host = r.In.Host // it is signed
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !answer(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	config.Endpoint = strings.TrimPrefix(server.URL, "http://")
	bucket, err := blob.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	c := &channel{t: t, outside: pgtest.External(t), inside: pgtest.Internal(t), store: store, outcomes: make(chan string, 10_000)}
	c.fetcher = &Fetcher{
		OutsideDSN: c.outside.As("syncer_fetcher"), InsideDSN: c.inside.As("fetcher"), OutsideStore: bucket, Poll: 100 * time.Millisecond,
		InsideStore: blobtest.Bucket(t, "quarantine"), OnMessage: func(outcome string) { c.outcomes <- outcome }, Log: slog.New(slog.DiscardHandler),
	}
	return c
}

// send puts a message with an attachment outside, or with one that is only named.
func (c *channel) send(number int, there bool) (id, key string) {
	c.t.Helper()
	id = uuid.NewString()
	key = id + "/" + uuid.NewString()
	content := []byte("sealed " + id)
	sum := sha256.Sum256(content)
	if there {
		if _, err := c.store.PutBytes(c.t.Context(), key, content, mediaType); err != nil {
			c.t.Fatal(err)
		}
	}
	c.outside.Exec(`INSERT INTO inbound.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments)
		VALUES ($1, 'application', 'R-0000-0000-' || lpad($2::text, 4, '0'), '0123456789abcdef', $3, $4, $5)`,
		id, fmt.Sprint(number), bytes.Repeat([]byte("x"), 5000), sumOf(bytes.Repeat([]byte("x"), 5000)),
		fmt.Sprintf(`[{"key":%q,"size":%d,"sha256":%q}]`, key, len(content), hex.EncodeToString(sum[:])))
	return id, key
}

func (c *channel) isInside(id string) bool {
	var n int
	err := c.inside.Pool.QueryRow(context.Background(), `SELECT count(*) FROM intake.messages WHERE id = $1`, id).Scan(&n)
	return err == nil && n == 1
}

// run lets the fetcher work until the test is done with it.
func (c *channel) run() (stop func()) {
	ctx, cancel := context.WithCancel(c.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.fetcher.Run(ctx) }()
	return func() {
		cancel()
		_ = awaittest.Receive(c.t, "the fetcher's end", ended)
	}
}

// Whatever the store answers for one object, only that object's message waits.
func TestOneObjectPutsOffOneMessage(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		},
		"500": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"503": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"403": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"no length": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
			_, _ = w.Write([]byte("x"))
		},
		"too many headers": func(w http.ResponseWriter, _ *http.Request) {
			for n := range 3000 {
				w.Header().Set(fmt.Sprintf("X-Header-%d", n), strings.Repeat("x", 1000))
			}
		},
		"broken off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "43")
			w.Header().Set("ETag", `"0123456789abcdef0123456789abcdef"`)
			w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
			_, _ = w.Write([]byte("x"))
			panic(http.ErrAbortHandler)
		},
		"garbage": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			_, _ = w.Write(bytes.Repeat([]byte("<Error><"), 1<<16))
		},
	} {
		t.Run(name, func(t *testing.T) {
			var bad atomic.Value
			bad.Store("none")
			c := newChannel(t, func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, bad.Load().(string)) {
					return false
				}
				answer(w, r)
				return true
			})
			stuck, key := c.send(1, true)
			bad.Store(key)
			good, _ := c.send(2, true)
			defer c.run()()
			awaittest.Until(t, "the other message is inside", func() bool { return c.isInside(good) })
			if c.isInside(stuck) {
				t.Error("a message is inside without its attachment")
			}
			bad.Store("none")
			awaittest.Until(t, "the store gives the object, and its message comes", func() bool { return c.isInside(stuck) })
		})
	}
}

// A store that answers for nothing is away: messages wait, and nobody is told that theirs are damaged.
func TestStoreThatIsAwayDamagesNothing(t *testing.T) {
	var away atomic.Bool
	away.Store(true)
	var asked atomic.Int64
	c := newChannel(t, func(w http.ResponseWriter, _ *http.Request) bool {
		if away.Load() {
			asked.Add(1)
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return away.Load()
	})
	id, _ := c.send(1, true)
	defer c.run()()
	awaittest.Until(t, "the store was asked often", func() bool { return asked.Load() > 20 })
	away.Store(false)
	awaittest.Until(t, "the message is inside", func() bool { return c.isInside(id) })
	if first := <-c.outcomes; first != "new" {
		t.Errorf("before it: %s", first)
	}
}

// Messages that cannot be brought are tried once each before those behind them, and again only when nothing else waits.
func TestDamagedMessagesDelayNoOther(t *testing.T) {
	var asked atomic.Int64
	c := newChannel(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet && !r.URL.Query().Has("list-type") {
			asked.Add(1)
		}
		return false
	})
	const damagedOnes = 200
	for n := range damagedOnes {
		c.send(n, false)
	}
	good, _ := c.send(damagedOnes, true)
	defer c.run()()
	awaittest.Until(t, "the sound message is inside", func() bool { return c.isInside(good) })
	if n := asked.Load(); n > damagedOnes+20 {
		t.Errorf("the store was asked %d times before it", n)
	}
}

// An outside that says that it erased a message and goes on offering it makes nobody carry it over and over.
func TestAcknowledgementThatLies(t *testing.T) {
	for name, body := range map[string]string{"lies": "SELECT true", "fails": "SELECT 1/0 = 1"} {
		t.Run(name, func(t *testing.T) {
			c := newChannel(t, func(http.ResponseWriter, *http.Request) bool { return false })
			c.outside.Exec(`CREATE OR REPLACE FUNCTION inbound.acknowledge(id uuid, envelope_sha256 bytea) RETURNS boolean LANGUAGE sql SECURITY DEFINER AS '` + body + `'`)
			kept, _ := c.send(1, true)
			stop := c.run()
			awaittest.Until(t, "the message is inside", func() bool { return c.isInside(kept) })
			for n := range 5 {
				id, _ := c.send(2+n, true)
				awaittest.Until(t, "another message is inside", func() bool { return c.isInside(id) })
			}
			stop()
			var times int
			if err := c.inside.Pool.QueryRow(t.Context(), `SELECT times_seen FROM intake.messages WHERE id = $1`, kept).Scan(&times); err != nil || times > 2 {
				t.Errorf("the message was handed over %d times, %v", times, err)
			}
		})
	}
}

// The second message under an id may be the honest one. Its attachments come in beside those of the first, which stay as they are.
func TestAttachmentsOfAConflictComeIn(t *testing.T) {
	c := newChannel(t, func(http.ResponseWriter, *http.Request) bool { return false })
	id, key := c.send(1, true)
	if err := c.fetcher.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := id + "/" + uuid.NewString()
	files := ""
	for _, k := range []string{key, other} {
		sum, err := c.store.PutBytes(t.Context(), k, []byte("of the second message"), mediaType)
		if err != nil {
			t.Fatal(err)
		}
		files += fmt.Sprintf(`,{"key":%q,"size":21,"sha256":%q}`, k, sum)
	}
	envelope := bytes.Repeat([]byte("y"), 5000)
	c.outside.Exec(`INSERT INTO inbound.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments)
		VALUES ($1, 'application', 'R-0000-0000-0001', '0123456789abcdef', $2, $3, $4)`, id, envelope, sumOf(envelope), "["+files[1:]+"]")
	if err := c.fetcher.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for k, want := range map[string]string{key: "sealed " + id, other: "of the second message"} {
		if got, err := c.fetcher.InsideStore.ReadAll(t.Context(), k, "", 1000); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v", k, got, err)
		}
	}
}

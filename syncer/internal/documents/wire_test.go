package documents_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"portal.example/shared/awaittest"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/documents"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// both are the two sides with a store and a database each, joined by socket pairs. The rows are put on both
// sides by the test, as the stream would.
type both struct {
	t              *testing.T
	source, target *pgtest.Database
	from, to       *blob.Bucket
	offers         *documents.Offers
	keeper         *documents.Keeper
	touched        chan struct{}
	list           *whitelist.List
}

const rows = `CREATE SCHEMA docs; CREATE TABLE docs.files (key text PRIMARY KEY, sha bytea, shown boolean NOT NULL DEFAULT true)`

func newBoth(t *testing.T) *both {
	t.Helper()
	b := &both{t: t, source: pgtest.Source(t), target: pgtest.EmptyApart(t), from: blobtest.Bucket(t, "from"), to: blobtest.Bucket(t, "to"), touched: make(chan struct{}, 1)}
	b.source.Exec(rows)
	b.target.Exec(rows)
	b.target.Exec(replica.SchemaSQL)
	list, err := whitelist.Parse("list", []byte("version: 1\ntables:\n  - {table: docs.files, columns: [key, sha, shown], where: shown}\ndocuments:\n  - {table: docs.files, key: key, sha256: sha}\n"))
	if err != nil {
		t.Fatal(err)
	}
	b.list = list
	read := func() (*whitelist.List, error) { return list, nil }
	b.offers = &documents.Offers{DSN: b.source.DSN, List: read, Store: b.from, Log: slog.New(slog.DiscardHandler)}
	b.keeper = &documents.Keeper{
		TargetDSN: b.target.DSN, List: read, Store: b.to, Workers: 3, Touched: b.touched, Log: slog.New(slog.DiscardHandler),
		Dial: b.dial(t.Context(), func(ctx context.Context, conn net.Conn, have wire.Have) { _ = b.offers.Serve(ctx, conn, have) }),
	}
	return b
}

// dial joins the keeper to whatever serves.
func (b *both) dial(ctx context.Context, serve func(context.Context, net.Conn, wire.Have)) func(context.Context) (net.Conn, error) {
	return func(context.Context) (net.Conn, error) {
		near, far, err := wire.Pair()
		if err != nil {
			return nil, err
		}
		go func() {
			defer func() { _ = far.Close() }()
			defer context.AfterFunc(ctx, func() { _ = far.Close() })()
			frame, err := wire.ReadFrame(far, wire.MaxHave)
			if have, ok := frame.(wire.Have); err == nil && ok {
				serve(ctx, far, have)
			}
		}()
		return near, nil
	}
}

func sum(data []byte) []byte { s := sha256.Sum256(data); return s[:] }

// add stores an object inside and rows that name it, on the sides that are asked for.
func (b *both) add(key string, data []byte, shown bool, sides ...*pgtest.Database) {
	b.t.Helper()
	if _, err := b.from.PutBytes(b.t.Context(), key, data, "text/plain"); err != nil {
		b.t.Fatal(err)
	}
	for _, db := range sides {
		db.Exec(`INSERT INTO docs.files VALUES ($1, $2, $3) ON CONFLICT (key) DO UPDATE SET sha = EXCLUDED.sha`, key, sum(data), shown)
	}
}

func (b *both) catchUp() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), awaittest.Guard)
	defer cancel()
	if err := b.keeper.CatchUp(ctx); err != nil {
		b.t.Fatal(err)
	}
}

func (b *both) state(key string) (state, problem string) {
	b.t.Helper()
	err := b.target.Pool.QueryRow(b.t.Context(), `SELECT state, coalesce(error, '') FROM sync.objects WHERE key = $1 UNION ALL SELECT 'none', '' LIMIT 1`, key).Scan(&state, &problem)
	if err != nil {
		b.t.Fatal(err)
	}
	return state, problem
}

func (b *both) expect(key, state, problem string) {
	b.t.Helper()
	is, why := b.state(key)
	if is != state || !strings.Contains(why, problem) {
		b.t.Errorf("%s is %s (%s), want %s (%s)", key, is, why, state, problem)
	}
	_, err := b.to.Stat(b.t.Context(), key)
	if there := err == nil; there != (state == "ready") {
		b.t.Errorf("%s is %s and stored: %t (%v)", key, is, there, err)
	}
}

func TestObjectsOfEverySize(t *testing.T) {
	b := newBoth(t)
	sizes := []int{0, 1, 128<<10 - 1, 128 << 10, 128<<10 + 1, 3 << 20, 9 << 20}
	for _, size := range sizes {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(rand.Uint32())
		}
		b.add(fmt.Sprintf("files/%d", size), data, true, b.source, b.target)
	}
	for n := range 700 { // more than are in flight at a time
		b.add(fmt.Sprintf("many/%d", n), fmt.Appendf(nil, "small %d", n), true, b.source, b.target)
	}
	b.catchUp()
	for _, size := range sizes {
		b.expect(fmt.Sprintf("files/%d", size), "ready", "")
	}
	for n := range 700 {
		if data, err := b.to.ReadAll(t.Context(), fmt.Sprintf("many/%d", n), "", 100); err != nil || string(data) != fmt.Sprintf("small %d", n) {
			t.Fatalf("object %d: %q %v", n, data, err)
		}
	}
	b.source.Exec(`DELETE FROM docs.files`)
	b.target.Exec(`DELETE FROM docs.files WHERE key LIKE 'files/%'`)
	b.catchUp()
	for _, size := range sizes {
		b.expect(fmt.Sprintf("files/%d", size), "none", "")
	}
}

// What is wrong with one object is said of it, and holds up no other.
func TestWhatIsWrongWithAnObject(t *testing.T) {
	b := newBoth(t)
	b.add("good", []byte("good"), true, b.source, b.target)
	b.add("missing", []byte("missing"), true, b.source, b.target)
	if err := b.from.Remove(t.Context(), "missing"); err != nil {
		t.Fatal(err)
	}
	b.add("lying", []byte("announced"), true, b.source, b.target)
	if _, err := b.from.PutBytes(t.Context(), "lying", []byte("otherwise"), ""); err != nil {
		t.Fatal(err)
	}
	b.add("longer", []byte("announced"), true, b.source, b.target)
	if _, err := b.from.PutBytes(t.Context(), "longer", make([]byte, 12<<20), ""); err != nil {
		t.Fatal(err)
	}
	b.add("withdrawn", []byte("withdrawn"), false, b.source)
	b.target.Exec(`INSERT INTO docs.files VALUES ('withdrawn', $1)`, sum([]byte("withdrawn")))
	b.add("elsewhere", []byte("elsewhere"), true, b.target)
	b.catchUp()
	b.expect("good", "ready", "")
	b.expect("missing", "failed", "no such object")
	b.expect("lying", "failed", "differ")
	b.expect("longer", "failed", "differ")
	b.expect("withdrawn", "failed", "no row inside names it")
	b.expect("elsewhere", "failed", "no row inside names it")
}

// A store that says it took an object and has it not, or has another, is not believed.
func TestTargetStoreIsNotBelieved(t *testing.T) {
	b := newBoth(t)
	b.add("k", []byte("announced"), true, b.source, b.target)
	if _, err := b.to.PutBytes(t.Context(), "k", []byte("left over"), ""); err != nil {
		t.Fatal(err)
	}
	b.catchUp()
	b.expect("k", "ready", "")
	if data, err := b.to.ReadAll(t.Context(), "k", "", 100); err != nil || string(data) != "announced" {
		t.Errorf("what was left over stayed: %q %v", data, err)
	}
}

// A reader in wrong hands can make nothing ready, store nothing that was not asked for, and take no memory.
func TestHostileReader(t *testing.T) {
	offer := func(number uint32, key string, data []byte, size int64) []byte {
		return wire.AppendOffer(nil, wire.Offer{Number: number, Key: key, SHA256: hex.EncodeToString(sum(data)), Size: size})
	}
	end := wire.AppendPieceEnd(nil, wire.PieceEnd{Count: 5})
	join := func(all ...[]byte) []byte { return bytes.Join(all, nil) }
	honest := join(offer(1, "k", []byte("bytes"), -1), wire.AppendDone(nil))
	for what, c := range map[string]struct{ control, lane []byte }{
		"other bytes":              {honest, join(offer(1, "k", []byte("bytes"), 5), wire.AppendData(nil, []byte("wrong")), end)},
		"fewer bytes":              {honest, join(offer(1, "k", []byte("bytes"), 5), wire.AppendData(nil, []byte("byt")), end)},
		"more bytes":               {honest, join(offer(1, "k", []byte("bytes"), 5), wire.AppendData(nil, []byte("bytes and more")), end)},
		"a petabyte":               {honest, join(offer(1, "k", []byte("bytes"), 1<<50), wire.AppendData(nil, []byte("bytes")), end)},
		"no size":                  {honest, join(offer(1, "k", []byte("bytes"), -1), wire.AppendData(nil, []byte("bytes")), end)},
		"a negative size":          {honest, join(offer(1, "k", []byte("bytes"), -1<<60), end)},
		"another object":           {honest, join(offer(1, "sync", []byte("bytes"), 5), wire.AppendData(nil, []byte("bytes")), end)},
		"another hash":             {honest, join(offer(1, "k", []byte("other"), 5), wire.AppendData(nil, []byte("other")), end)},
		"a number nobody wanted":   {honest, join(offer(9, "k", []byte("bytes"), 5), wire.AppendData(nil, []byte("bytes")), end)},
		"rows on a lane":           {honest, wire.AppendProgress(nil, wire.Progress{LSN: 1})},
		"a frame of 4 GB":          {honest, []byte{'d', 0xff, 0xff, 0xff, 0xff}},
		"offers nobody can read":   {[]byte{'o', 0, 0, 0, 4, 1, 2, 3, 4}, nil},
		"bytes among offers":       {wire.AppendData(nil, []byte("bytes")), nil},
		"the number of the asking": {join(offer(0, "k", []byte("bytes"), -1), wire.AppendDone(nil)), nil},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			b := newBoth(t)
			b.add("k", []byte("bytes"), true, b.target)
			b.keeper.Dial = b.dial(t.Context(), func(_ context.Context, conn net.Conn, have wire.Have) {
				_, _ = conn.Write(wire.AppendHello(nil, wire.Hello{Session: "s", Digest: b.list.WholeDigest()}))
				if have.Session == "" {
					_, _ = wire.ReadFrame(conn, wire.MaxAck) // the asking
					_, _ = conn.Write(c.control)
				} else if c.lane != nil {
					_, _ = conn.Write(c.lane)
				}
				_, _ = io.Copy(io.Discard, conn)
			})
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			_ = b.keeper.CatchUp(ctx) // an error, or a failure that is recorded
			if state, _ := b.state("k"); state == "ready" {
				t.Error("it is ready")
			}
			if err := b.to.Keys(t.Context(), "", func(i blob.Info) error { return fmt.Errorf("stored %s", i.Key) }); err != nil {
				t.Error(err)
			}
		})
	}
}

// A writer in wrong hands gets what listed rows name and nothing else, and its garbage ends only its connection.
func TestHostileWriter(t *testing.T) {
	b := newBoth(t)
	b.add("listed", []byte("listed"), true, b.source)
	b.add("hidden", []byte("hidden"), false, b.source)
	var ended atomic.Int32
	dial := b.dial(t.Context(), func(ctx context.Context, conn net.Conn, have wire.Have) {
		_ = b.offers.Serve(ctx, conn, have)
		ended.Add(1)
	})
	open := func(have wire.Have, after ...[]byte) ([]any, error) {
		conn, err := dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		_ = conn.SetDeadline(time.Now().Add(awaittest.Guard))
		have.Purpose = wire.PurposeObjects
		_, _ = conn.Write(wire.AppendHave(nil, have))
		_, _ = conn.Write(bytes.Join(after, nil))
		in := wire.NewReader(conn, 1<<20)
		var frames []any
		for {
			frame, err := in.Next()
			if err != nil {
				return frames, err
			}
			frames = append(frames, frame)
			if _, done := frame.(wire.Done); done {
				return frames, nil
			}
		}
	}
	ack := func(n wire.LSN, want bool) []byte { return wire.AppendAck(nil, wire.Ack{LSN: n, Want: want}) }
	frames, err := open(wire.Have{}, ack(0, true), ack(1, false))
	if err != nil || len(frames) != 3 || frames[1].(wire.Offer).Key != "listed" {
		t.Fatalf("%d frames, %v: what is listed is offered, and nothing else", len(frames), err)
	}
	for what, after := range map[string][]byte{
		"garbage":                []byte("GET / HTTP/1.1\r\n\r\n"),
		"a frame of 4 GB":        {'A', 0xff, 0xff, 0xff, 0xff},
		"a Have again":           wire.AppendHave(nil, wire.Have{}),
		"an answer to nothing":   ack(7, true),
		"an answer to another":   bytes.Join([][]byte{ack(0, true), ack(2, true)}, nil),
		"the same answer for it": bytes.Join([][]byte{ack(0, true), ack(1<<32+1, true)}, nil),
	} {
		if _, err := open(wire.Have{}, after); err == nil {
			t.Errorf("%s: the round came to its end", what)
		}
	}
	if _, err := open(wire.Have{Session: "guess"}); err == nil {
		t.Error("a lane of a session that nobody has")
	}
	awaittest.Until(t, "all 8 connections end", func() bool { return ended.Load() == 8 }, func() string { return fmt.Sprintf("%d ended", ended.Load()) })
	if _, err := b.to.Stat(t.Context(), "hidden"); !fault.Is(err, fault.NotFound) {
		t.Error("the hidden object left")
	}
}

// While a large object is on its way the small ones behind it arrive.
func TestLargeObjectsHoldUpNobody(t *testing.T) {
	b := newBoth(t)
	b.add("a-large", bytes.Repeat([]byte("large"), 1<<20), true, b.source, b.target)
	for n := range 20 {
		b.add(fmt.Sprintf("b-small/%d", n), fmt.Appendf(nil, "%d", n), true, b.source, b.target)
	}
	hold := make(chan struct{})
	var held atomic.Bool
	serve := func(ctx context.Context, conn net.Conn, have wire.Have) {
		_ = b.offers.Serve(ctx, &slowLarge{Conn: conn, hold: hold, held: &held}, have)
	}
	b.keeper.Dial = b.dial(t.Context(), serve)
	done := make(chan error, 1)
	go func() { done <- b.keeper.CatchUp(t.Context()) }()
	ready := 0
	awaittest.Until(t, "the 20 small objects are ready", func() bool {
		if err := b.target.Pool.QueryRow(t.Context(), `SELECT count(*) FROM sync.objects WHERE state = 'ready'`).Scan(&ready); err != nil {
			t.Fatal(err)
		}
		return ready == 20
	}, func() string { return fmt.Sprintf("%d are; the large one is held: %t", ready, held.Load()) })
	if state, _ := b.state("a-large"); state == "ready" || !held.Load() {
		t.Errorf("the large object is %s, held: %t", state, held.Load())
	}
	close(hold)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	b.expect("a-large", "ready", "")
}

// slowLarge keeps the second large frame of a connection back until it may go on.
type slowLarge struct {
	net.Conn

	hold chan struct{}
	held *atomic.Bool
	n    int
}

func (s *slowLarge) Write(p []byte) (int, error) {
	if len(p) > 100_000 {
		if s.n++; s.n == 2 {
			s.held.Store(true)
			<-s.hold
		}
	}
	return s.Conn.Write(p)
}

// A reader of an older version tells the digest of its tables alone, and is taken.
func TestReaderOfAnOlderVersion(t *testing.T) {
	b := newBoth(t)
	var digest atomic.Value
	digest.Store(b.list.Digest())
	b.keeper.Dial = b.dial(t.Context(), func(ctx context.Context, conn net.Conn, _ wire.Have) {
		if _, err := conn.Write(wire.AppendHello(nil, wire.Hello{Session: "s", Digest: digest.Load().(string)})); err == nil {
			<-ctx.Done()
		}
	})
	b.catchUp()
	digest.Store("of another list")
	if err := b.keeper.CatchUp(t.Context()); fault.ExitCode(err) != fault.ExitUnsafe {
		t.Errorf("got %v", err)
	}
}

// Two units whose files differ in the documents section alone do not pass as being of one file.
func TestBothSidesHaveOneListOfDocuments(t *testing.T) {
	const tables = "version: 1\ntables:\n  - {table: docs.files, columns: [key, sha, shown], where: shown}\n  - {table: docs.more, columns: [key, sha, shown]}\n"
	const files, more = "  - {table: docs.files, key: key, sha256: sha}\n", "  - {table: docs.more, key: key, sha256: sha}\n"
	for name, c := range map[string]struct {
		reader string
		same   bool
	}{
		"same":         {"documents:\n" + files, true},
		"one more":     {"documents:\n" + files + more, false},
		"other table":  {"documents:\n" + more, false},
		"no documents": {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoth(t)
			for _, db := range []*pgtest.Database{b.source, b.target} {
				db.Exec(`CREATE TABLE docs.more (LIKE docs.files INCLUDING ALL)`)
			}
			list := func(documents string) func() (*whitelist.List, error) {
				return func() (*whitelist.List, error) { return whitelist.Parse("list", []byte(tables+documents)) }
			}
			b.offers.List, b.keeper.List = list(c.reader), list("documents:\n"+files)
			err := b.keeper.CatchUp(t.Context())
			if c.same && err != nil || !c.same && (fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "same file")) {
				t.Errorf("got %v", err)
			}
		})
	}
}

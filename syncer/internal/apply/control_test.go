package apply_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"portal.example/shared/awaittest"
	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

// control changes a wish and tells the writer.
func (f *feed) control(sql string, args ...any) {
	f.tb.Helper()
	f.db.Exec(sql, args...)
	f.db.Exec(`NOTIFY sync_control`)
}

func (f *feed) one(sql string, args ...any) (got string) {
	f.tb.Helper()
	if err := f.db.Pool.QueryRow(f.tb.Context(), sql, args...).Scan(&got); err != nil {
		f.tb.Fatal(err)
	}
	return got
}

// wantNames compares what the table items holds.
func (f *feed) wantNames(when string, want ...string) {
	f.tb.Helper()
	if got := f.column(names); !slices.Equal(got, want) {
		f.tb.Errorf("%s: holds %v instead of %v", when, got, want)
	}
}

// TestPause: nothing is applied while the operator has paused, and everything afterwards.
func TestPause(t *testing.T) {
	f := newFeed(t, items, itemsRel)
	var mu sync.Mutex
	var states []string
	f.o.OnState = func(state, why string) {
		mu.Lock()
		defer mu.Unlock()
		states = append(states, state+" "+why)
	}
	f.start()
	f.tx(ins(0, "1,before,"))
	f.wait()
	f.control(`UPDATE sync.progress SET paused = true, paused_by = 'olha'`)
	f.until("paused", func() bool { return f.one(`SELECT state FROM sync.progress`) == "paused" })
	f.tx(ins(0, "2,paused,"))
	f.send()
	f.until("the frames", func() bool { return f.writer.Waits() > 0 })
	before := f.seen
	f.control(`UPDATE sync.progress SET skip_lsn = skip_lsn`) // the writer has looked once more when the fence below is held
	id := f.fence(false)
	f.until("held", func() bool { return f.one(`SELECT state FROM sync.fences WHERE id = $1::text::uuid`, id) == "held" })
	f.wantNames("paused", "1 before")
	if at := f.applied(); at != before {
		t.Errorf("moved to %s while paused", at)
	}
	f.control(`UPDATE sync.fences SET state = 'expired'`)
	f.control(`UPDATE sync.progress SET paused = false`)
	f.wait()
	f.wantNames("resumed", "1 before", "2 paused")
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(states, []string{"paused olha", "streaming "}) {
		t.Errorf("told %q", states)
	}
}

// TestSkip: the transaction that the operator names is left out, whatever it came as, and no other; the wish is gone
// with it.
func TestSkip(t *testing.T) {
	for _, how := range []string{"plain", "chunks", "spooled", "large"} {
		t.Run(how, func(t *testing.T) {
			f := newFeed(t, items, itemsRel)
			f.o.SpoolOnly = how == "spooled"
			var skipped []apply.Skipped
			f.o.OnApplied = func(a apply.Applied) { skipped = append(skipped, a.Skipped...) }
			f.start()
			f.tx(ins(0, "1,before,"))
			var bad wire.LSN
			n := 2
			switch how {
			case "plain":
				bad = f.tx(ins(0, "2,bad,"), ins(0, "3,bad,"))
			case "large":
				n = 100 // more than the queue holds, so that it is taken in pieces
				bad = f.begin()
				for i := range n {
					f.changes(ins(0, strconv.Itoa(100+i)+",bad,"+big))
				}
				f.commit(0)
			default:
				f.chunk(5000, 5000, ins(0, "2,bad,"), ins(0, "3,bad,"))
				bad = f.streamCommit(5000, 0)
			}
			f.tx(ins(0, "4,after,"))
			frames := f.b
			f.b = nil
			f.db.Exec(`UPDATE sync.progress SET skip_lsn = $1::text::pg_lsn`, bad.String())
			f.control(`UPDATE sync.progress SET paused = true`)
			f.until("paused", func() bool { return f.one(`SELECT state FROM sync.progress`) == "paused" })
			f.control(`UPDATE sync.progress SET paused = false`)
			f.b = frames
			f.wait()
			f.wantNames("skipped", "1 before", "4 after")
			if got := f.one(`SELECT coalesce(skip_lsn::text, 'none') FROM sync.progress`); got != "none" {
				t.Errorf("still skips %s", got)
			}
			if err := f.stop(); err != nil {
				t.Fatal(err)
			}
			if len(skipped) != 1 || skipped[0].LSN != bad || skipped[0].Changes != n && how != "spooled" {
				t.Errorf("told of %+v, wanted %d changes of %s", skipped, n, bad)
			}
		})
	}
}

// fence asks for one and returns its ID.
func (f *feed) fence(hold bool) (id string) {
	f.tb.Helper()
	id = f.one(`INSERT INTO sync.fences (id, slot, hold) VALUES (gen_random_uuid(), 's', $1) RETURNING id::text`, hold)
	f.db.Exec(`NOTIFY sync_control`)
	return id
}

// TestFence shows the target exactly as the source's snapshot is, while the stream goes on.
func TestFence(t *testing.T) {
	f := newFeed(t, items, itemsRel)
	f.start()
	f.tx(ins(0, "1,before,"))
	f.wait()
	id := f.fence(false)
	state := func() string { return f.one(`SELECT state FROM sync.fences WHERE id = $1::text::uuid`, id) }
	f.until("held", func() bool { return state() == "held" })
	if got := f.one(`SELECT held_lsn::text FROM sync.fences`); got != f.at.String() {
		t.Errorf("held at %s instead of %s", got, f.at)
	}
	f.tx(ins(0, "2,seen,"))
	f.tx(ins(0, "3,seen,"))
	end, last := f.at, f.xid
	f.tx(ins(0, "4,later,"))
	f.control(`UPDATE sync.fences SET state = 'set', snapshot = $1, lsn = $2::text::pg_lsn`,
		strconv.Itoa(int(last)+1)+":"+strconv.Itoa(int(last)+1)+":", (end + 5).String())
	f.wait()
	f.until("ready", func() bool { return state() == "ready" })
	tx, err := f.db.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	exported := f.one(`SELECT exported FROM sync.fences`)
	if _, err := tx.Exec(t.Context(), `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT '`+exported+`'`); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := tx.QueryRow(t.Context(), `SELECT string_agg(id::text, ' ' ORDER BY id) FROM items`).Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != "1 2 3" {
		t.Errorf("the snapshot shows %s", got)
	}
	f.wantNames("the stream", "1 before", "2 seen", "3 seen", "4 later")
	f.control(`UPDATE sync.fences SET state = 'taken'`)
}

// TestFenceMissed: a snapshot that shows a transaction behind one that it does not show is no moment of the stream.
func TestFenceMissed(t *testing.T) {
	f := newFeed(t, items, itemsRel)
	f.start()
	f.tx(ins(0, "1,before,"))
	f.wait()
	id := f.fence(false)
	state := func() string { return f.one(`SELECT state FROM sync.fences WHERE id = $1::text::uuid`, id) }
	f.until("held", func() bool { return state() == "held" })
	f.tx(ins(0, "2,running,"))
	running := f.xid
	f.tx(ins(0, "3,seen,"))
	f.control(`UPDATE sync.fences SET state = 'set', snapshot = $1, lsn = $2::text::pg_lsn`,
		strconv.Itoa(int(running))+":"+strconv.Itoa(int(f.xid)+1)+":"+strconv.Itoa(int(running)), (f.at + 5).String())
	f.wait()
	f.until("missed", func() bool { return state() == "missed" })
	f.wantNames("afterwards", "1 before", "2 running", "3 seen")
}

// TestHold stands exactly where it is asked to, in a batch too, and goes on when it is released.
func TestHold(t *testing.T) {
	for _, how := range []string{"plain", "chunks"} {
		t.Run(how, func(t *testing.T) {
			f := newFeed(t, items, itemsRel)
			f.start()
			f.tx(ins(0, "1,a,"))
			f.wait()
			aim := f.at + 20
			type stand struct {
				at      wire.LSN
				release func()
				err     error
			}
			there := make(chan stand, 1)
			ctx, cancel := context.WithTimeout(t.Context(), awaittest.Guard)
			defer cancel()
			_, first, err := f.writer.HoldAt(ctx, 0) // so that the second is known before anything comes
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				at, release, err := f.writer.HoldAt(ctx, aim)
				there <- stand{at, release, err}
			}()
			f.tx(ins(0, "2,b,"))
			if how == "chunks" {
				f.chunk(5000, 5000, ins(0, "3,c,"))
				f.streamCommit(5000, 0)
			} else {
				f.tx(ins(0, "3,c,"))
			}
			f.until("asked", func() bool { return f.writer.Holds() == 2 })
			f.send()
			first()
			s := <-there
			if s.err != nil || s.at != aim {
				t.Fatalf("stands at %s (%v) instead of %s", s.at, s.err, aim)
			}
			f.wantNames("held", "1 a", "2 b")
			s.release()
			f.wait()
			f.wantNames("released", "1 a", "2 b", "3 c")
		})
	}
}

// TestVisibleTogether: what must become visible together is never seen in part.
func TestVisibleTogether(t *testing.T) {
	f := newFeed(t, items, itemsRel)
	f.start()
	f.tx(ins(0, "1,a,"))
	f.wait()
	f.begin()
	f.changes(ins(0, "2,b,"))
	f.commit(f.at + 100)
	f.tx(ins(0, "3,c,"))
	f.send()
	f.until("the frames", func() bool { return f.writer.Waits() > 0 })
	f.wantNames("before", "1 a")
	f.at += 200
	f.progress()
	f.wait()
	f.wantNames("together", "1 a", "2 b", "3 c")
}

// TestSpool: what waits for its transaction's end comes back as it was, without what was taken back, and never takes
// more room than it may.
func TestSpool(t *testing.T) {
	f := newFeed(t, items, itemsRel)
	f.o.SpoolOnly, f.o.SpoolDir, f.o.SpoolLimit = true, t.TempDir(), 4<<20
	f.start()
	for n := range 8 { // more than stays in memory
		f.chunk(5000, 5000, ins(0, strconv.Itoa(n)+",kept,"+big))
		sub := uint32(5001 + n)
		f.chunk(5000, sub, ins(0, strconv.Itoa(100+n)+",back,"+big))
		if n%2 == 1 {
			f.abort(5000, sub)
		}
	}
	f.tx(ins(0, "200,between,"))
	f.wait()
	f.wantNames("before its end", "200 between")
	f.streamCommit(5000, 0)
	f.wait()
	f.wantNames("after its end", "0 kept", "1 kept", "2 kept", "3 kept", "4 kept", "5 kept", "6 kept", "7 kept",
		"100 back", "102 back", "104 back", "106 back", "200 between")
	for n := range 30 {
		f.chunk(6000, 6000, ins(0, strconv.Itoa(300+n)+",much,"+big))
	}
	_, _ = f.near.Write(f.b)
	f.b = nil
	if err := f.why(); err == nil || !strings.Contains(err.Error(), "more than 4 MiB of spool") {
		t.Errorf("ended with %v", err)
	}
}

// A refusal in a transaction that arrives while it runs is named at its end, with the position by which it can be skipped, and
// forgotten if the part that it stands in is rolled back. The stream is not begun again for it.
func TestRefusalOfARunningTransaction(t *testing.T) {
	f := newFeed(t, items, itemsRel)
	f.o.SpoolDir, f.o.SpoolLimit = t.TempDir(), 4<<20
	var beside atomic.Bool
	f.o.OnStreams = func(open int, spooled int64) { beside.Store(open == 1 && spooled == 0) }
	f.start()
	refused := func(xid, sub uint32) {
		f.b = wire.AppendChunk(f.b, wire.Chunk{XID: xid, Sub: sub})
		f.changes(ins(0, "50,beside,"))
		f.b = wire.AppendRefusal(f.b, wire.Refusal{Table: 0, Key: "id=51", Why: "too large"})
		f.b = wire.AppendChunkEnd(f.b)
	}
	f.chunk(5000, 5000, ins(0, "1,kept,"))
	f.send()
	f.until("the transaction is applied while it runs", beside.Load)
	refused(5000, 5001)
	f.abort(5000, 5001)
	f.chunk(5000, 5000, ins(0, "2,kept,"))
	f.streamCommit(5000, 0)
	f.wait()
	f.wantNames("with what was rolled back", "1 kept", "2 kept")
	refused(6000, 6000)
	lsn := f.streamCommit(6000, 0)
	_, _ = f.near.Write(f.b)
	f.b = nil
	var poison *replica.Poison
	if err := f.why(); !errors.As(err, &poison) || poison.LSN != lsn || poison.Key != "id=51" || poison.Table != "public.items" {
		t.Errorf("ended with %v, not at %s", err, lsn)
	}
	f.wantNames("nothing of the other", "1 kept", "2 kept")
}

// A stream that has applied nothing yet stands where it began, not at the beginning of everything: two of which neither
// has would otherwise seem to be at one position.
func TestHoldBeforeAnythingIsApplied(t *testing.T) {
	for _, beside := range []string{"", "public.beside"} {
		f := newFeed(t, items+besideSQL, itemsRel)
		f.o.Beside = beside
		f.start()
		f.send()
		at, release, err := f.writer.HoldAt(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		release()
		if there, _ := f.writer.Stands(); at != f.at || there != f.at {
			t.Errorf("it stands at %s and says %s, the stream began at %s", at, there, f.at)
		}
	}
}

// TestHoldOfVisibleTogether: a hold never stands between what must become visible together.
func TestHoldOfVisibleTogether(t *testing.T) {
	f := newFeed(t, items, itemsRel)
	f.start()
	f.tx(ins(0, "1,a,"))
	f.wait()
	_, first, err := f.writer.HoldAt(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	f.begin()
	f.changes(ins(0, "2,b,"))
	f.commit(f.at + 40)
	aim := f.at
	f.tx(ins(0, "3,c,"))
	f.send()
	f.until("the frames", func() bool { return f.writer.Waits() > 0 })
	there := make(chan wire.LSN, 1)
	go func() {
		at, release, _ := f.writer.HoldAt(t.Context(), aim)
		there <- at
		release()
	}()
	f.until("asked", func() bool { return f.writer.Holds() == 2 })
	first()
	f.at += 20
	f.progress()
	f.send()
	if at := <-there; at < f.at {
		t.Errorf("stands at %s, before %s", at, f.at)
	}
	f.wantNames("together", "1 a", "2 b", "3 c")
}

// TestHoldBeforeALargeTransaction: the beginning of a transaction that may not be applied yet is not applied either.
func TestHoldBeforeALargeTransaction(t *testing.T) {
	f := newFeed(t, items, itemsRel)
	f.start()
	f.tx(ins(0, "1,a,"))
	f.wait()
	ctx, cancel := context.WithTimeout(t.Context(), awaittest.Guard)
	defer cancel()
	_, release, err := f.writer.HoldAt(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.begin()
	for n := range 40 {
		f.changes(ins(0, strconv.Itoa(100+n)+",piece,"+big))
	}
	size := len(f.b)
	f.send()
	f.until("the frames", func() bool { return f.writer.Waits()+f.writer.Taken() >= size })
	_, second, err := f.writer.HoldAt(ctx, 0)
	if err != nil {
		t.Fatalf("does not stand any more: %v", err)
	}
	second()
	release()
	f.commit(0)
	f.wait()
	if got := f.one(`SELECT count(*)::text FROM items`); got != "41" {
		t.Errorf("holds %s rows", got)
	}
}

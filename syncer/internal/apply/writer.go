// Package apply applies whole source transactions to the replica, many at a time, with their position in the same
// transaction, and acknowledges what is durable.
//
// How a batch goes through it, and the nouns of that way, are told in shared/doc/life-of-a-batch.md.
//
// It never speaks to the source; what it knows of it came in frames of package wire. It decides nothing about tables: package
// replica judges them. It may import replica, relation, locks, link, wire and pgx.
package apply

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// Options say whose writer this is and what it may use. Zero values are the usual ones.
type Options struct {
	Slot      string
	Epoch     int64
	Digest    string // of the whitelist this side obeys
	OnApplied func(Applied)
	OnState   func(state, why string) // "paused", and the state after it
	// OnBlocked hears who is in the way while what was sent waits for a lock, and "" when it no longer does.
	OnBlocked func(who string)
	OnHeard   func() // is called every second in which the reader was heard
	// OnTold is told what the reader's frames say about the source: a position its log has reached, and its clock.
	OnTold func(position wire.LSN, clock time.Time)
	// OnStreams is told how many running transactions there are, and how many bytes of them are spooled.
	OnStreams func(open int, spooled int64)
	// Allow says whether the reader may describe this table in this way: the writer's own whitelist. nil allows
	// whatever the role may write.
	Allow func(*wire.Relation) error
	Log   *slog.Logger

	// Settled is the position at which a resumed first load becomes consistent; before it, a row may or may not be here.
	// The reader's Hello may name a later one.
	Settled wire.LSN
	// Generation is the generation at which the slot was claimed; another one ends the writer. nil stands for the one that
	// Run finds.
	Generation *int64
	// Beside is for the stream of one table that is loaded beside the main one: the quoted name of the table whose one row
	// (lsn) holds its position. The slot's own row and control are left alone. "" for the main stream.
	Beside string
	// Into returns the table that changes go to; nil stands for the one of the same name.
	Into func(*wire.Relation) (schema, name string)
	// Absent tables are not here yet: a separate connection loads them, and their changes are ignored until Join. While
	// there are any, transactions that arrive in chunks are spooled.
	Absent []uint16

	// Early lets readers see a batch before it is on the target's disk; it is acknowledged only when it is. A crash of the
	// target takes back what they have seen last, together with the position, and the next stream brings it again.
	Early bool

	MaxRow       int    // the longest row, in bytes, that is taken; 0: wire.DefaultRow
	SideSessions int    // transactions that are applied while they still run; 0: 3, less than 0: none
	SpoolOnly    bool   // none, because side by side they got in each other's way; see ErrSpool
	SpoolDir     string // for chunks that have to wait; "": the system's folder for temporary files
	SpoolLimit   int64  // bytes of it; 0: 64 GiB
}

const (
	sideSessions = 3
	spoolLimit   = 64 << 30
)

// ErrReload says that the whitelist, or what is to be loaded anew, has changed since the writer was opened: it must be opened again.
var ErrReload = &link.Error{Line: "a command has changed what is replicated"}

// ErrSpool says that transactions applied while they were still running got in the way of another one. The writer must be opened
// again with SpoolOnly, which makes each wait for its end.
var ErrSpool = &link.Error{Line: "target: applying a transaction while it was still running on the source got in the way of another one; starting again without that"}

// Writer applies frames to the target. They pass through queue, as far as gate allows, and go to line or to sides.
type Writer struct {
	Options

	conn    *pgx.Conn // claimed; the first main session
	slabs   *slabs
	queue   *queue
	gate    *gate
	control *control
	acks    *acknowledger
	tables  *definer

	// The rest belongs to the applying goroutine.
	line  *pipeline
	sides *sides
	again time.Duration // when to look again without an event; 0 for never
}

// NewWriter makes a writer from a claimed connection and a second one. It owns both until Run returns; after that they can only
// be closed.
func NewWriter(conn, pulse *pgx.Conn, o Options) *Writer {
	limitMemory()
	if o.MaxRow == 0 {
		o.MaxRow = wire.DefaultRow
	}
	if o.SideSessions == 0 {
		o.SideSessions = sideSessions
	}
	if o.SpoolLimit == 0 {
		o.SpoolLimit = spoolLimit
	}
	s := &slabs{}
	w := &Writer{Options: o, conn: conn, slabs: s, queue: newQueue(s), gate: newGate()}
	w.acks = &acknowledger{like: conn, early: o.Early, unflushed: make(chan struct{}, 1)}
	w.control = &control{o: &w.Options, pulse: pulse, gate: w.gate, queue: w.queue, acks: w.acks}
	w.tables = &definer{allow: o.Allow, into: o.Into, like: conn}
	w.line = &pipeline{
		o: &w.Options, queue: w.queue, control: w.control, tables: w.tables, acks: w.acks,
		answers: answers{come: make(chan answer, 64)}, at: standing{tables: &catalog{}},
	}
	if w.line.recorded = sqlAdvance; o.Beside != "" {
		w.line.recorded = advanceBeside(o.Beside)
	}
	w.sides = &sides{o: &w.Options, line: w.line, gate: w.gate, like: conn, open: map[uint32]*openTransaction{}}
	w.line.countSides = w.sides.countSessions
	for _, id := range o.Absent {
		w.tables.absence(id).Store(true)
	}
	w.Spool(false)
	return w
}

// Join says that an absent table is here now. It must be called while HoldAt holds the writer.
func (w *Writer) Join(id uint16) { w.tables.absence(id).Store(false) }

// Spool makes transactions that arrive in chunks wait for their end or, with false, lets them be applied while they run, as far as
// Options allow. It applies to those that begin from now on.
func (w *Writer) Spool(on bool) {
	w.sides.spooling.Store(on || w.SpoolOnly || len(w.Absent) > 0 || w.SideSessions < 0)
}

// Run applies what arrives on conn, which begins with the reader's Hello, and acknowledges what is durable,
// until ctx ends or something fails.
func (w *Writer) Run(ctx context.Context, conn io.ReadWriteCloser) error {
	defer close(w.gate.ended)
	defer func() { link.Close(w.tables.side) }()
	if err := w.control.readWishes(ctx); err != nil {
		return err
	}
	in := &frameReader{conn: conn, queue: w.queue, slabs: w.slabs, heard: &w.control.heard, limit: w.MaxRow, told: w.OnTold}
	w.acks.wire = conn
	g, ctx := errgroup.WithContext(ctx)
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	hello := make(chan wire.Hello, 1)
	g.Go(func() error {
		h, err := in.readHello(w.Digest)
		if err != nil {
			return err
		}
		hello <- h
		return in.readFrames(ctx)
	})
	g.Go(func() error { return w.control.watchWishes(ctx) })
	g.Go(func() error { return w.acks.keepFlushing(ctx) })
	g.Go(func() error {
		select {
		case h := <-hello:
			w.Settled = max(w.Settled, h.Settled)
			w.line.beginAt(h.Start)
		case <-ctx.Done():
			return ctx.Err()
		}
		return w.applyAll(ctx)
	})
	return g.Wait()
}

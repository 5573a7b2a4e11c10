// Package stream reads the source's log and sends it on as frames, each change checked against the whitelist once more
// (the second wall).
//
// It never speaks to the target: what leaves it are frames of package wire, and what comes back are acknowledgements.
// It decides nothing about what is published; package publisher judges that and package watch compares it. It may import
// publisher, watch, relation, link, wire, shared/whitelist, pgx and pglogrepl.
package stream

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/watch"
	"portal.example/syncer/internal/wire"
)

// Options say what to stream and from where.
type Options struct {
	DSN         string
	Slot        string
	Publication string
	Heartbeat   time.Duration
	Digest      string // of the whitelist
	Start       publisher.Position
	// Settled is where a resumed snapshot becomes one: before it the target may hold rows of several
	// moments, so whatever the log leaves out is read again from the table.
	Settled wire.LSN
	Filters map[string]string // of the publication, as `init` recorded them
	Marks   []wire.Mark       // what the target remembers of tables beside the log
	Board   *watch.Board      // takes what is to be remembered; nil for nobody
	// StreamAbove is how much of its open transactions the source keeps to itself, in kB: of more it sends the largest
	// while it still runs, in chunks. 0: every transaction comes whole after its commit.
	StreamAbove int
	Only        *uint16 // the one table that is wanted, by its number; nil for all
	// Hurry: somebody waits for positions (a table is about to join), so an idle source is asked more often.
	Hurry   bool
	Greeted bool // the Hello was said before
	// OnSent hears at least once a second what of the log the writer was given, and that nothing older than the source's clock
	// says is missing in it.
	OnSent func(upTo wire.LSN, clock time.Time)
	// OnHead hears with each regular heartbeat how far the log had come at a moment of the source's clock.
	OnHead      func(head wire.LSN, clock time.Time)
	OnAck       func(wire.Ack) // hears whatever the writer acknowledges
	Replication *Replication   // to stream on, closed with the reader; nil opens one
	Log         *slog.Logger
}

// DefaultStreamAbove is a good StreamAbove: what is left to send of a large transaction after its commit is at
// most this much, and smaller ones are not streamed.
const DefaultStreamAbove = 4 << 10

const (
	statusEvery   = time.Second            // how often the source is asked for a sign of life
	tellEvery     = 100 * time.Millisecond // how often a busy stream tells what was sent
	progressEvery = 200 * time.Millisecond // how often an idle position is passed on
	hurryEvery    = 50 * time.Millisecond  // both that and the heart's beat in a hurry
	heartbeat     = 10 * time.Second       // when Options do not say
	deafAfter     = 30 * time.Second       // the source answers each status; one that does not is gone
)

// Reader streams the changes of the whitelisted tables as frames.
//
// One goroutine receives: it alone touches everything but out, acked and urge. It checks each message against
// the whitelist, makes frames of it straight from the message's bytes, and answers the source; it never waits for the
// writer without doing so.
type Reader struct {
	o      Options
	tables []publisher.Table
	repl   *Replication
	net    net.Conn // under repl
	report func(at wire.LSN, wantReply bool) error
	side   *pgx.Conn // reads rows and catalogs
	beat   *pgx.Conn // writes heartbeats; only the heart's goroutine uses it

	acked atomic.Uint64
	out   *outlet
	urge  chan struct{}

	types      map[typeID]string
	tablesOf   map[uint32]*described // by oid, as committed transactions left them
	announced  []*described          // by table: as the last frame described it
	unverified bool                  // a relation message came since the publication was looked at

	buf   []byte // frames that wait to be handed over
	whole int    // of buf, before the transaction whose changes come now
	rows  rowReader
	key   []byte
	old   []byte
	begun []byte // memory for what handWhole keeps
	again int    // rows to ask for at once

	watched *watch.Watch // only firstLook's, then the goroutine's that watches; nil for one table alone

	prepared   map[string]string // names of statements on side, by their SQL
	statements int

	tx      *transaction // whose changes come now
	plain   transaction
	streams map[uint32]*transaction // open ones that came in chunks
	doubts  doubts
	sent    wire.LSN                   // last position handed over
	sentAt  time.Time                  // the source's clock, than which nothing older is missing up to there
	clock   atomic.Pointer[wire.Clock] // of the last heartbeat, until it is passed on

	idle       *wire.Progress // waits to be passed on
	passEvery  time.Duration
	now        time.Time // of the last message
	told       int64     // the source's clock when it sent the last change, in microseconds since 2000
	heard      time.Time
	lastStatus time.Time
	lastSent   time.Time // when OnSent was told
	lastIdle   time.Time
	armed      time.Time // the connection's deadline
	pace       pace
}

// Open connects; Run then streams. The tables must have passed Judge.
func Open(ctx context.Context, o Options, tables []publisher.Table) (*Reader, error) {
	r := newReader(o, tables)
	if err := r.connect(ctx); err != nil {
		r.Close()
		return nil, err
	}
	if err := r.start(ctx); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func newReader(o Options, tables []publisher.Table) *Reader {
	r := &Reader{
		o: o, tables: tables, repl: o.Replication, out: newOutlet(), urge: make(chan struct{}, 1),
		types: map[typeID]string{}, prepared: map[string]string{}, tablesOf: map[uint32]*described{}, announced: make([]*described, len(tables)),
		streams: map[uint32]*transaction{}, again: againFirst, sent: o.Start.Applied, buf: make([]byte, 0, 2*chunkSize),
	}
	r.acked.Store(uint64(o.Start.Applied))
	if r.o.Heartbeat <= 0 {
		r.o.Heartbeat = heartbeat
	}
	if r.passEvery = progressEvery; o.Hurry {
		r.passEvery = hurryEvery
	}
	return r
}

func (r *Reader) connect(ctx context.Context) (err error) {
	// Statements on side look rows up by their keys, which needs no plan for each set of keys.
	settings := map[string]string{"plan_cache_mode": "force_generic_plan"}
	for conn, name := range map[**pgx.Conn]string{&r.side: "reader side", &r.beat: "reader heart"} {
		if *conn, err = link.Open(ctx, r.o.DSN, link.Options{Name: "source.dsn", Application: name, Settings: settings}); err != nil {
			return err
		}
	}
	if r.repl == nil {
		r.repl, err = OpenReplication(ctx, r.o.DSN, "reader", r.o.StreamAbove)
	}
	return err
}

// Close closes the connections.
func (r *Reader) Close() {
	r.repl.Close()
	link.Close(r.side)
	link.Close(r.beat)
	for _, t := range r.streams {
		t.lacking.close()
	}
}

// start checks that stream and target belong together and starts the stream where the target ends.
func (r *Reader) start(ctx context.Context) error {
	if err := r.belongs(ctx); err != nil {
		return err
	}
	if err := r.firstLook(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startDeadline)
	defer cancel()
	if err := r.repl.start(ctx, r.o.Slot, r.o.Publication, r.o.Start.Applied, r.o.StreamAbove > 0); err != nil {
		return err
	}
	r.net, r.report = r.repl.Conn.PgConn().Conn(), r.repl.report
	r.pace.raw = rawConn(r.net)
	return nil
}

func (r *Reader) belongs(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startDeadline)
	defer cancel()
	if r.o.Replication == nil { // whoever made a slot on this connection knows where it stands
		system, err := publisher.Identify(ctx, r.repl.Conn)
		if err != nil {
			return err
		}
		if err := publisher.CheckPosition(ctx, r.side, r.o.Slot, system, r.o.Start); err != nil {
			return err
		}
	}
	return publisher.Verify(ctx, r.side, r.o.Publication, r.tables, r.o.Filters)
}

// Run streams frames into conn and takes acknowledgements from it until ctx ends or something fails.
func (r *Reader) Run(ctx context.Context, conn io.ReadWriteCloser) error {
	if c, ok := conn.(syscall.Conn); ok {
		r.out.raw, _ = c.SyscallConn()
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return r.receive(ctx) })
	g.Go(func() error { return r.out.run(ctx, conn) })
	g.Go(func() error { return r.acknowledgements(ctx, conn) })
	g.Go(func() error { return r.heart(ctx) })
	g.Go(func() error { return r.watch(ctx) })
	g.Go(func() error {
		<-ctx.Done()
		_ = conn.Close() // ends a read or write that waits for the peer
		return nil
	})
	return g.Wait()
}

func (r *Reader) hello() wire.Hello {
	return wire.Hello{
		SystemID: r.o.Start.SystemID, Timeline: r.o.Start.Timeline, Digest: r.o.Digest, Start: r.o.Start.Applied, Settled: r.o.Settled,
	}
}

// handWhole hands over what has arrived but for the beginning of a small transaction, which nobody can use: its rest
// follows, though not always soon, and what comes before it does not wait for that.
func (r *Reader) handWhole(ctx context.Context) error {
	switch {
	case r.tx == nil || len(r.buf) >= chunkSize:
		return r.hand(ctx)
	case r.whole == 0:
		return nil
	}
	begun := append(r.begun[:0], r.buf[r.whole:]...)
	r.buf = r.buf[:r.whole]
	err := r.hand(ctx)
	r.buf, r.begun = append(r.buf, begun...), begun
	return err
}

// hand passes the collected frames on; while the writer is busy it goes on answering the source.
func (r *Reader) hand(ctx context.Context) error {
	if len(r.buf) == 0 {
		return nil
	}
	if err := r.verify(ctx); err != nil {
		return err
	}
	r.whole = 0
	var ok bool
	if r.buf, ok = r.out.put(r.buf); ok {
		return nil
	}
	tick := time.NewTicker(statusEvery)
	defer tick.Stop()
	for !ok {
		select {
		case <-r.out.room:
			r.buf, ok = r.out.put(r.buf)
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if err := r.answer(false); err != nil {
				return err
			}
		}
	}
	r.now = time.Now()
	r.heard = r.now // waiting for the writer is not the source's silence
	return nil
}

// handLarge hands over once there is enough for one piece.
func (r *Reader) handLarge(ctx context.Context) error {
	if len(r.buf) < chunkSize {
		return nil
	}
	return r.hand(ctx)
}

// acknowledgements takes what the writer says is durable. It may say nothing else.
func (r *Reader) acknowledgements(ctx context.Context, conn io.Reader) error {
	in := wire.NewReader(conn, wire.MaxAck)
	for {
		frame, err := in.Next()
		if err != nil {
			return PeerError(ctx, err)
		}
		ack, ok := frame.(wire.Ack)
		if !ok {
			return fmt.Errorf("%w: the writer may only acknowledge", wire.ErrFrame)
		}
		r.acked.Store(max(r.acked.Load(), uint64(ack.LSN)))
		if r.o.OnAck != nil {
			r.o.OnAck(ack)
		}
	}
}

// durable is how far the target has got, as the writer says. The writer holds the DMZ's credentials: one that claims
// more than it was given is not believed at all, or the source would throw away log that nobody has.
func (r *Reader) durable() (wire.LSN, error) {
	at := wire.LSN(r.acked.Load())
	if at > r.sent {
		return 0, fmt.Errorf("%w: the writer acknowledges %s, of which it was given nothing", wire.ErrFrame, at)
	}
	return at, nil
}

// quotedInLiteral writes a name as publication_names wants it: a quoted name inside a literal.
func quotedInLiteral(name string) string {
	b := make([]byte, 0, len(name)+2)
	b = append(b, '"')
	for _, c := range []byte(name) {
		if c == '"' || c == '\'' {
			b = append(b, c)
		}
		b = append(b, c)
	}
	return string(append(b, '"'))
}

// Package stream reads the source's log and sends it on as frames, each change checked against the whitelist once more
// (the second wall).
//
// How a change goes through it to the target is told in shared/doc/life-of-a-batch.md.
//
// It never speaks to the target: what leaves it are frames of package wire, and what comes back are acknowledgements.
// It decides nothing about what is published; package publisher judges that and package watch compares it. It may import
// publisher, watch, relation, link, socket, wire, shared/whitelist, pgx and pglogrepl.
package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
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
	Board   *watch.MarkBoard  // takes what is to be remembered; nil for nobody
	// StreamAbove is how much of its open transactions the source keeps to itself, in kB: of more it sends the largest
	// while it still runs, in chunks. 0: every transaction comes whole after its commit.
	StreamAbove int
	// MaxRow is the longest row, in bytes, that is passed on; 0: wire.DefaultRow.
	MaxRow int
	Only   *uint16 // the one table that is wanted, by its number; nil for all
	// LoadOnly is for `init`: nothing is streamed. What was missing is loaded, and then the writer ends the connection.
	LoadOnly bool
	// Hurry: somebody waits for positions (a table is about to join), so an idle source is asked more often.
	Hurry   bool
	Greeted bool // the Hello was said before
	// StoredText asks for text as the source stores it: the stream before ended with ErrUnconvertible.
	StoredText bool
	// OnSent hears at least once a second what of the log the writer was given, and that nothing older than the source's clock
	// says is missing in it.
	OnSent func(upTo wire.LSN, clock time.Time)
	// OnHead hears with each regular heartbeat how far the log had come at a moment of the source's clock.
	OnHead      func(head wire.LSN, clock time.Time)
	OnAck       func(wire.Ack) // hears whatever the writer acknowledges
	Replication *Replication   // to stream on, closed with the reader; nil opens one
	Look        *pgx.Conn      // has looked at the tables and goes on to watch them, closed with the reader; nil opens one
	Log         *slog.Logger
}

// DefaultStreamAbove is a good StreamAbove: what is left to send of a large transaction after its commit is at
// most this much, and smaller ones are not streamed.
const DefaultStreamAbove = 4 << 10

const (
	statusEvery      = time.Second            // how often the source is asked for a sign of life
	tellEvery        = 100 * time.Millisecond // how often a busy stream tells what was sent
	progressEvery    = 200 * time.Millisecond // how often an idle position is passed on
	hurryEvery       = 50 * time.Millisecond  // both that and the heartbeat in a hurry
	defaultHeartbeat = 10 * time.Second       // when Options do not say
	deafAfter        = 30 * time.Second       // the source answers each status; one that does not is gone
)

// Reader streams the changes of the whitelisted tables as frames.
//
// One goroutine receives: it alone touches everything but the heartbeat, the frameWriter behind frames and what the writer
// acknowledged. It checks each message against the whitelist, makes frames of it straight from the message's bytes, and
// answers the source; it never waits for the writer without doing so.
type Reader struct {
	o      Options
	tables []publisher.Table
	repl   *Replication

	source    sourceConn
	relations *relations
	assembler assembler
	weigher   weigher
	rereader  rereader
	frames    frameBuffer
	positions positions
	heart     heartbeat
	look      *pgx.Conn    // asks before the stream begins, then watches; nil for one table alone
	watched   *watch.Watch // set by lookBeforeStream, then only used by the goroutine's that watches; nil for one table alone
}

// Open connects; Run then streams. The tables must have passed Judge.
func Open(ctx context.Context, o Options, tables []publisher.Table) (*Reader, error) {
	r := newReader(o, tables)
	if err := r.connect(ctx); err != nil {
		r.Close()
		return nil, err
	}
	if err := r.startStream(ctx); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func newReader(o Options, tables []publisher.Table) *Reader {
	if o.Heartbeat <= 0 {
		o.Heartbeat = defaultHeartbeat
	}
	if o.MaxRow <= 0 {
		o.MaxRow = wire.DefaultRow
	}
	r := &Reader{o: o, tables: tables, repl: o.Replication}
	urge := make(chan struct{}, 1)
	r.relations = newRelations(&r.o, tables)
	r.positions.init(&r.o)
	r.source = sourceConn{positions: &r.positions}
	r.frames = frameBuffer{
		buf: make([]byte, 0, 2*chunkSize), out: newFrameWriter(), announced: make([]*tableDescription, len(tables)),
		verify: r.relations.verifyPublication, source: &r.source,
	}
	r.weigher = weigher{frames: &r.frames, positions: &r.positions, settled: o.Settled, maxRow: o.MaxRow}
	r.rereader = rereader{
		relations: r.relations, frames: &r.frames, weigher: &r.weigher, source: &r.source, urge: urge,
		prepared: map[string]string{}, batchRows: rereadFirst,
	}
	r.assembler = assembler{
		start: o.Start.Applied, relations: r.relations, frames: &r.frames, weigher: &r.weigher, rereader: &r.rereader,
		positions: &r.positions, source: &r.source, streams: map[uint32]*transaction{}, emptied: make([]bool, len(tables)),
	}
	r.heart.o, r.heart.tables, r.heart.urge, r.heart.watched = &r.o, tables, urge, o.Only == nil
	return r
}

func (r *Reader) connect(ctx context.Context) (err error) {
	// Statements of relations.side look rows up by their keys, which needs no plan for each set of keys.
	open := func(name string) (*pgx.Conn, error) {
		return link.Open(ctx, r.o.DSN, link.Options{
			Name: "source.dsn", Application: name, MaxMessage: wire.MaxFrame, Settings: map[string]string{"plan_cache_mode": "force_generic_plan"},
		})
	}
	if r.relations.side, err = open("reader side"); err != nil {
		return err
	}
	if r.heart.beat, err = open("reader heart"); err != nil {
		return err
	}
	if r.look = r.o.Look; r.look == nil && r.o.Only == nil {
		if r.look, err = link.Open(ctx, r.o.DSN, link.Options{Name: "source.dsn", Application: "reader watch"}); err != nil {
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
	link.Close(r.relations.side, r.heart.beat, r.look)
	r.assembler.close()
}

// startStream checks that stream and target belong together and starts the stream where the target ends.
func (r *Reader) startStream(ctx context.Context) error {
	if err := r.checkBelongs(ctx); err != nil {
		return err
	}
	if err := r.lookBeforeStream(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startDeadline)
	defer cancel()
	if r.o.StoredText {
		if err := r.repl.askForStoredText(ctx); err != nil {
			return err
		}
	}
	if err := r.repl.startStreaming(ctx, r.o.Slot, r.o.Publication, r.o.Start.Applied, r.o.StreamAbove > 0); err != nil {
		return err
	}
	if r.repl.stored != "" {
		r.assembler.text = &textReader{side: r.relations.side, encoding: r.repl.stored}
	}
	r.repl.in.most = 2*r.o.MaxRow + maxSurroundings // a row as it was and as it is
	r.source.attach(r.repl)
	return nil
}

func (r *Reader) checkBelongs(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startDeadline)
	defer cancel()
	ask := r.look
	if ask == nil {
		ask = r.relations.side
	}
	if r.o.Replication == nil { // whoever made a slot on this connection knows where it stands
		system, err := publisher.Identify(ctx, r.repl.Conn)
		if err != nil {
			return err
		}
		if err := publisher.CheckPosition(ctx, ask, r.o.Slot, system, r.o.Start); err != nil {
			return err
		}
	}
	return publisher.Verify(ctx, ask, r.o.Publication, r.tables, r.o.Filters)
}

// Run streams frames into conn and takes acknowledgements from it until ctx ends or something fails.
func (r *Reader) Run(ctx context.Context, conn io.ReadWriteCloser) error {
	if c, ok := conn.(syscall.Conn); ok {
		r.frames.out.raw, _ = c.SyscallConn()
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return r.receive(ctx) })
	g.Go(func() error { return r.frames.out.writeWaiting(ctx, conn) })
	g.Go(func() error { return r.takeAcknowledgements(ctx, conn) })
	g.Go(func() error { return r.heart.keepBeating(ctx) })
	g.Go(func() error { return r.keepWatching(ctx) })
	g.Go(func() error {
		<-ctx.Done()
		_ = conn.Close() // ends a read or write that waits for the peer
		return nil
	})
	return g.Wait()
}

func (r *Reader) helloFrame() wire.Hello {
	return wire.Hello{
		SystemID: r.o.Start.SystemID, Timeline: r.o.Start.Timeline, Digest: r.o.Digest, Start: r.o.Start.Applied, Settled: r.o.Settled,
	}
}

// lookBeforeStream is before the stream begins, so that nothing that happened while it was down is passed over.
func (r *Reader) lookBeforeStream(ctx context.Context) error {
	if r.o.Only != nil { // the main stream watches
		return nil
	}
	r.watched = watch.New(r.o.Publication, r.tables, r.o.Filters, r.o.Marks, r.o.Board, r.o.Log)
	r.relations.watched, r.positions.onMove = r.watched, r.watched.NotePosition
	return r.watched.Look(ctx, r.look)
}

// keepWatching goes on looking, unless this is the connection of one table alone.
func (r *Reader) keepWatching(ctx context.Context) error {
	if r.watched == nil {
		return nil
	}
	return r.watched.Run(ctx, r.look, r.o.Heartbeat)
}

// ErrOver ends the stream of one table: the writer has it in the main one now.
var ErrOver = errors.New("the table has joined")

// takeAcknowledgements takes what the writer says is durable. It may say nothing else.
func (r *Reader) takeAcknowledgements(ctx context.Context, conn io.Reader) error {
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
		r.positions.noteAcknowledged(ack.LSN)
		if r.o.OnAck != nil {
			r.o.OnAck(ack)
		}
		if ack.Over && r.o.Only != nil {
			return ErrOver
		}
	}
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

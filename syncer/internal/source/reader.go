package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"golang.org/x/sync/errgroup"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// Options say what to stream and from where.
type Options struct {
	DSN         string
	Slot        string
	Publication string
	Heartbeat   time.Duration
	Digest      string // of the whitelist
	Start       Position
	// Settled is where a resumed snapshot becomes one: before it the target may hold rows of several
	// moments, so whatever the log leaves out is read again from the table.
	Settled wire.LSN
	Filters map[string]string // of the publication, as `init` recorded them
	Log     *slog.Logger
}

const (
	statusEvery   = time.Second            // how often the source is asked for a sign of life
	progressEvery = 200 * time.Millisecond // how often an idle position is passed on
	chunkSize     = 64 << 10               // frames are handed over in pieces of about this size
	chunksAhead   = 64
	deafAfter     = 30 * time.Second // the source answers each status; one that does not is gone
)

// Reader streams the changes of the whitelisted tables as frames.
type Reader struct {
	o      Options
	tables []Table
	repl   *pgx.Conn // holds REPLICATION; only the receiving goroutine uses it
	side   *pgx.Conn // reads rows and catalogs; only the receiving goroutine uses it
	beat   *pgx.Conn // writes heartbeats; only the heart's goroutine uses it

	relations map[uint32]*described // by oid, of this connection
	acked     atomic.Uint64
	out       chan []byte
	urge      chan struct{}

	buf        []byte
	inTx       bool
	xid        uint32 // of the open transaction
	skip       bool   // the open transaction is on the target already
	hold       wire.LSN
	doubt      map[string]doubt // by row
	heldUntil  wire.LSN         // hold of the last handed commit or progress
	sent       wire.LSN         // last position handed over
	lastStatus time.Time
	lastHeard  time.Time
	lastIdle   time.Time
	idle       *wire.Progress // waits to be passed on
}

// described is a table as the stream describes it.
type described struct {
	id    uint16
	table *Table
	order []int  // column of the message → column of the whitelist
	alien string // name of a table that is not on the whitelist; nothing of it may come
}

// Open connects; Run then streams. The tables must have passed Judge.
func Open(ctx context.Context, o Options, tables []Table) (*Reader, error) {
	r := &Reader{
		o: o, tables: tables, relations: map[uint32]*described{}, doubt: map[string]doubt{},
		out: make(chan []byte, chunksAhead), urge: make(chan struct{}, 1),
		sent: o.Start.Applied,
	}
	r.acked.Store(uint64(o.Start.Applied))
	for _, c := range []struct {
		conn **pgx.Conn
		name string
		repl bool
	}{{&r.side, "reader side", false}, {&r.beat, "reader heart", false}, {&r.repl, "reader", true}} {
		conn, err := link.Open(ctx, o.DSN, link.Options{Name: "source.dsn", Application: c.name, Replication: c.repl})
		if err != nil {
			r.Close()
			return nil, err
		}
		*c.conn = conn
	}
	if err := r.start(ctx); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Close closes the connections.
func (r *Reader) Close() {
	for _, c := range []*pgx.Conn{r.repl, r.side, r.beat} {
		link.Close(c)
	}
}

// start checks that stream and target belong together and starts the stream where the target ends.
func (r *Reader) start(ctx context.Context) error {
	system, err := Identify(ctx, r.repl)
	if err != nil {
		return err
	}
	if err := CheckPosition(ctx, r.side, r.o.Slot, system, r.o.Start); err != nil {
		return err
	}
	if err := Verify(ctx, r.side, r.o.Publication, r.tables, r.o.Filters); err != nil {
		return err
	}
	err = pglogrepl.StartReplication(ctx, r.repl.PgConn(), r.o.Slot, r.o.Start.Applied, pglogrepl.StartReplicationOptions{
		Mode:       pglogrepl.LogicalReplication,
		PluginArgs: []string{"proto_version '1'", "publication_names '" + quotedInLiteral(r.o.Publication) + "'"},
	})
	if err != nil {
		return fmt.Errorf("source: start streaming from slot %s: %s: %w", r.o.Slot, link.Scrub(err), err)
	}
	return nil
}

// quotedInLiteral writes a name as publication_names wants it: a quoted name inside a literal.
func quotedInLiteral(name string) string {
	var b []byte
	b = append(b, '"')
	for i := range len(name) {
		switch name[i] {
		case '"':
			b = append(b, '"', '"')
		case '\'':
			b = append(b, '\'', '\'')
		default:
			b = append(b, name[i])
		}
	}
	return string(append(b, '"'))
}

// Run streams frames into conn and takes acknowledgements from it until ctx ends or something fails.
func (r *Reader) Run(ctx context.Context, conn io.ReadWriteCloser) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return r.receive(ctx) })
	g.Go(func() error { return r.send(ctx, conn) })
	g.Go(func() error { return r.acknowledgements(ctx, conn) })
	g.Go(func() error { return r.heart(ctx) })
	g.Go(func() error {
		<-ctx.Done()
		_ = conn.Close() // ends a read or write that waits for the peer
		return nil
	})
	return g.Wait()
}

// receive reads the stream, answers the source and hands frames over. It never waits for the writer
// without answering the source meanwhile.
func (r *Reader) receive(ctx context.Context) error {
	r.buf = wire.AppendHello(r.buf, wire.Hello{
		SystemID: r.o.Start.SystemID, Timeline: r.o.Start.Timeline, Digest: r.o.Digest, Start: r.o.Start.Applied,
	})
	for {
		if err := r.status(); err != nil {
			return err
		}
		pause, pending := statusEvery, r.idle != nil
		if pending {
			pause = progressEvery
		}
		wait, cancel := context.WithTimeout(ctx, pause)
		err := r.receiveUntil(ctx, wait, pending)
		cancel()
		if err == nil {
			err = r.passIdle(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// receiveUntil handles messages until wait ends, a status is due, or a position came to wait for being passed on.
func (r *Reader) receiveUntil(ctx, wait context.Context, pending bool) error {
	for {
		msg, err := r.repl.PgConn().ReceiveMessage(wait)
		if err != nil {
			if ctx.Err() == nil && wait.Err() != nil && pgconn.Timeout(err) {
				return r.deaf()
			}
			return fmt.Errorf("source: stream: %w", err)
		}
		if err := r.handle(ctx, msg); err != nil {
			return err
		}
		r.lastHeard = time.Now() // after handling: waiting for the writer is not the source's silence
		if time.Since(r.lastStatus) >= statusEvery || r.idle != nil && (!pending || time.Since(r.lastIdle) >= progressEvery) {
			return nil
		}
	}
}

// deaf reports a source that has stopped answering although the connection looks open.
func (r *Reader) deaf() error {
	if r.lastHeard.IsZero() {
		r.lastHeard = time.Now()
	}
	if time.Since(r.lastHeard) > deafAfter {
		return fmt.Errorf("source: no sign of life for %s: %w", deafAfter, context.DeadlineExceeded)
	}
	return nil
}

func (r *Reader) handle(ctx context.Context, msg pgproto3.BackendMessage) error {
	switch m := msg.(type) {
	case *pgproto3.CopyData:
		return r.copyData(ctx, m.Data)
	case *pgproto3.ErrorResponse:
		err := pgconn.ErrorResponseToPgError(m)
		return fmt.Errorf("source: stream: %s: %w", link.Scrub(err), err)
	case *pgproto3.CopyDone:
		return fmt.Errorf("source: stream ended: %w", io.ErrUnexpectedEOF)
	}
	return nil // notices, parameter changes
}

func (r *Reader) copyData(ctx context.Context, data []byte) error {
	if len(data) == 0 {
		return errMessage
	}
	switch data[0] {
	case pglogrepl.PrimaryKeepaliveMessageByteID:
		k, err := pglogrepl.ParsePrimaryKeepaliveMessage(data[1:])
		if err != nil {
			return fmt.Errorf("%w: keepalive", errMessage)
		}
		return r.keepalive(ctx, k)
	case pglogrepl.XLogDataByteID:
		x, err := pglogrepl.ParseXLogData(data[1:])
		if err != nil {
			return fmt.Errorf("%w: data", errMessage)
		}
		return r.change(ctx, x.WALData)
	}
	return fmt.Errorf("%w: kind %q", errMessage, data[0])
}

// keepalive notes that nothing before the source's position concerns us.
func (r *Reader) keepalive(ctx context.Context, k pglogrepl.PrimaryKeepaliveMessage) error {
	if !r.inTx && k.ServerWALEnd >= r.sent {
		r.idle = &wire.Progress{LSN: k.ServerWALEnd, Time: k.ServerTime}
		if err := r.passIdle(ctx); err != nil {
			return err
		}
	}
	if k.ReplyRequested {
		return r.answer(false)
	}
	return nil
}

// passIdle hands an idle position over: a few times a second, as each costs the target a commit, but at
// once when a transaction waits for it.
func (r *Reader) passIdle(ctx context.Context) error {
	due := time.Since(r.lastIdle) >= progressEvery || r.heldUntil > r.sent
	if r.idle == nil || r.inTx || !due {
		return nil
	}
	p := *r.idle
	r.idle = nil
	if p.LSN < r.sent { // a transaction has come since
		return nil
	}
	p.Hold, r.lastIdle, r.sent = r.heldUntil, time.Now(), p.LSN
	r.forget()
	r.buf = wire.AppendProgress(r.buf, p)
	return r.hand(ctx)
}

// status asks the source for a sign of life once a second and tells it what is durable on the target.
func (r *Reader) status() error {
	if time.Since(r.lastStatus) < statusEvery {
		return nil
	}
	r.lastStatus = time.Now()
	return r.answer(true)
}

// durable is how far the target has got, as the writer says. The writer holds the DMZ's credentials and is not believed
// beyond what it was given: the source would throw away log that nobody has.
func (r *Reader) durable() wire.LSN { return min(wire.LSN(r.acked.Load()), r.sent) }

func (r *Reader) answer(wantReply bool) error {
	at := r.durable()
	err := pglogrepl.SendStandbyStatusUpdate(context.Background(), r.repl.PgConn(), pglogrepl.StandbyStatusUpdate{
		WALWritePosition: at, WALFlushPosition: at, WALApplyPosition: at, ReplyRequested: wantReply,
	})
	if err != nil {
		return fmt.Errorf("source: answer: %w", err)
	}
	return nil
}

// hand passes the collected frames on; while the writer is busy it goes on answering the source.
func (r *Reader) hand(ctx context.Context) error {
	if len(r.buf) == 0 {
		return nil
	}
	chunk := r.buf
	r.buf = make([]byte, 0, min(cap(chunk), chunkSize))
	select {
	case r.out <- chunk:
		return nil
	default:
	}
	tick := time.NewTicker(statusEvery)
	defer tick.Stop()
	for {
		select {
		case r.out <- chunk:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			r.lastStatus = time.Now()
			if err := r.answer(false); err != nil {
				return err
			}
		}
	}
}

// send writes what was handed over, many pieces at a time when there are many.
func (r *Reader) send(ctx context.Context, conn io.Writer) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case chunk := <-r.out:
			for len(r.out) > 0 && len(chunk) < 4*chunkSize {
				chunk = append(chunk, <-r.out...)
			}
			if _, err := conn.Write(chunk); err != nil {
				return errors.Join(wire.ErrPeer, err)
			}
		}
	}
}

func (r *Reader) acknowledgements(ctx context.Context, conn io.Reader) error {
	in := wire.NewReader(conn, 64)
	for {
		frame, err := in.Next()
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return errors.Join(wire.ErrPeer, err)
		}
		ack, ok := frame.(wire.Ack)
		if !ok {
			return fmt.Errorf("%w: the writer may only acknowledge", wire.ErrFrame)
		}
		r.acked.Store(max(r.acked.Load(), uint64(ack.LSN)))
	}
}

// heart makes an idle source write a few bytes, so that a slot whose tables nobody changes still moves,
// and at once when a transaction waits for a later position.
func (r *Reader) heart(ctx context.Context) error {
	tick := time.NewTicker(r.o.Heartbeat)
	defer tick.Stop()
	for {
		transactional := false
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.urge:
			transactional = true // its commit is flushed at once
		case <-tick.C:
		}
		_, err := r.beat.Exec(ctx, `SELECT pg_catalog.pg_logical_emit_message($1, 'syncer', '')`, transactional)
		if err != nil && !errors.Is(err, context.Canceled) {
			return fmt.Errorf("source: heartbeat: %s: %w", link.Scrub(err), err)
		}
	}
}

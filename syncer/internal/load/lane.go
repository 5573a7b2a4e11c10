package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
	"golang.org/x/sync/errgroup"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/stream"
	"portal.example/syncer/internal/wire"
)

// Serve answers a connection of purpose copy: it sends pieces until none is left. It does not close the connection.
func (s *Loads) Serve(ctx context.Context, conn net.Conn, have wire.Have) error {
	s.mu.Lock()
	l := s.all[have.Session]
	s.mu.Unlock()
	if l == nil {
		return &link.Error{Line: "source: a lane names a load that is over", Cause: errLoadOver}
	}
	err := l.serveLane(ctx, conn)
	if err != nil {
		l.endWith(err)
	}
	return err
}

const (
	dataBytes  = 128 << 10 // of a Data frame
	aheadBytes = 1 << 20   // so much may be unacknowledged, so that small pieces follow each other without waiting

	// While a lane waits for the writer it holds ACCESS SHARE on the table, and the application's ALTER TABLE waits behind
	// that. So a target that hangs is given up soon; pieces that are durable there are not loaded again.
	takesWithin        = 2 * time.Minute // the bytes of one frame
	acknowledgedWithin = 5 * time.Minute // a piece, behind its last byte: the target may merge it by key first
	// A target that takes a piece's bytes slowly merges them slowly, too. Without this it would be given up each time, and a table
	// that joins would begin again for ever.
	acknowledgedAfter = 10 // times as long as its bytes took
)

// lane is a connection that pieces are sent on, and the source connection they are read from.
type lane struct {
	load *firstLoad
	conn net.Conn
	from *pgx.Conn // opened with the first piece

	over  atomic.Bool // every piece is acknowledged; the writer may do what it likes now
	acked chan struct{}
	sent  []sentPiece // not acknowledged, oldest first
	frame []byte
	data  []byte
	bytes int64 // of the piece that is being sent
}

// sentPiece is a piece that was sent, and how long the writer took to take it.
type sentPiece struct {
	bytes int64
	took  time.Duration
}

func (l *firstLoad) serveLane(ctx context.Context, conn net.Conn) error {
	n := &lane{load: l, conn: conn, acked: make(chan struct{}, 1024)}
	defer func() { link.Close(n.from) }()
	g, ctx := errgroup.WithContext(ctx)
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	g.Go(func() error { return n.takeAcknowledgements(ctx) })
	g.Go(func() error { return n.sendPieces(ctx) })
	err := g.Wait()
	if errors.Is(err, errLaneDone) {
		return nil
	}
	return err
}

var errLaneDone = errors.New("every piece of this lane is acknowledged")

// nextPiece takes a piece from the queue. There is none once every piece is taken or a lane has failed.
func (l *firstLoad) nextPiece() (piece, bool) {
	l.lock.Lock()
	defer l.lock.Unlock()
	if len(l.queue) == 0 {
		return piece{}, false
	}
	p := l.queue[0]
	l.queue = l.queue[1:]
	return p, true
}

// noteDurable notes that a piece is durable on the target.
func (l *firstLoad) noteDurable() {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.open--; l.open == 0 && l.err == nil {
		close(l.ended)
	}
}

func (n *lane) sendPieces(ctx context.Context) error {
	if err := n.writeFrame(wire.AppendHello(nil, wire.Hello{Start: n.load.start, Settled: n.load.settled, Session: n.load.session})); err != nil {
		return err
	}
	for {
		p, ok := n.load.nextPiece()
		if !ok {
			break
		}
		if err := n.sendPiece(ctx, p); err != nil {
			return err
		}
		if err := n.awaitRoom(ctx); err != nil {
			return err
		}
	}
	for len(n.sent) > 0 {
		if err := n.awaitOldest(ctx); err != nil {
			return err
		}
	}
	n.over.Store(true) // the writer may end the connection before the next line is reached
	if err := n.writeFrame(wire.AppendDone(nil)); err != nil {
		return err
	}
	return errLaneDone
}

// awaitRoom delays the next piece while too much is unacknowledged. One large piece may be becoming durable while the next is
// read.
func (n *lane) awaitRoom(ctx context.Context) error {
	for {
		var bytes int64
		for _, p := range n.sent {
			bytes += p.bytes
		}
		if len(n.sent) < 2 || bytes < aheadBytes && len(n.sent) < cap(n.acked)/2 {
			return nil
		}
		if err := n.awaitOldest(ctx); err != nil {
			return err
		}
	}
}

// awaitOldest waits for the acknowledgement of the oldest piece.
func (n *lane) awaitOldest(ctx context.Context) error {
	within := max(acknowledgedWithin, acknowledgedAfter*n.sent[0].took)
	patience := time.NewTimer(within)
	defer patience.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-patience.C:
		return fmt.Errorf("source: the writer acknowledged no piece for %s, so the target hangs; see what its sessions wait for: %w", within.Round(time.Second), context.DeadlineExceeded)
	case <-n.acked:
	}
	n.sent = n.sent[1:]
	n.load.noteDurable()
	return nil
}

// takeAcknowledgements reads what the writer may send on a lane: only Acks, and no more than there are pieces.
func (n *lane) takeAcknowledgements(ctx context.Context) error {
	in := wire.NewReader(n.conn, wire.MaxAck)
	for {
		frame, err := in.Next()
		if err != nil && n.over.Load() {
			return errLaneDone
		}
		if err != nil {
			return errors.Join(wire.ErrPeer, err)
		}
		if _, ok := frame.(wire.Ack); !ok {
			return fmt.Errorf("%w: the writer may only acknowledge", wire.ErrFrame)
		}
		select {
		case n.acked <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		default:
			return fmt.Errorf("%w: more acknowledgements than pieces", wire.ErrFrame)
		}
	}
}

func (n *lane) writeFrame(b []byte) error {
	_ = n.conn.SetWriteDeadline(time.Now().Add(takesWithin))
	if _, err := n.conn.Write(b); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}

// sendPiece reads a piece and sends its bytes as they arrive.
func (n *lane) sendPiece(ctx context.Context, p piece) (err error) {
	if n.from == nil {
		if n.from, err = n.load.openAt(ctx, n.load.snapshot); err != nil {
			return err
		}
	}
	if err := n.writeFrame(wire.AppendPiece(nil, p.frame)); err != nil {
		return err
	}
	n.bytes = 0
	began := time.Now()
	tag, err := n.from.PgConn().CopyTo(ctx, n, p.sql)
	if err == nil {
		err = n.flushData()
	}
	if err != nil {
		return n.explainCopyError(p, err)
	}
	n.sent = append(n.sent, sentPiece{n.bytes, time.Since(began)})
	return n.writeFrame(wire.AppendPieceEnd(nil, wire.PieceEnd{Count: uint64(tag.RowsAffected())})) //nolint:gosec // never negative
}

func (n *lane) explainCopyError(p piece, err error) error {
	if errors.Is(err, wire.ErrPeer) {
		return err
	}
	if long := (*pgproto3.ExceededMaxBodyLenErr)(nil); errors.As(err, &long) { // COPY sends each row as one message
		return stream.TooLarge(p.table, n.load.maxRow())
	}
	if said := stream.LoadUnconvertible(p.table, p.from, err); said != nil {
		return said
	}
	return link.Fail(fmt.Sprintf("source: read %s", p.frame.ID), err)
}

// Write collects the rows that COPY returns into Data frames.
func (n *lane) Write(b []byte) (int, error) {
	took := len(b)
	for len(b) > 0 {
		k := min(len(b), dataBytes-len(n.data))
		n.data, b = append(n.data, b[:k]...), b[k:]
		if len(n.data) == dataBytes {
			if err := n.flushData(); err != nil {
				return 0, err
			}
		}
	}
	return took, nil
}

var _ io.Writer = (*lane)(nil)

func (n *lane) flushData() error {
	if len(n.data) == 0 {
		return nil
	}
	n.frame = wire.AppendData(n.frame[:0], n.data)
	n.bytes += int64(len(n.data))
	n.data = n.data[:0]
	return n.writeFrame(n.frame)
}

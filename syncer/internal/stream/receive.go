package stream

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/wire"
)

// longAgo as a deadline ends whatever waits on a connection.
var longAgo = time.Unix(1, 0)

// receive reads the stream, answers the source and hands frames over. The writer gets the whole transactions that
// are there as soon as nothing more has arrived.
func (r *Reader) receive(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { _ = r.source.net.SetDeadline(longAgo) })()
	r.source.noteHeard()
	if !r.o.Greeted {
		r.frames.buf = wire.AppendHello(r.frames.buf, r.helloFrame())
	}
	for {
		if err := r.doWhatIsDue(ctx); err != nil {
			return err
		}
		if err := r.handleArrived(ctx); err != nil {
			return err
		}
		if err := r.frames.handOverWhole(ctx, r.assembler.tx == nil); err != nil {
			return err
		}
		r.positions.tellSent(r.source.now, tellEvery)
		if err := r.source.readMore(ctx); err != nil {
			return err
		}
	}
}

// doWhatIsDue does what is due by the clock, and sets the connection's deadline to when the next is.
func (r *Reader) doWhatIsDue(ctx context.Context) error {
	if err := r.source.reportWhenDue(); err != nil {
		return err
	}
	r.passIdlePosition()
	r.passClock()
	next := r.source.lastStatus.Add(statusEvery)
	if pass := r.positions.lastIdle.Add(r.positions.passEvery); r.positions.idle != nil && r.assembler.tx == nil && pass.Before(next) {
		next = pass
	}
	if err := r.source.setReadDeadline(next); err != nil {
		return err
	}
	return ctx.Err() // after the deadline was set, which may have undone the one that ends us
}

// handleArrived handles every message that has arrived whole.
func (r *Reader) handleArrived(ctx context.Context) error {
	for {
		kind, body, ok, err := r.source.in.nextMessage()
		if errors.Is(err, errLong) {
			ok, err = r.refuseLong(ctx)
			if ok {
				continue
			}
		}
		if err != nil || !ok {
			return err
		}
		if err := r.handleMessage(ctx, kind, body); err != nil {
			return err
		}
	}
}

// handleMessage takes one message of the protocol.
func (r *Reader) handleMessage(ctx context.Context, kind byte, body []byte) error {
	switch kind {
	case 'd': // CopyData
		return r.handleCopyData(ctx, body)
	case 'N', 'S', 'A': // notices, parameters, notifications
		return nil
	case 'E':
		return r.explainStreamError(serverError(body))
	case 'c', 'C', 'Z': // the server shuts down
		return fmt.Errorf("source: stream ended: %w", io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("%w: protocol message %q", errMessage, kind)
}

// explainStreamError: where the log was written while there was no publication, no later one helps the slot to pass.
func (r *Reader) explainStreamError(err error) error {
	const undefinedObject = "42704"
	if link.Code(err) == undefinedObject && strings.Contains(err.Error(), `"`+r.o.Publication+`"`) {
		return publisher.GoneError(r.o.Publication)
	}
	if unconvertible[link.Code(err)] && r.repl.stored == "" {
		return &link.Error{Line: link.Text(err) + ": a value cannot be converted to UTF-8; the stream begins again, to find out which one", Cause: ErrUnconvertible}
	}
	return err
}

func serverError(body []byte) error {
	var m pgproto3.ErrorResponse
	if err := m.Decode(body); err != nil {
		return fmt.Errorf("%w: an error that cannot be read", errMessage)
	}
	return link.Fail("source: stream", pgconn.ErrorResponseToPgError(&m))
}

const (
	dataHead      = 24 // start, end, time
	keepaliveSize = 17 // end, time, whether an answer is wanted
)

func (r *Reader) handleCopyData(ctx context.Context, data []byte) error {
	if len(data) > dataHead && data[0] == pglogrepl.XLogDataByteID {
		r.source.told = int64(binary.BigEndian.Uint64(data[1+16:])) //nolint:gosec // signed on the wire
		return r.assembler.takeMessage(ctx, data[1+dataHead:])
	}
	if len(data) == 1+keepaliveSize && data[0] == pglogrepl.PrimaryKeepaliveMessageByteID {
		m := message{rest: data[1:]}
		return r.handleKeepalive(wire.Progress{LSN: m.lsn(), Time: m.time()}, m.byte() == 1)
	}
	return errMessage
}

// handleKeepalive notes that nothing before the source's position concerns us.
func (r *Reader) handleKeepalive(at wire.Progress, answer bool) error {
	if r.assembler.tx == nil && at.LSN >= r.positions.sent {
		r.positions.idle = &at
		r.passIdlePosition()
	}
	if answer {
		return r.source.reportProgress(false)
	}
	return nil
}

// passIdlePosition passes an idle position on: a few times a second, as each costs the target a commit, but at
// once when a transaction waits for it.
func (r *Reader) passIdlePosition() {
	p := &r.positions
	waited := r.weigher.doubts.passing > p.sent
	if p.idle == nil || r.assembler.tx != nil || !waited && r.source.now.Sub(p.lastIdle) < p.passEvery {
		return
	}
	idle := *p.idle
	p.idle = nil
	if idle.LSN < p.sent { // a transaction has come since
		return
	}
	p.lastIdle = r.source.now
	p.moveTo(idle.LSN, idle.Time)
	idle.Hold = r.weigher.holdPosition()
	r.frames.buf = wire.AppendProgress(r.frames.buf, idle)
}

// passClock passes on where the source was at the last heartbeat, between transactions.
func (r *Reader) passClock() {
	if r.assembler.tx != nil || r.o.Only != nil {
		return
	}
	if c := r.heart.clock.Swap(nil); c != nil {
		r.frames.buf = wire.AppendClock(r.frames.buf, *c)
	}
}

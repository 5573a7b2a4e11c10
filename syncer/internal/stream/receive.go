package stream

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
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
	defer context.AfterFunc(ctx, func() { _ = r.net.SetDeadline(longAgo) })()
	r.now = time.Now()
	r.heard = r.now
	if !r.o.Greeted {
		r.buf = wire.AppendHello(r.buf, r.hello())
	}
	for {
		if err := r.due(ctx); err != nil {
			return err
		}
		if err := r.drain(ctx); err != nil {
			return err
		}
		if err := r.handWhole(ctx); err != nil {
			return err
		}
		r.tellSent(tellEvery)
		if err := r.fill(ctx); err != nil {
			return err
		}
	}
}

// due does what is due by the clock, and sets the connection's deadline to when the next is.
func (r *Reader) due(ctx context.Context) error {
	if err := r.status(); err != nil {
		return err
	}
	r.passIdle()
	r.passClock()
	next := r.lastStatus.Add(statusEvery)
	if pass := r.lastIdle.Add(r.passEvery); r.idle != nil && r.tx == nil && pass.Before(next) {
		next = pass
	}
	if !next.Equal(r.armed) {
		r.armed = next
		if err := r.net.SetReadDeadline(next); err != nil {
			return fmt.Errorf("source: stream: %w", err)
		}
	}
	return ctx.Err() // after the deadline was set, which may have undone the one that ends us
}

// drain handles every message that has arrived whole.
func (r *Reader) drain(ctx context.Context) error {
	for {
		kind, body, ok, err := r.repl.in.next()
		if err != nil {
			return r.tooLong(err)
		}
		if !ok {
			return nil
		}
		if err := r.handle(ctx, kind, body); err != nil {
			return err
		}
	}
}

// fill waits for more.
func (r *Reader) fill(ctx context.Context) error {
	r.pace.wait()
	before := r.repl.in.w - r.repl.in.r
	err := r.repl.in.fill()
	r.now = time.Now()
	switch {
	case err == nil:
		r.heard = r.now
		r.pace.took(r.now, r.repl.in.w-r.repl.in.r-before, r.repl.in.w == len(r.repl.in.buf))
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		if r.now.Sub(r.heard) > deafAfter {
			return fmt.Errorf("source: no sign of life for %s: %w", deafAfter, context.DeadlineExceeded)
		}
		return nil
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("source: stream: %w", err)
}

// handle takes one message of the protocol.
func (r *Reader) handle(ctx context.Context, kind byte, body []byte) error {
	switch kind {
	case 'd': // CopyData
		return r.copyData(ctx, body)
	case 'N', 'S', 'A': // notices, parameters, notifications
		return nil
	case 'E':
		return r.streamError(serverError(body))
	case 'c', 'C', 'Z': // the server shuts down
		return fmt.Errorf("source: stream ended: %w", io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("%w: protocol message %q", errMessage, kind)
}

// streamError: where the log was written while there was no publication, no later one helps the slot to pass.
func (r *Reader) streamError(err error) error {
	const undefinedObject = "42704"
	if link.Code(err) == undefinedObject && strings.Contains(err.Error(), `"`+r.o.Publication+`"`) {
		return publisher.GoneError(r.o.Publication)
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

func (r *Reader) copyData(ctx context.Context, data []byte) error {
	if len(data) > dataHead && data[0] == pglogrepl.XLogDataByteID {
		r.told = int64(binary.BigEndian.Uint64(data[1+16:])) //nolint:gosec // signed on the wire
		return r.change(ctx, data[1+dataHead:])
	}
	if len(data) == 1+keepaliveSize && data[0] == pglogrepl.PrimaryKeepaliveMessageByteID {
		m := message{rest: data[1:]}
		return r.keepalive(wire.Progress{LSN: m.lsn(), Time: m.time()}, m.byte() == 1)
	}
	return errMessage
}

// keepalive notes that nothing before the source's position concerns us.
func (r *Reader) keepalive(at wire.Progress, answer bool) error {
	if r.tx == nil && at.LSN >= r.sent {
		r.idle = &at
		r.passIdle()
	}
	if answer {
		return r.answer(false)
	}
	return nil
}

// passIdle passes an idle position on: a few times a second, as each costs the target a commit, but at
// once when a transaction waits for it.
func (r *Reader) passIdle() {
	waited := r.doubts.passing > r.sent
	if r.idle == nil || r.tx != nil || !waited && r.now.Sub(r.lastIdle) < r.passEvery {
		return
	}
	p := *r.idle
	r.idle = nil
	if p.LSN < r.sent { // a transaction has come since
		return
	}
	r.lastIdle, r.sent, r.sentAt = r.now, p.LSN, p.Time
	p.Hold = r.held()
	r.buf = wire.AppendProgress(r.buf, p)
}

// passClock passes on where the source was at the last heartbeat, between transactions.
func (r *Reader) passClock() {
	if r.tx != nil || r.o.Only != nil {
		return
	}
	if c := r.clock.Swap(nil); c != nil {
		r.buf = wire.AppendClock(r.buf, *c)
	}
}

// status asks the source for a sign of life once a second and tells it what is durable on the target.
func (r *Reader) status() error {
	if r.now = time.Now(); r.now.Sub(r.lastStatus) < statusEvery {
		return nil
	}
	return r.answer(true)
}

func (r *Reader) answer(wantReply bool) error {
	if wantReply {
		r.lastStatus = r.now
		r.tellSent(0) // what came last is told, too
	}
	at, err := r.durable()
	if err != nil {
		return err
	}
	if err := r.report(at, wantReply); err != nil {
		return fmt.Errorf("source: answer: %w", err)
	}
	return nil
}

// tellSent says what the writer was given: of a short stream, too, somebody will want to know how far it had come.
func (r *Reader) tellSent(every time.Duration) {
	if r.o.OnSent == nil || r.sentAt.IsZero() || r.now.Sub(r.lastSent) < every {
		return
	}
	r.lastSent = r.now
	r.o.OnSent(r.sent, r.sentAt)
}

// tooLong says of which table the message was that is longer than what is taken.
func (r *Reader) tooLong(err error) error {
	if !errors.Is(err, errLong) {
		return err
	}
	in := r.repl.in
	data := in.buf[in.r:in.w]
	if len(data) < headSize+1+dataHead+1 || data[0] != 'd' {
		return long("")
	}
	data = data[headSize+1+dataHead:]
	if r.tx != nil && r.tx.streamed && len(data) > 4 {
		data = data[4:]
	}
	if len(data) < 5 {
		return long("")
	}
	oid := binary.BigEndian.Uint32(data[1:])
	of := r.tablesOf[oid]
	if r.tx != nil && r.tx.tables[oid] != nil {
		of = r.tx.tables[oid]
	}
	if of == nil || of.alien != "" {
		return long("")
	}
	return long(of.table.FullName())
}

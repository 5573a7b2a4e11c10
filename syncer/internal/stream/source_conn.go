package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"portal.example/syncer/internal/wire"
)

// sourceConn is the connection that the stream comes from: it waits for more, and answers the source in time.
type sourceConn struct {
	in        *inlet
	net       net.Conn
	report    func(at wire.LSN, wantReply bool) error
	positions *positions
	pace      pace

	now        time.Time // of the last message
	told       int64     // the source's clock when it sent the last change, in microseconds since 2000
	heard      time.Time
	lastStatus time.Time
	armed      time.Time // the connection's deadline
}

// take begins to read from a connection that has become a stream.
func (s *sourceConn) take(r *Replication) {
	s.in, s.net, s.report = r.in, r.Conn.PgConn().Conn(), r.report
	s.pace.raw = rawConn(s.net)
}

func (s *sourceConn) begin() {
	s.now = time.Now()
	s.heard = s.now
}

// noteAge notes how old a transaction was when the source sent it.
func (s *sourceConn) noteAge(committed time.Time) {
	s.pace.behind = epoch2000.Add(time.Duration(s.told) * time.Microsecond).Sub(committed)
}

// readUntil sets until when fill waits.
func (s *sourceConn) readUntil(next time.Time) error {
	if next.Equal(s.armed) {
		return nil
	}
	s.armed = next
	if err := s.net.SetReadDeadline(next); err != nil {
		return fmt.Errorf("source: stream: %w", err)
	}
	return nil
}

// fill waits for more.
func (s *sourceConn) fill(ctx context.Context) error {
	s.pace.wait()
	before := s.in.w - s.in.r
	err := s.in.fill()
	s.now = time.Now()
	switch {
	case err == nil:
		s.heard = s.now
		s.pace.took(s.now, s.in.w-s.in.r-before, s.in.w == len(s.in.buf))
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		if s.now.Sub(s.heard) > deafAfter {
			return fmt.Errorf("source: no sign of life for %s: %w", deafAfter, context.DeadlineExceeded)
		}
		return nil
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("source: stream: %w", err)
}

// status asks the source for a sign of life once a second and tells it what is durable on the target.
func (s *sourceConn) status() error {
	if s.now = time.Now(); s.now.Sub(s.lastStatus) < statusEvery {
		return nil
	}
	return s.answer(true)
}

func (s *sourceConn) answer(wantReply bool) error {
	if wantReply {
		s.lastStatus = s.now
		s.positions.tell(s.now, 0) // what came last is told, too
	}
	at, err := s.positions.durable()
	if err != nil {
		return err
	}
	if err := s.report(at, wantReply); err != nil {
		return fmt.Errorf("source: answer: %w", err)
	}
	return nil
}

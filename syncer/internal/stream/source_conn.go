package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"portal.example/syncer/internal/socket"
	"portal.example/syncer/internal/wire"
)

// sourceConn is the connection that the stream is read from. It waits for more and answers the source in time.
type sourceConn struct {
	in        *messageBuffer
	net       net.Conn
	report    func(at wire.LSN, wantReply bool) error
	positions *positions
	pace      readPacer

	now        time.Time // of the last message
	told       int64     // the source's clock when it sent the last change, in microseconds since 2000
	heard      time.Time
	lastStatus time.Time
	armed      time.Time // the connection's deadline
}

// attach begins to read from a connection that has become a stream.
func (s *sourceConn) attach(r *Replication) {
	s.in, s.net, s.report = r.in, r.Conn.PgConn().Conn(), r.reportPosition
	s.pace.raw = socket.Raw(s.net)
}

func (s *sourceConn) noteHeard() {
	s.now = time.Now()
	s.heard = s.now
}

// noteAge notes how old a transaction was when the source sent it.
func (s *sourceConn) noteAge(committed time.Time) {
	s.pace.behind = epoch2000.Add(time.Duration(s.told) * time.Microsecond).Sub(committed)
}

// setReadDeadline sets how long readMore waits.
func (s *sourceConn) setReadDeadline(next time.Time) error {
	if next.Equal(s.armed) {
		return nil
	}
	s.armed = next
	if err := s.net.SetReadDeadline(next); err != nil {
		return fmt.Errorf("source: stream: %w", err)
	}
	return nil
}

// readMore waits until more has arrived or the deadline has passed.
func (s *sourceConn) readMore(ctx context.Context) error {
	s.pace.waitForMore()
	before := s.in.w - s.in.r
	err := s.in.readMore()
	s.now = time.Now()
	switch {
	case err == nil:
		s.heard = s.now
		s.pace.noteRead(s.now, s.in.w-s.in.r-before, s.in.w == len(s.in.buf))
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

// reportWhenDue asks the source for a sign of life once a second and tells it what is durable on the target.
func (s *sourceConn) reportWhenDue() error {
	if s.now = time.Now(); s.now.Sub(s.lastStatus) < statusEvery {
		return nil
	}
	return s.reportProgress(true)
}

func (s *sourceConn) reportProgress(wantReply bool) error {
	if wantReply {
		s.lastStatus = s.now
		s.positions.tellSent(s.now, 0) // including what was sent last
	}
	at, err := s.positions.durablePosition()
	if err != nil {
		return err
	}
	if err := s.report(at, wantReply); err != nil {
		return fmt.Errorf("source: answer: %w", err)
	}
	return nil
}

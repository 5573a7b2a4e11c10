package documents

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

const (
	window      = 256  // offers on their way that are not answered yet
	maxWanted   = 1024 // objects that wait for a lane
	maxSessions = 8
	restFactor  = 10 // a round is followed by a rest of this many times its own length, so that nobody can keep the source busy
	maxRest     = time.Minute
)

// Offers is the reader's side. One value serves all connections of purpose objects.
type Offers struct {
	DSN string
	// List reads the whitelist again for each connection.
	List  func() (*whitelist.List, error)
	Store *blob.Bucket
	Log   *slog.Logger

	mu   sync.Mutex
	open map[string]*offering
}

// offering is one control connection with the objects that were wanted on it.
type offering struct {
	o      *Offers
	id     string
	conn   net.Conn
	list   *whitelist.List
	wanted chan wanted
	over   chan struct{}
	acks   chan wire.Ack

	number  uint32
	pending []wanted // offered, not answered

	db sync.Mutex // of source
	// source reads the rows and looks each object's row up again before it leaves.
	source *pgx.Conn
}

// wanted is an offer that the writer accepted.
type wanted struct {
	wire.Offer
	named string // SQL that finds the rows that name it, see selectNamed
}

// Serve answers a connection of purpose objects until it ends.
func (o *Offers) Serve(ctx context.Context, conn net.Conn, have wire.Have) error {
	if have.Session != "" {
		return o.serveLane(ctx, conn, have.Session)
	}
	list, err := o.List()
	if err != nil {
		return err
	}
	s := &offering{
		o: o, id: rand.Text(), conn: conn, list: list,
		wanted: make(chan wanted, maxWanted), over: make(chan struct{}), acks: make(chan wire.Ack, window),
	}
	if err := o.addOffering(s); err != nil {
		return err
	}
	defer o.removeOffering(s)
	return s.serveRounds(ctx)
}

func (o *Offers) addOffering(s *offering) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.open) >= maxSessions {
		return fmt.Errorf("documents: more than %d connections offer objects at a time", maxSessions)
	}
	if o.open == nil {
		o.open = map[string]*offering{}
	}
	o.open[s.id] = s
	return nil
}

func (o *Offers) removeOffering(s *offering) {
	o.mu.Lock()
	delete(o.open, s.id)
	o.mu.Unlock()
	close(s.over)
	s.db.Lock()
	defer s.db.Unlock()
	link.Close(s.source)
	s.source = nil
}

// serveRounds starts a round of offers whenever the writer asks for one.
func (s *offering) serveRounds(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() { cancel(s.listenForAnswers(ctx)) }()
	if err := s.sendFrames(wire.AppendHello(nil, wire.Hello{Session: s.id, Digest: s.list.WholeDigest()})); err != nil {
		return err
	}
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case ack := <-s.acks:
			if ack.LSN != 0 {
				return fmt.Errorf("%w: an answer to no offer", wire.ErrFrame)
			}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-rest.C:
		}
		began := time.Now()
		if err := s.holdRound(ctx); err != nil {
			return errors.Join(context.Cause(ctx), err)
		}
		rest.Reset(min(restFactor*time.Since(began), maxRest))
	}
}

// listenForAnswers reads the writer's answers; it may send nothing else.
func (s *offering) listenForAnswers(ctx context.Context) error {
	in := wire.NewReader(s.conn, wire.MaxAck)
	for {
		frame, err := in.Next()
		if err != nil {
			return errors.Join(wire.ErrPeer, err)
		}
		ack, ok := frame.(wire.Ack)
		if !ok {
			return fmt.Errorf("%w: the writer may only acknowledge", wire.ErrFrame)
		}
		select {
		case s.acks <- ack:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *offering) sendFrames(b []byte) error {
	_ = s.conn.SetWriteDeadline(time.Now().Add(answerWithin))
	if _, err := s.conn.Write(b); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}

// holdRound offers every object that whitelisted rows name now.
func (s *offering) holdRound(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, roundWithin)
	defer cancel()
	out := bufio.NewWriterSize(deadlined{s.conn}, 64<<10)
	err := s.queryRows(ctx, func(conn *pgx.Conn) error {
		for _, d := range s.list.Documents {
			if err := s.offerAll(ctx, conn, out, d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for len(s.pending) > 0 {
		if err := s.takeAnswer(ctx, out); err != nil {
			return err
		}
	}
	_, _ = out.Write(wire.AppendDone(nil))
	return flush(out)
}

// offerAll offers every object that the rows of one table name.
func (s *offering) offerAll(ctx context.Context, conn *pgx.Conn, out *bufio.Writer, d whitelist.Documents) error {
	named, err := selectNamed(ctx, conn, d, s.rowCondition(d))
	if err != nil {
		return link.Fail("source", err)
	}
	rows, err := conn.Query(ctx, named)
	if err != nil {
		return link.Fail("source: objects", err)
	}
	defer rows.Close()
	for rows.Next() {
		w := wanted{named: named}
		if err := rows.Scan(&w.Key, &w.SHA256); err != nil {
			return link.Fail("source: objects", err)
		}
		if len(w.Key) > maxKey || !hexSHA.MatchString(w.SHA256) {
			continue // nothing that a store could hold
		}
		if err := s.sendOffer(ctx, out, w); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return link.Fail("source: objects", err)
	}
	return nil
}

// rowCondition returns the table's row filter as SQL.
func (s *offering) rowCondition(d whitelist.Documents) string {
	for _, t := range s.list.Tables {
		if t.FullName() == d.Table && t.Where != "" {
			return "(" + t.Where + ")"
		}
	}
	return "true"
}

func (s *offering) sendOffer(ctx context.Context, out *bufio.Writer, w wanted) error {
	for len(s.pending) >= window {
		if err := s.takeAnswer(ctx, out); err != nil {
			return err
		}
	}
	if s.number++; s.number == 0 {
		s.number++
	}
	w.Number, w.Size = s.number, -1
	s.pending = append(s.pending, w)
	if _, err := out.Write(wire.AppendOffer(nil, w.Offer)); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}

// takeAnswer handles the answer to the oldest offer.
func (s *offering) takeAnswer(ctx context.Context, out *bufio.Writer) error {
	if err := flush(out); err != nil {
		return err
	}
	patience := time.NewTimer(answerWithin)
	defer patience.Stop()
	var ack wire.Ack
	select {
	case ack = <-s.acks:
	case <-patience.C:
		return fmt.Errorf("documents: the writer answers no offer: %w", context.DeadlineExceeded)
	case <-ctx.Done():
		return ctx.Err()
	}
	w := s.pending[0]
	s.pending = s.pending[1:]
	if uint64(ack.LSN) != uint64(w.Number) {
		return fmt.Errorf("%w: an answer to another offer", wire.ErrFrame)
	}
	if !ack.Want {
		return nil
	}
	select { // lanes take from the other end
	case s.wanted <- w:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// queryRows runs do with the session's connection to the source.
func (s *offering) queryRows(ctx context.Context, do func(*pgx.Conn) error) error {
	s.db.Lock()
	defer s.db.Unlock()
	if s.source == nil || s.source.IsClosed() {
		conn, err := link.Open(ctx, s.o.DSN, link.Options{Name: "source.dsn", Application: "documents"})
		if err != nil {
			return err
		}
		s.source = conn
	}
	return do(s.source)
}

// isStillNamed reports whether a listed row names the object at this moment. An object that was withdrawn after it was offered must
// not leave.
func (s *offering) isStillNamed(ctx context.Context, w wanted) (named bool, err error) {
	err = s.queryRows(ctx, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM ("+w.named+") AS n WHERE n.key = $1 AND n.sha256 = $2)", w.Key, w.SHA256).Scan(&named)
	})
	if err != nil {
		return false, fault.Wrap(fault.Unavailable, link.Fail("source: objects", err), "")
	}
	return named, nil
}

// deadlined sets a deadline for each write.
type deadlined struct{ net.Conn }

func (d deadlined) Write(b []byte) (int, error) {
	_ = d.SetWriteDeadline(time.Now().Add(answerWithin))
	return d.Conn.Write(b)
}

func flush(out *bufio.Writer) error {
	if err := out.Flush(); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}

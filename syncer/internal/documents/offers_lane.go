package documents

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/syncer/internal/wire"
)

// serveLane sends the objects that were wanted on the control connection which session names.
func (o *Offers) serveLane(ctx context.Context, conn net.Conn, session string) error {
	o.mu.Lock()
	s := o.open[session]
	o.mu.Unlock()
	if s == nil {
		return errors.Join(wire.ErrPeer, errors.New("documents: a lane names a session that is over"))
	}
	out := deadlined{conn}
	if _, err := out.Write(wire.AppendHello(nil, wire.Hello{Session: session})); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	acks := wire.NewReader(conn, wire.MaxAck)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.over:
			return nil
		case w := <-s.wanted:
			if err := s.giveObject(ctx, out, w); err != nil {
				return err
			}
			if err := acknowledged(conn, acks, w); err != nil {
				return err
			}
		}
	}
}

// acknowledged waits until the writer is done with the object, successfully or not.
func acknowledged(conn net.Conn, acks *wire.Reader, w wanted) error {
	_ = conn.SetReadDeadline(time.Now().Add(objectWithin))
	frame, err := acks.Next()
	if err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	if ack, ok := frame.(wire.Ack); !ok || uint64(ack.LSN) != uint64(w.Number) {
		return fmt.Errorf("%w: the writer may only acknowledge the object it was given", wire.ErrFrame)
	}
	return nil
}

// giveObject sends one object. A problem with the object is sent in its place; only errors of the connection are returned.
func (s *offering) giveObject(ctx context.Context, out io.Writer, w wanted) error {
	ctx, cancel := context.WithTimeout(ctx, objectWithin)
	defer cancel()
	from, info, err := s.fetchObject(ctx, w)
	if err != nil {
		return s.refuseObject(out, w, err)
	}
	defer func() { _ = from.Close() }()
	w.Size = info.Size
	if _, err := out.Write(wire.AppendOffer(nil, w.Offer)); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	sent, err := pourBytes(out, from)
	switch {
	case errors.Is(err, wire.ErrPeer):
		return err
	case err != nil:
		return s.endObject(out, w, err)
	}
	if _, err := out.Write(wire.AppendPieceEnd(nil, wire.PieceEnd{Count: uint64(sent)})); err != nil { //nolint:gosec // never negative
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}

var errNotNamed = errors.New(textNotNamed)

func (s *offering) fetchObject(ctx context.Context, w wanted) (io.ReadCloser, blob.Info, error) {
	named, err := s.isStillNamed(ctx, w)
	switch {
	case err != nil:
		return nil, blob.Info{}, err
	case !named:
		return nil, blob.Info{}, errNotNamed
	}
	from, info, err := s.o.Store.Get(ctx, w.Key, w.SHA256)
	if err == nil && info.Size > maxObject {
		_ = from.Close()
		return nil, info, fault.New(fault.TooLarge, "")
	}
	return from, info, err
}

// pourBytes sends everything from from in Data frames and returns the number of bytes.
func pourBytes(out io.Writer, from io.Reader) (sent int64, err error) {
	data, frame := make([]byte, dataBytes), make([]byte, 0, dataBytes+16)
	for {
		n := 0
		for n < len(data) && err == nil {
			var more int
			more, err = from.Read(data[n:])
			n += more
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return sent, err
		}
		if n > 0 {
			frame = wire.AppendData(frame[:0], data[:n])
			if _, err := out.Write(frame); err != nil {
				return sent, errors.Join(wire.ErrPeer, err)
			}
			sent += int64(n)
		}
		if err != nil {
			return sent, nil
		}
	}
}

// refuseObject says that an object cannot be sent at all.
func (s *offering) refuseObject(out io.Writer, w wanted, why error) error {
	if _, err := out.Write(wire.AppendOffer(nil, w.Offer)); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return s.endObject(out, w, why)
}

func (s *offering) endObject(out io.Writer, w wanted, why error) error {
	text := problem(why, textMissing, textSilent)
	s.o.Log.Warn("documents: object cannot be sent; it will be offered again", "key", w.Key, "error", why.Error())
	if _, err := out.Write(wire.AppendEnd(nil, wire.End{Class: wire.EndAgain, Text: text})); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}

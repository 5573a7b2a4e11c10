package documents

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"portal.example/shared/blob"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/wire"
)

const (
	mediaType  = "application/octet-stream" // the site says what it is, from the row
	worthTaken = 8 << 20                    // what is left of an object that is not needed is taken if it is less than this
)

// runLane fetches one object after another. If an object breaks off in the middle, it reconnects.
func (s *exchange) runLane(ctx context.Context) error {
	for {
		if err := s.takeObjects(ctx); !errors.Is(err, errBrokenOff) {
			return err
		}
	}
}

var errBrokenOff = errors.New("the object was left in the middle")

// takeObjects fetches objects on one connection.
func (s *exchange) takeObjects(ctx context.Context) error {
	conn, in, _, err := s.k.connect(ctx, s.id)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	for {
		_ = conn.SetReadDeadline(time.Time{})
		frame, err := in.Next()
		if err != nil {
			return fmt.Errorf("documents: the reader ended: %w", errors.Join(wire.ErrPeer, err))
		}
		offer, ok := frame.(wire.Offer)
		if !ok {
			return fmt.Errorf("%w: %T where an object begins", wire.ErrFrame, frame)
		}
		o, err := s.claimOffer(offer)
		if err != nil {
			return err
		}
		_ = conn.SetReadDeadline(time.Now().Add(objectWithin))
		b := &body{in: in, left: offer.Size}
		size, err := s.keepObject(ctx, o, offer.Size, b)
		s.done <- outcome{object: o, size: size, err: err}
		if !b.finish() {
			return errBrokenOff
		}
		if _, err := conn.Write(wire.AppendAck(nil, wire.Ack{LSN: wire.LSN(offer.Number)})); err != nil {
			return fmt.Errorf("documents: the reader ended: %w", errors.Join(wire.ErrPeer, err))
		}
	}
}

// claimOffer looks up a wanted object; anything else is refused.
func (s *exchange) claimOffer(offer wire.Offer) (object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.wanted[offer.Number]
	if !ok || o.Key != offer.Key || o.SHA256 != offer.SHA256 {
		return o, fmt.Errorf("%w: an object that was not wanted", wire.ErrFrame)
	}
	delete(s.wanted, offer.Number)
	return o, nil
}

// keepObject stores the object. It trusts neither the reader's bytes nor the store's answer, and verifies both.
func (s *exchange) keepObject(ctx context.Context, o object, size int64, b *body) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, objectWithin)
	defer cancel()
	if size, err := readBack(ctx, s.k.Store, o); err == nil {
		return size, nil // killed between the copy and its record
	}
	if err := b.begin(); err != nil {
		return 0, err
	}
	failpoint.Hit("documents.before_put")
	_, err := s.k.Store.Put(ctx, o.Key, b, size, mediaType, o.SHA256)
	failpoint.Hit("documents.after_put")
	switch {
	case b.err != nil: // what the reader says is the cause of what the store says
		return 0, b.err
	case err != nil:
		return 0, storeError(err)
	}
	if size, err = readBack(ctx, s.k.Store, o); err != nil {
		return 0, storeError(fmt.Errorf("read back: %w", err))
	}
	return size, nil
}

func readBack(ctx context.Context, b *blob.Bucket, o object) (int64, error) {
	r, _, err := b.Get(ctx, o.Key, o.SHA256)
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.Close() }()
	return io.Copy(io.Discard, r)
}

// problemError is a failure whose text may be stored in sync.objects.
type problemError struct {
	text  string
	cause error
}

func (p *problemError) Error() string { return p.text }
func (p *problemError) Unwrap() error { return p.cause }

func storeError(err error) error {
	return &problemError{text: problem(err, textLost, textTarget), cause: err}
}

// body reads an object's bytes from frames. It returns the last bytes only once the reader has said that the object is complete, so
// that a store never receives an incomplete object as a whole.
type body struct {
	in   *wire.Reader
	left int64 // bytes that are still to come
	got  int64

	now, next []byte
	begun     bool
	ended     bool
	err       error
}

// begin reads the first frame, which may say that there is no object.
func (b *body) begin() error {
	if !b.begun {
		b.begun = true
		b.advance()
	}
	return b.err
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if err := b.begin(); err != nil {
		return 0, err
	}
	for len(b.now) == 0 {
		if b.next == nil {
			return 0, io.EOF
		}
		b.now, b.next = b.next, nil
		if b.advance(); b.err != nil {
			return 0, b.err
		}
	}
	n := copy(p, b.now)
	b.now = b.now[n:]
	return n, nil
}

// advance reads the next frame.
func (b *body) advance() {
	frame, err := b.in.Next()
	if err != nil {
		b.err = fmt.Errorf("documents: the reader ended: %w", errors.Join(wire.ErrPeer, err))
		return
	}
	switch f := frame.(type) {
	case wire.Data:
		if b.got += int64(len(f)); b.got > b.left || b.left > maxObject || len(f) == 0 {
			b.err = fmt.Errorf("%w: more bytes than were announced", wire.ErrFrame)
			return
		}
		b.next = f
	case wire.PieceEnd:
		b.ended = true
		if b.got != b.left || f.Count != uint64(b.got) { //nolint:gosec // never negative
			b.err = &problemError{text: textDiffers, cause: blob.ErrMismatch}
		}
	case wire.End:
		b.ended = true
		b.err = &problemError{text: plain(f.Text)}
	default:
		b.err = fmt.Errorf("%w: %T among an object's bytes", wire.ErrFrame, frame)
	}
}

// plain removes what does not belong into a line of a table: the text came over the wire.
func plain(text string) string {
	kept := make([]rune, 0, len(text))
	for _, r := range text {
		if r < ' ' || r == 0x7f || len(kept) == 300 {
			break
		}
		kept = append(kept, r)
	}
	return string(kept)
}

// finish skips the rest of an object that was not read to its end, if it is short, and reports whether the connection is at the
// next object.
func (b *body) finish() bool {
	b.begun = true
	for !b.ended {
		if b.left-b.got > worthTaken || b.err != nil {
			return false
		}
		b.advance()
	}
	return true
}

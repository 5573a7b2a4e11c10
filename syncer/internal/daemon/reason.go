package daemon

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"
	"unicode"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// A stream may break off in the middle of a frame, so why it ended cannot be said on it. The writer opens
// another connection and asks.

const (
	reasonWithin = 5 * time.Second // for a stream that is ending to have ended
	replyWithin  = 5 * time.Second // for a short answer to be taken
)

// turn lets one stream run at a time: a newer one ends the older. It remembers why the last one ended.
type turn struct {
	mu   sync.Mutex
	end  context.CancelFunc
	over chan struct{} // closed when the newest has ended
	why  error
}

func (t *turn) run(ctx context.Context, stream func(context.Context) error) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	mine := make(chan struct{})
	t.mu.Lock()
	older, before := t.end, t.over
	t.end, t.over, t.why = cancel, mine, nil
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.over == mine {
			t.why = err
		}
		close(mine)
	}()
	if older != nil {
		older()
		<-before
	}
	return stream(ctx)
}

// reason tells why the newest stream ended, waiting a moment for one that is ending.
func (t *turn) reason(ctx context.Context) wire.End {
	t.mu.Lock()
	over := t.over
	t.mu.Unlock()
	if over == nil {
		return wire.End{Class: wire.EndAgain, Text: "the reader was started anew"}
	}
	patience := time.NewTimer(reasonWithin)
	defer patience.Stop()
	select {
	case <-over:
	case <-patience.C:
		return wire.End{Class: wire.EndAgain, Text: "the reader has not noticed that the stream ended"}
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return ended(t.why)
}

// ended says err in a frame.
func ended(err error) wire.End {
	class := wire.EndFailed
	switch {
	case err == nil:
		return wire.End{Class: wire.EndAgain, Text: "the stream ended"}
	case fault.ExitCode(err) == fault.ExitUnsafe:
		class = wire.EndUnsafe
	case fault.ExitCode(err) == fault.ExitUsage:
		class = wire.EndUsage
	case temporary(err):
		class = wire.EndAgain
	}
	return wire.End{Class: class, Text: oneLine(err.Error())}
}

// temporary reports whether trying again by itself may help.
func temporary(err error) bool { return link.Temporary(err) || errors.Is(err, wire.ErrPeer) }

func (r *Reader) reason(ctx context.Context, conn net.Conn) error {
	end := r.streams.reason(ctx)
	_ = conn.SetWriteDeadline(time.Now().Add(replyWithin))
	if _, err := conn.Write(wire.AppendEnd(nil, end)); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}

// askWhy asks the reader why it ended the stream; nil when it does not say.
func askWhy(ctx context.Context, dial func(context.Context) (net.Conn, error)) error {
	ctx, cancel := context.WithTimeout(ctx, reasonWithin+replyWithin)
	defer cancel()
	conn, err := dial(ctx)
	if err != nil {
		return nil //nolint:nilerr // a reader that is gone cannot say why
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if _, err := conn.Write(wire.AppendHave(nil, wire.Have{Purpose: wire.PurposeReason})); err != nil {
		return nil //nolint:nilerr // as above
	}
	frame, err := wire.ReadFrame(conn, wire.MaxEnd+100)
	end, ok := frame.(wire.End)
	if err != nil || !ok {
		return nil //nolint:nilerr // as above
	}
	return asError(end)
}

// asError is what the reader said, as an error of the same kind.
func asError(end wire.End) error {
	text := oneLine(end.Text)
	switch end.Class {
	case wire.EndUnsafe:
		return fault.Unsafef("%s", text)
	case wire.EndUsage:
		return fault.Usagef("%s", text)
	case wire.EndFailed:
		return errors.New(text)
	}
	return &link.Error{Line: text}
}

// oneLine keeps what a terminal can show on one line: the text may come from another process.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
}

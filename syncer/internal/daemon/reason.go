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
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/replica"
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
	case errors.Is(err, publisher.ErrLost):
		class = wire.EndLost
	case fault.ExitCode(err) == fault.ExitUnsafe:
		class = wire.EndUnsafe
	case fault.ExitCode(err) == fault.ExitUsage:
		class = wire.EndUsage
	case temporary(err):
		class = wire.EndAgain
	}
	return wire.End{Class: class, Text: link.Text(err)}
}

// temporary reports whether trying again by itself may help.
func temporary(err error) bool { return link.Temporary(err) || errors.Is(err, wire.ErrPeer) }

func (r *Reader) reason(ctx context.Context, conn net.Conn) error {
	return answerEnd(conn, r.streams.reason(ctx))
}

// orphan tells a writer whose target knows of no replica whether the source does: a slot that is there was made for one.
func (r *Reader) orphan(ctx context.Context, conn net.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, reasonWithin)
	defer cancel()
	slot := r.Config.Source.Slot
	from, err := link.Open(ctx, r.Config.Source.DSN, link.Options{Name: "source.dsn", Application: "slot"})
	if err == nil {
		defer link.Close(from)
		_, err = publisher.ReadSlot(ctx, from, slot)
	}
	if err == nil {
		err = publisher.ResyncError("the target knows of no replica, but the source keeps replication slot %q for one: the target was wiped, or restored from before `syncer init`", slot)
	}
	if errors.Is(err, publisher.ErrNoSlot) {
		err = replica.ErrNoProgress
	}
	return answerEnd(conn, ended(err))
}

func answerEnd(conn net.Conn, end wire.End) error {
	_ = conn.SetWriteDeadline(time.Now().Add(replyWithin))
	if _, err := conn.Write(wire.AppendEnd(nil, end)); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}

// askWhy asks the reader why it ended the stream; nil when it does not say.
func askWhy(ctx context.Context, dial func(context.Context) (net.Conn, error)) error {
	if end, ok := ask(ctx, dial, wire.PurposeReason); ok {
		return asError(end)
	}
	return nil
}

// readerWithin is how long a writer that cannot go on without the reader's word waits for it to be there.
const readerWithin = 5 * time.Second

// orphaned asks the reader whether the source keeps a slot for the replica of which the target knows nothing; nil when
// no reader answers.
func (w *Writer) orphaned(ctx context.Context) error {
	again := link.Retry{Log: w.Log, What: "the reader does not answer yet"}
	for until := time.Now().Add(readerWithin); time.Now().Before(until); {
		if end, ok := ask(ctx, w.Dial, wire.PurposeSlot); ok {
			return asError(end)
		}
		if again.Wait(ctx, errNoReader) != nil {
			break
		}
	}
	return nil
}

var errNoReader = errors.New("wire.socket: nobody says whether the source keeps a slot for this replica")

// ask opens a connection that is answered by one End; ok is false when it is not.
func ask(ctx context.Context, dial func(context.Context) (net.Conn, error), purpose wire.Purpose) (end wire.End, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, reasonWithin+replyWithin)
	defer cancel()
	conn, err := dial(ctx)
	if err != nil {
		return end, false
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if _, err := conn.Write(wire.AppendHave(nil, wire.Have{Purpose: purpose})); err != nil {
		return end, false
	}
	frame, err := wire.ReadFrame(conn, wire.MaxEnd+100)
	if err != nil {
		return end, false
	}
	end, ok = frame.(wire.End)
	return end, ok
}

// asError is what the reader said, as an error of the same kind.
func asError(end wire.End) error {
	text := oneLine(end.Text)
	switch end.Class {
	case wire.EndUnsafe:
		return fault.Unsafef("%s", text)
	case wire.EndLost:
		return publisher.AsLost(fault.Unsafef("%s", text))
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

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
	"portal.example/syncer/internal/stream"
	"portal.example/syncer/internal/wire"
)

// A stream may break off in the middle of a frame, so it cannot carry the reason of its end. The writer opens another
// connection and asks for it.

const (
	reasonWithin = 5 * time.Second // for a stream that is ending to have ended
	replyWithin  = 5 * time.Second // for a short answer to be taken
)

// streamTurn lets one stream run at a time; a new one ends the one before. It remembers why the last one ended.
type streamTurn struct {
	mu   sync.Mutex
	end  context.CancelFunc
	over chan struct{} // closed when the newest has ended
	why  error
}

func (t *streamTurn) run(ctx context.Context, stream func(context.Context) error) (err error) {
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

// reason returns why the newest stream ended. It waits a moment if the stream is just ending.
func (t *streamTurn) reason(ctx context.Context) wire.End {
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
	return endFrame(t.why)
}

// endFrame converts err into an End frame.
func endFrame(err error) wire.End {
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
	case errors.Is(err, stream.ErrUnconvertible):
		class = wire.EndRepeat
	case temporary(err):
		class = wire.EndAgain
	}
	return wire.End{Class: class, Text: link.Text(err)}
}

// temporary reports whether trying again by itself may help. Where the other side is of another release, it does as soon as both are of one.
func temporary(err error) bool {
	var version *wire.VersionError
	return link.Temporary(err) || errors.Is(err, wire.ErrPeer) || errors.As(err, &version)
}

func (r *Reader) answerReason(ctx context.Context, conn net.Conn) error {
	return answerEnd(conn, r.streams.reason(ctx))
}

// answerSlot tells a writer whose target has no record of a replica whether the source has one: whether the slot exists.
func (r *Reader) answerSlot(ctx context.Context, conn net.Conn) error {
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
	return answerEnd(conn, endFrame(err))
}

func answerEnd(conn net.Conn, end wire.End) error {
	_ = conn.SetWriteDeadline(time.Now().Add(replyWithin))
	if _, err := conn.Write(wire.AppendEnd(nil, end)); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}

// askWhy asks the reader why it ended the stream, and returns nil if it does not answer.
func askWhy(ctx context.Context, dial func(context.Context) (net.Conn, error)) error {
	if end, ok := askReader(ctx, dial, wire.PurposeReason); ok {
		return asError(end)
	}
	return nil
}

// readerWithin is how long a writer that cannot go on without the reader's answer waits for it.
const readerWithin = 5 * time.Second

// askForSlot asks the reader whether the source keeps a slot for a replica that the target has no record of. It returns nil if
// no reader answers.
func (w *Writer) askForSlot(ctx context.Context) error {
	again := link.Retry{Log: w.Log, What: "the reader does not answer yet"}
	for until := time.Now().Add(readerWithin); time.Now().Before(until); {
		if end, ok := askReader(ctx, w.Dial, wire.PurposeSlot); ok {
			return asError(end)
		}
		if again.Wait(ctx, errNoReader) != nil {
			break
		}
	}
	return nil
}

var errNoReader = errors.New("wire.socket: nobody says whether the source keeps a slot for this replica")

// askReader opens a connection for a purpose that is answered by one End frame; ok is false if there is no answer.
func askReader(ctx context.Context, dial func(context.Context) (net.Conn, error), purpose wire.Purpose) (end wire.End, ok bool) {
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

// asError converts an End frame back into an error of the same kind.
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
	case wire.EndRepeat:
		return &link.Error{Line: text, Cause: errRepeat}
	}
	return &link.Error{Line: text}
}

// errRepeat says that the next try is another than the last one was, so that even a run that waits for nobody makes it.
var errRepeat = errors.New("the stream begins again in another way")

// oneLine removes everything that a terminal would not show on one line. The text may come from another process.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
}

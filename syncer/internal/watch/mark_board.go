package watch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/wire"
)

// MarkBoard holds the newest marks of the reader's stream until the writer fetches them to remember them. The zero value is
// ready for use.
type MarkBoard struct {
	mu     sync.Mutex
	digest string        // of the whitelist whose numbers the marks use
	marks  []wire.Mark   // of the current stream
	more   chan struct{} // closed when marks are posted
}

// BeginStream removes the marks of an earlier stream.
func (b *MarkBoard) BeginStream(digest string) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.digest, b.marks = digest, nil
}

func (b *MarkBoard) postMarks(w *Watch) {
	if b == nil {
		return
	}
	marks := make([]wire.Mark, len(w.tables))
	for i := range w.tables {
		marks[i] = w.markOf(i)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.Equal(marks, b.marks) {
		return
	}
	b.marks = marks
	if b.more != nil {
		close(b.more)
		b.more = nil
	}
}

// readMarks returns the newest marks, and a channel that is closed when there are newer ones.
func (b *MarkBoard) readMarks() (digest string, marks []wire.Mark, more <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.more == nil {
		b.more = make(chan struct{})
	}
	return b.digest, b.marks, b.more
}

// markWithin limits how long the writer may take to accept marks.
const markWithin = 30 * time.Second

// Serve answers a connection of purpose marks: it sends each mark that has changed, until ctx ends or the writer goes away.
func (b *MarkBoard) Serve(ctx context.Context, conn net.Conn, have wire.Have) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() { // the writer must not send anything more
		n, err := conn.Read(make([]byte, 1))
		if n > 0 {
			err = fmt.Errorf("%w: the writer speaks where it may only listen", wire.ErrFrame)
		}
		cancel(errors.Join(wire.ErrPeer, err))
	}()
	told := map[uint16]wire.Mark{}
	for {
		digest, marks, more := b.readMarks()
		if digest != have.Digest && digest != "" {
			return fault.Usagef("the writer asks for what was seen with another whitelist; give both units the same file")
		}
		var frames []byte
		for _, m := range marks {
			if told[m.Table] != m {
				told[m.Table] = m
				frames = wire.AppendMark(frames, m)
			}
		}
		_ = conn.SetWriteDeadline(time.Now().Add(markWithin))
		if _, err := conn.Write(frames); err != nil {
			return errors.Join(wire.ErrPeer, err)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-more:
		}
	}
}

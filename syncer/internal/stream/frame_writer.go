package stream

import (
	"context"
	"io"
	"sync"
	"syscall"

	"portal.example/syncer/internal/socket"
)

const (
	chunkSize   = 64 << 10 // frames are handed over in pieces of about this size
	waitingMost = 8 << 20  // of frames that the writer has not taken
	spareMost   = 16       // pieces of memory kept for later frames
)

// frameWriter writes frames to the connection in a goroutine of its own, so that a busy writer never keeps the receiving
// goroutine from answering the source. It queues about waitingMost bytes. While the queue is empty, frames are written
// directly, as far as the connection takes them without blocking: a single transaction then needs no second goroutine.
type frameWriter struct {
	raw     syscall.RawConn // of the connection, nil when it has none
	mu      sync.Mutex
	waiting []waitingPiece
	bytes   int
	spare   [][]byte
	more    chan struct{} // something waits
	room    chan struct{} // something was taken
}

// waitingPiece is a piece of frames whose first begun bytes are written already.
type waitingPiece struct {
	piece []byte
	begun int
}

func newFrameWriter() *frameWriter {
	return &frameWriter{more: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

// enqueue takes ownership of piece and returns memory for the next one. If there is no room, it returns piece and false.
func (o *frameWriter) enqueue(piece []byte) (next []byte, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.bytes > 0 && o.bytes+len(piece) > waitingMost {
		return piece, false
	}
	begun := 0
	if o.bytes == 0 {
		if begun = o.writeAtOnce(piece); begun == len(piece) {
			return piece[:0], true
		}
	}
	o.waiting = append(o.waiting, waitingPiece{piece, begun})
	o.bytes += len(piece)
	poke(o.more)
	if n := len(o.spare); n > 0 {
		next, o.spare = o.spare[n-1], o.spare[:n-1]
		return next[:0], true
	}
	return make([]byte, 0, chunkSize+chunkSize/4), true
}

// writeAtOnce writes what the connection takes without blocking. An error is left for writeWaiting to find.
func (o *frameWriter) writeAtOnce(piece []byte) int {
	if o.raw == nil {
		return 0
	}
	return socket.Try(o.raw, piece)
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// takeWaiting returns everything that waits.
func (o *frameWriter) takeWaiting() []waitingPiece {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := o.waiting
	o.waiting = nil
	return all
}

// releasePiece keeps the piece's memory for reuse and makes room in the queue.
func (o *frameWriter) releasePiece(piece []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.bytes -= len(piece)
	if cap(piece) <= 4*chunkSize && len(o.spare) < spareMost {
		o.spare = append(o.spare, piece)
	}
	poke(o.room)
}

// writeWaiting writes what is enqueued until ctx ends or the connection fails.
func (o *frameWriter) writeWaiting(ctx context.Context, conn io.Writer) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-o.more:
		}
		for _, w := range o.takeWaiting() {
			if _, err := conn.Write(w.piece[w.begun:]); err != nil {
				return PeerError(ctx, err)
			}
			o.releasePiece(w.piece)
		}
	}
}

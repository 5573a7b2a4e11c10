package stream

import (
	"encoding/binary"
	"errors"
	"io"

	"portal.example/syncer/internal/wire"
)

const (
	readSize = 64 << 10 // maximum size of one read
	keptSize = 1 << 20  // a buffer that a large message made larger than this is replaced
	// maxSurroundings is more than what stands around a row in a message; and no other message is longer.
	maxSurroundings = 1 << 20
	headSize        = 5 // of a message: its type and its length
)

// messageBuffer splits what a connection receives into protocol messages. While pgx sets the connection up, Read returns one
// message at a time, so that nothing of the stream ends up in pgx's own buffer. After that the receive loop takes messages
// directly from the buffer (readMore, nextMessage).
//
// A message's length is checked before memory is allocated for it, and memory grows only as its bytes arrive.
type messageBuffer struct {
	from io.Reader
	buf  []byte
	r, w int // buf[r:w] has arrived and is not consumed
	left int // Read: bytes of the current message not returned yet
	most int // maximum length of a message
	drop int // bytes still to discard of a message that is too long
}

// Read returns at most one message at a time; it is for pgx.
func (in *messageBuffer) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for in.left == 0 {
		size, err := in.nextSize()
		if err != nil {
			return 0, err
		}
		if size > 0 {
			in.left = size
			break
		}
		if err := in.readMore(); err != nil {
			return 0, err
		}
	}
	if in.r == in.w {
		if err := in.readMore(); err != nil {
			return 0, err
		}
	}
	n := copy(p[:min(len(p), in.left)], in.buf[in.r:in.w])
	in.r, in.left = in.r+n, in.left-n
	return n, nil
}

// errLong says that a message exceeds the maximum length.
var errLong = errors.New("message too long")

// nextSize returns the length of the first message including its head, or 0 while that is unknown.
func (in *messageBuffer) nextSize() (int, error) {
	if in.w-in.r < headSize {
		return 0, nil
	}
	n := binary.BigEndian.Uint32(in.buf[in.r+1:])
	if in.most == 0 {
		in.most = 2*wire.DefaultRow + maxSurroundings
	}
	switch {
	case n < 4:
		return 0, errMessage
	case int64(n) > int64(in.most):
		return 0, errLong
	}
	return int(n) + 1, nil
}

// nextMessage returns the next message; ok is false if it has not arrived completely. The body is valid until readMore.
func (in *messageBuffer) nextMessage() (kind byte, body []byte, ok bool, err error) {
	if in.dropped(); in.drop > 0 {
		return 0, nil, false, nil
	}
	size, err := in.nextSize()
	if err != nil || size == 0 || in.w-in.r < size {
		return 0, nil, false, err
	}
	kind, body = in.buf[in.r], in.buf[in.r+headSize:in.r+size:in.r+size]
	in.r += size
	return kind, body, true, nil
}

// discard skips the first message, which is too long, as it arrives.
func (in *messageBuffer) discard() {
	in.drop = int(binary.BigEndian.Uint32(in.buf[in.r+1:])) + 1
	in.dropped()
}

func (in *messageBuffer) dropped() {
	n := min(in.drop, in.w-in.r)
	in.r, in.drop = in.r+n, in.drop-n
}

// readMore reads once.
func (in *messageBuffer) readMore() error {
	in.makeRoom()
	n, err := in.from.Read(in.buf[in.w:])
	in.w += n
	if n > 0 {
		return nil // the error will be returned by the next call
	}
	return err
}

// makeRoom makes room in buf by moving its contents to the front, and by doubling it if that is not enough.
func (in *messageBuffer) makeRoom() {
	if in.r == in.w {
		in.r, in.w = 0, 0
		if in.buf == nil || len(in.buf) > keptSize {
			in.buf = make([]byte, readSize)
		}
		return
	}
	if in.r > 0 && in.w == len(in.buf) {
		in.w = copy(in.buf, in.buf[in.r:in.w])
		in.r = 0
	}
	if in.w == len(in.buf) {
		larger := make([]byte, 2*len(in.buf))
		in.w = copy(larger, in.buf[in.r:in.w])
		in.r, in.buf = 0, larger
	}
}

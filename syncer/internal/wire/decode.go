package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Reader reads frames from a stream.
type Reader struct {
	in    *bufio.Reader
	max   int
	lends bool   // Data frames share memory
	lent  []byte // that memory
}

// NewReader returns a Reader for frames whose payload is at most limit bytes.
func NewReader(r io.Reader, limit int) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, 256<<10), max: limit}
}

// NewLendingReader is NewReader for a caller who is done with each Data frame before asking for the next frame: the memory of Data
// frames is used again.
func NewLendingReader(r io.Reader, limit int) *Reader {
	reader := NewReader(r, limit)
	reader.lends = true
	return reader
}

// Next returns the next frame: a *Relation, a *Change, or another frame by value. A *Change and a Data refer to the frame's
// memory, which is not reused unless the Reader lends it.
func (r *Reader) Next() (any, error) { return readFrameInto(r.in, r.max, r.memoryFor) }

// memoryFor returns memory for a frame's payload.
func (r *Reader) memoryFor(kind Kind, size int) []byte {
	if !r.lends || kind != KindData {
		return make([]byte, size)
	}
	if cap(r.lent) < size {
		r.lent = make([]byte, size)
	}
	return r.lent[:size]
}

// ReadFrame reads one frame from r and not a byte more. It is for the first frame of a connection, before it is known who reads
// the others. The payload is at most limit bytes.
func ReadFrame(r io.Reader, limit int) (any, error) {
	return readFrameInto(r, limit, func(_ Kind, size int) []byte { return make([]byte, size) })
}

func readFrameInto(r io.Reader, limit int, memoryFor func(Kind, int) []byte) (any, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	kind, size := Kind(head[0]), int64(binary.BigEndian.Uint32(head[1:]))
	if size > int64(limit) {
		return nil, frameError(kind, fmt.Sprintf("%d bytes, the limit is %d", size, limit))
	}
	payload := memoryFor(kind, int(size))
	if _, err := io.ReadFull(r, payload); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return Decode(kind, payload)
}

// Buffered reports whether more has already arrived.
func (r *Reader) Buffered() bool { return r.in.Buffered() > 0 }

// Decode decodes one payload, as Reader.Next does. A *Change and a Data refer to the payload's memory.
func Decode(kind Kind, payload []byte) (any, error) {
	if err := checkVersion(kind, payload); err != nil {
		return nil, err
	}
	d := &decoder{rest: payload}
	frame := decodeFrame(d, kind)
	if frame == nil {
		return nil, frameError(kind, "unknown kind")
	}
	if err := d.finish(kind); err != nil {
		return nil, err
	}
	return frame, nil
}

// decodeFrame decodes what a frame of this kind holds; nil if there is no such kind.
func decodeFrame(d *decoder, kind Kind) any {
	switch kind {
	case KindHave:
		return readHave(d)
	case KindHello:
		return readHello(d)
	case KindAck:
		return readAck(d)
	case KindEnd:
		return readEnd(d)
	case KindMark:
		return readMark(d)
	case KindBegin, KindCommit, KindChunk, KindChunkEnd, KindStreamCommit, KindStreamAbort, KindProgress, KindClock:
		return readBoundary(d, kind)
	case KindRelation, KindInsert, KindUpdate, KindDelete, KindTruncate, KindRefusal:
		return readContent(d, kind)
	case KindPiece, KindData, KindPieceEnd, KindDone, KindOffer:
		return readLoad(d, kind)
	case KindBlock, KindSums, KindPrints, KindMoment, KindTurn:
		return readComparison(d, kind)
	}
	return nil
}

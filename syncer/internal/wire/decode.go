package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// Reader reads frames from a stream.
type Reader struct {
	in  *bufio.Reader
	max int
}

// NewReader returns a Reader for frames whose payload is at most limit bytes.
func NewReader(r io.Reader, limit int) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, 256<<10), max: limit}
}

// Next returns the next frame: a *Relation, a *Change, or another frame by value. A *Change and a Data refer to the frame's
// memory, which is not reused.
func (r *Reader) Next() (any, error) { return ReadFrame(r.in, r.max) }

// ReadFrame reads one frame from r and not a byte more. It is for the first frame of a connection, before it is known who reads
// the others. The payload is at most limit bytes.
func ReadFrame(r io.Reader, limit int) (any, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	kind, size := Kind(head[0]), int64(binary.BigEndian.Uint32(head[1:]))
	if size > int64(limit) {
		return nil, frameError(kind, fmt.Sprintf("%d bytes, the limit is %d", size, limit))
	}
	payload := make([]byte, size)
	if _, err := io.ReadFull(r, payload); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return decode(kind, payload)
}

// Buffered reports whether more has already arrived.
func (r *Reader) Buffered() bool { return r.in.Buffered() > 0 }

func decode(kind Kind, payload []byte) (any, error) {
	if err := checkVersion(kind, payload); err != nil {
		return nil, err
	}
	d := &decoder{rest: payload}
	frame := d.frame(kind, len(payload))
	if frame == nil {
		return nil, frameError(kind, "unknown kind")
	}
	if d.bad || len(d.rest) != 0 {
		return nil, frameError(kind, "its lengths do not add up")
	}
	return frame, nil
}

func (d *decoder) frame(kind Kind, size int) any {
	switch kind {
	case KindInsert, KindUpdate, KindDelete:
		return d.change(kind, size)
	case KindBegin:
		return d.begin()
	case KindCommit:
		return d.commit()
	case KindChunk:
		return d.chunk()
	case KindChunkEnd:
		return ChunkEnd{}
	case KindStreamCommit:
		return d.streamCommit()
	case KindStreamAbort:
		return d.streamAbort()
	case KindProgress:
		return d.progress()
	case KindClock:
		return d.clock()
	case KindRelation:
		return d.relation()
	case KindTruncate:
		return Truncate{Tables: d.shorts()}
	case KindRefusal:
		return d.refusal()
	case KindAck:
		return Ack{LSN: d.lsn(), Want: d.flag(), Paused: d.flag(), Over: d.flag()}
	}
	return d.loading(kind)
}

func (d *decoder) loading(kind Kind) any {
	switch kind {
	case KindHave:
		return d.have()
	case KindHello:
		return d.hello()
	case KindPiece:
		return d.piece()
	case KindData:
		return Data(d.take(len(d.rest)))
	case KindPieceEnd:
		return PieceEnd{Count: uint64(d.lsn())}
	case KindDone:
		return Done{}
	case KindOffer:
		return Offer{Number: d.long(), Key: d.text(), SHA256: d.text(), Size: int64(d.lsn())} //nolint:gosec // reinterpreted
	case KindEnd:
		return d.end()
	case KindMark:
		return Mark{Table: d.short(), Published: d.long(), Leaves: d.text(), Catalog: d.text(), Harm: d.text()}
	}
	return d.comparing(kind)
}

// decoder reads values from a payload. The first value that does not fit sets bad, and everything after it reads as zero.
type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) take(n int) []byte {
	if d.bad || n < 0 || n > len(d.rest) {
		d.bad = true
		return nil
	}
	taken := d.rest[:n:n]
	d.rest = d.rest[n:]
	return taken
}

func (d *decoder) short() uint16 {
	if b := d.take(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (d *decoder) long() uint32 {
	if b := d.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (d *decoder) lsn() LSN {
	if b := d.take(8); b != nil {
		return LSN(binary.BigEndian.Uint64(b))
	}
	return 0
}

func (d *decoder) moment() time.Time {
	return time.UnixMicro(int64(d.lsn())).UTC() //nolint:gosec // reinterpreted as it was written
}

func (d *decoder) text() string { return string(d.take(int(d.long()))) }

func (d *decoder) shorts() []uint16 {
	n := int(d.short())
	if n > len(d.rest)/2 {
		d.bad = true
		return nil
	}
	all := make([]uint16, n)
	for i := range all {
		all[i] = d.short()
	}
	return all
}

// flag accepts only 0 and 1, so that every frame has exactly one encoding.
func (d *decoder) flag() bool {
	v := d.take(1)
	if len(v) == 1 && v[0] > 1 {
		d.bad = true
	}
	return len(v) == 1 && v[0] == 1
}

func (d *decoder) have() Have {
	d.take(1) // the version, see checkVersion
	var h Have
	if p := d.take(1); p != nil {
		h.Purpose = Purpose(p[0])
	}
	h.Digest, h.SystemID = d.text(), d.text()
	h.Timeline = int32(d.long()) //nolint:gosec // reinterpreted
	h.Applied, h.Settled, h.LastEnd, h.LastAt = d.lsn(), d.lsn(), d.lsn(), d.moment()
	h.Session = d.text()
	h.Table = d.short()
	for range d.count(int(d.short()), 19) {
		t := HaveTable{ID: d.short()}
		if state := d.take(1); state != nil {
			t.State = TableState(state[0])
		}
		t.Filter, t.Published, t.Leaves, t.Catalog = d.text(), d.long(), d.text(), d.text()
		h.Tables = append(h.Tables, t)
	}
	for range d.count(int(d.long()), 4) {
		h.Pieces = append(h.Pieces, d.text())
	}
	h.After, h.UpTo = d.key(), d.key()
	for range d.count(int(d.short()), 2) {
		h.Plain = append(h.Plain, d.short())
	}
	return h
}

// count refuses more items than the rest of the frame could hold, each taking at least size bytes.
func (d *decoder) count(n, size int) int {
	if d.bad || n < 0 || n > len(d.rest)/size {
		d.bad = d.bad || n != 0
		return 0
	}
	return n
}

func (d *decoder) hello() Hello {
	d.take(1) // the version, see checkVersion
	return Hello{
		SystemID: d.text(), Timeline: int32(d.long()), Digest: d.text(), //nolint:gosec // reinterpreted
		Start: d.lsn(), Settled: d.lsn(), Session: d.text(), Copy: d.flag(),
	}
}

func (d *decoder) piece() Piece {
	p := Piece{
		Table: d.short(), ID: d.text(), Number: d.long(), Of: d.long(),
		Bytes: int64(d.lsn()), Binary: d.flag(), //nolint:gosec // reinterpreted
	}
	d.bad = d.bad || len(p.ID) > MaxPieceID
	return p
}

func (d *decoder) end() End {
	var e End
	if class := d.take(1); class != nil {
		e.Class = Class(class[0])
	}
	e.Text = d.text()
	d.bad = d.bad || len(e.Text) > MaxEnd
	return e
}

func (d *decoder) refusal() Refusal {
	r := Refusal{Table: d.short(), Key: d.text(), Why: d.text()}
	d.bad = d.bad || len(r.Key) > MaxRefusal || len(r.Why) > MaxRefusal
	return r
}

func (d *decoder) relation() *Relation {
	r := &Relation{ID: d.short(), Schema: d.text(), Name: d.text()}
	n := int(d.short())
	if n > MaxColumns {
		d.bad = true
		return r
	}
	for range n {
		r.Columns = append(r.Columns, Column{Name: d.text(), Type: d.text()})
	}
	r.Key = d.shorts()
	for _, k := range r.Key {
		d.bad = d.bad || int(k) >= len(r.Columns)
	}
	return r
}

func (d *decoder) change(kind Kind, size int) *Change {
	c := &Change{Kind: kind, Table: d.short(), Size: size}
	c.Old = d.row()
	c.New = d.row()
	if (kind == KindDelete) != (len(c.New.Values) == 0) || kind == KindDelete && len(c.Old.Values) == 0 {
		d.bad = true
	}
	return c
}

func (d *decoder) row() Row {
	n := int(d.short())
	if n == 0 || n > MaxColumns || n*4 > len(d.rest) {
		d.bad = d.bad || n != 0
		return Row{}
	}
	r := Row{Values: make([][]byte, n)}
	for i := range r.Values {
		switch size := int32(d.long()); size { //nolint:gosec // negative lengths are markers
		case lenNull:
		case lenUnchanged:
			if r.Unchanged == nil {
				r.Unchanged = make([]bool, n)
			}
			r.Unchanged[i] = true
		default:
			r.Values[i] = d.take(int(size))
		}
	}
	return r
}

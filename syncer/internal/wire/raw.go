package wire

import (
	"encoding/binary"
	"fmt"
)

// HeadSize is the length of a frame's head: kind and length.
const HeadSize = 5

// Head parses the head of the frame at the start of b; ok is false if b is too short. size is the length of the payload, at
// most limit.
func Head(b []byte, limit int) (kind Kind, size int, ok bool, err error) {
	if len(b) < HeadSize {
		return 0, 0, false, nil
	}
	kind = Kind(b[0])
	n := int64(binary.BigEndian.Uint32(b[1:]))
	if n > int64(limit) {
		return kind, 0, false, frameError(kind, fmt.Sprintf("%d bytes, the limit is %d", n, limit))
	}
	return kind, int(n), true, nil
}

// RawRow is a row in the encoding of its frame: for each value four bytes of length, then the value. It refers to the frame's
// memory.
type RawRow []byte

// Size is the length of a raw value.
type Size int32

// Special sizes, for which no value follows.
const (
	Null      Size = lenNull
	Unchanged Size = lenUnchanged
)

// Next splits the first value off the row: its raw form including the length, and its size. It checks nothing, so it may only
// be used on rows that ParseChange returned.
func (r RawRow) Next() (raw []byte, size Size, rest RawRow) {
	size = Size(binary.BigEndian.Uint32(r)) //nolint:gosec // negative lengths are markers
	end := 4 + max(int(size), 0)
	return r[:end:end], size, r[end:]
}

// Values splits the row, which must have n values.
func (r RawRow) Values(n int) Row {
	row := Row{Values: make([][]byte, n)}
	for i := range n {
		raw, size, rest := r.Next()
		switch r = rest; size {
		case Null:
		case Unchanged:
			if row.Unchanged == nil {
				row.Unchanged = make([]bool, n)
			}
			row.Unchanged[i] = true
		default:
			row.Values[i] = raw[4:]
		}
	}
	return row
}

// RawChange is an insert, update or delete whose rows are not decoded. A row that was not sent has length 0.
type RawChange struct {
	Kind    Kind
	Table   uint16
	Columns int // of whichever rows are there
	Old     RawRow
	New     RawRow
	Partial bool // some value of New is Unchanged
}

// ParseChange parses the payload of a change into c without copying or allocating. It accepts exactly what Decode accepts, except
// that both rows of a change must have the same width.
func ParseChange(kind Kind, payload []byte, c *RawChange) error {
	if len(payload) < 2 {
		return frameError(kind, "its lengths do not add up")
	}
	*c = RawChange{Kind: kind, Table: binary.BigEndian.Uint16(payload)}
	var n, m int
	var ok bool
	rest := payload[2:]
	if c.Old, rest, n, _, ok = cutRow(rest); !ok {
		return frameError(kind, "its lengths do not add up")
	}
	if c.New, rest, m, c.Partial, ok = cutRow(rest); !ok || len(rest) != 0 {
		return frameError(kind, "its lengths do not add up")
	}
	if (kind == KindDelete) != (m == 0) || kind == KindDelete && n == 0 || n != 0 && m != 0 && n != m {
		return frameError(kind, "its rows do not belong together")
	}
	c.Columns = max(n, m)
	return nil
}

// cutRow checks the row at the start of b and splits it off.
func cutRow(b []byte) (row RawRow, rest []byte, n int, partial, ok bool) {
	if len(b) < 2 {
		return nil, nil, 0, false, false
	}
	n = int(binary.BigEndian.Uint16(b))
	b = b[2:]
	if n > MaxColumns {
		return nil, nil, 0, false, false
	}
	at := 0
	for range n {
		if len(b)-at < 4 {
			return nil, nil, 0, false, false
		}
		size := int(int32(binary.BigEndian.Uint32(b[at:]))) //nolint:gosec // negative lengths are markers
		at += 4
		switch {
		case size >= 0:
			if size > len(b)-at {
				return nil, nil, 0, false, false
			}
			at += size
		case size == lenUnchanged:
			partial = true
		case size != lenNull:
			return nil, nil, 0, false, false
		}
	}
	return RawRow(b[:at:at]), b[at:], n, partial, true
}

// IsUnchanged reports whether the row's first value was not sent because it did not change.
func (r RawRow) IsUnchanged() bool {
	return Size(binary.BigEndian.Uint32(r)) == Unchanged //nolint:gosec // negative lengths are markers
}

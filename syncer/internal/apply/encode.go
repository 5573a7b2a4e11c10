package apply

import (
	"encoding/binary"
	"slices"

	"portal.example/syncer/internal/wire"
)

const (
	oidText     = 25
	arrayHeader = 20
)

// arrays binds and executes st with one binary text array per column. A raw value already has the form of an array element:
// four bytes of length (-1 for NULL), then the bytes.
func (s *session) arrays(st *statement, rows []wire.RawRow, width int) {
	size := make([]int, 0, 16)
	place := make([]int, width) // of a column among the parameters, + 1
	for n, c := range st.columns {
		place[c] = n + 1
		size = append(size, 4+arrayHeader)
	}
	large := false
	for _, row := range rows {
		for c := 0; c < width && len(row) > 0; c++ {
			var raw []byte
			raw, _, row = row.Next()
			if n := place[c]; n > 0 {
				size[n-1] += len(raw)
				large = large || len(raw) >= largeValue
			}
		}
	}
	total, params := 0, len(st.columns)
	for _, n := range size {
		total += n
	}
	if st.counted {
		total, params = total+12, params+1
	}
	o := &s.out
	o.bindHead(s.statementName(st), []int16{1}, params, total)
	if large {
		o.columns(st, rows, size)
	} else {
		o.scatter(place, rows, size)
	}
	if st.counted {
		o.long(8)
		o.b = binary.BigEndian.AppendUint64(o.b, uint64(len(rows)))
	}
	o.bindEnd()
	o.execute()
}

// values binds and executes st with the values of one row. A raw value already has the form of a text parameter.
func (s *session) values(st *statement, row wire.RawRow, width int) {
	s.raws = s.raws[:0]
	for range width {
		var raw []byte
		raw, _, row = row.Next()
		s.raws = append(s.raws, raw)
	}
	size := 0
	for _, c := range st.columns {
		size += len(s.raws[c])
	}
	s.out.bindHead(s.statementName(st), nil, len(st.columns), size)
	for _, c := range st.columns {
		s.out.bytes(s.raws[c])
	}
	s.out.bindEnd()
	s.out.execute()
}

// arrayHead begins one array parameter of size bytes, its length included.
func arrayHead(b []byte, size, rows int) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(size-4)) //nolint:gosec // statements are below 2 GiB
	b = binary.BigEndian.AppendUint32(b, 1)              // dimensions
	b = binary.BigEndian.AppendUint32(b, 1)              // may hold NULL
	b = binary.BigEndian.AppendUint32(b, oidText)
	b = binary.BigEndian.AppendUint32(b, uint32(rows)) //nolint:gosec // at most maxRows
	return binary.BigEndian.AppendUint32(b, 1)         // lower bound
}

// scatter writes all arrays in one pass over the rows.
func (o *outbox) scatter(place []int, rows []wire.RawRow, size []int) {
	total := 0
	for _, n := range size {
		total += n
	}
	o.b = slices.Grow(o.b, total)
	at := len(o.b)
	o.b = o.b[:at+total]
	for n := range size { // size becomes where the array's next element goes
		end := at + size[n]
		size[n] = at + len(arrayHead(o.b[at:at], size[n], len(rows)))
		at = end
	}
	for _, row := range rows {
		for c := 0; c < len(place) && len(row) > 0; c++ {
			var raw []byte
			raw, _, row = row.Next()
			if n := place[c]; n > 0 {
				copy(o.b[size[n-1]:], raw)
				size[n-1] += len(raw)
			}
		}
	}
}

// columns writes one array after another, so that large values need not be copied.
func (o *outbox) columns(st *statement, rows []wire.RawRow, size []int) {
	for n, c := range st.columns {
		o.b = arrayHead(o.b, size[n], len(rows))
		for _, row := range rows {
			var raw []byte
			for range c + 1 {
				raw, _, row = row.Next()
			}
			o.bytes(raw)
		}
	}
}

// copyMessage is about the size of one CopyData.
const copyMessage = 64 << 10

// copyIn executes st, a COPY, and sends rows in its text format.
func (s *session) copyIn(st *statement, rows []wire.RawRow, width int) error {
	o := &s.out
	s.addExecution(st)
	for len(rows) > 0 {
		o.b = append(o.b, 'd', 0, 0, 0, 0)
		at := len(o.b)
		for len(rows) > 0 && len(o.b)-at < copyMessage {
			o.b = copyRow(o.b, rows[0], width)
			rows = rows[1:]
		}
		binary.BigEndian.PutUint32(o.b[at-4:], uint32(len(o.b)-at+4)) //nolint:gosec // about copyMessage
		if err := s.writeOut(false); err != nil {
			return err
		}
	}
	o.copyDone()
	return nil
}

// copyRow appends a row as COPY's text format has it.
func copyRow(b []byte, row wire.RawRow, width int) []byte {
	for c := range width {
		var raw []byte
		var size wire.Size
		raw, size, row = row.Next()
		if c > 0 {
			b = append(b, '\t')
		}
		if size < 0 {
			b = append(b, '\\', 'N')
			continue
		}
		b = copyValue(b, raw[4:])
	}
	return append(b, '\n')
}

func copyValue(b, v []byte) []byte {
	from := 0
	for i, c := range v {
		if c > '\\' || c != '\\' && c > '\r' {
			continue
		}
		var as byte
		switch c {
		case '\\':
			as = '\\'
		case '\n':
			as = 'n'
		case '\r':
			as = 'r'
		case '\t':
			as = 't'
		default:
			continue
		}
		b = append(append(b, v[from:i]...), '\\', as)
		from = i + 1
	}
	return append(b, v[from:]...)
}

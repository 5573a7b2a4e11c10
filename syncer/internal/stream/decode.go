package stream

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"

	"portal.example/syncer/internal/wire"
)

// pgoutput's messages (PostgreSQL manual, "Logical Replication Message Formats"), protocol version 2. Between a
// stream's start and stop, each relation, type, row and truncate message carries the number of its (sub)transaction
// right after its kind.
const (
	msgBegin        = 'B'
	msgCommit       = 'C'
	msgOrigin       = 'O'
	msgRelation     = 'R'
	msgType         = 'Y'
	msgInsert       = 'I'
	msgUpdate       = 'U'
	msgDelete       = 'D'
	msgTruncate     = 'T'
	msgStreamStart  = 'S'
	msgStreamStop   = 'E'
	msgStreamCommit = 'c'
	msgStreamAbort  = 'A'
)

var errMessage = errors.New("source sent a malformed replication message")

// relationMessage is a table as it was when the changes that follow were made.
type relationMessage struct {
	oid     uint32
	schema  string
	name    string
	columns []columnMessage
}

// columnMessage is one column of a relationMessage.
type columnMessage struct {
	name  string
	key   bool // of the replica identity
	typed typeID
}

// typeID is a type's oid with its modifier (length, precision); the modifier is -1 if there is none.
type typeID struct {
	oid      uint32
	modifier int32
}

// message reads values from one pgoutput message. The first value that does not fit sets bad, and everything after it reads
// as zero.
type message struct {
	rest []byte
	bad  bool
}

func (m *message) take(n int) []byte {
	if m.bad || n < 0 || n > len(m.rest) {
		m.bad = true
		return nil
	}
	taken := m.rest[:n:n]
	m.rest = m.rest[n:]
	return taken
}

func (m *message) byte() byte {
	if len(m.rest) == 0 || m.bad {
		m.bad = true
		return 0
	}
	b := m.rest[0]
	m.rest = m.rest[1:]
	return b
}

func (m *message) int16() int {
	if b := m.take(2); b != nil {
		return int(binary.BigEndian.Uint16(b))
	}
	return 0
}

func (m *message) uint32() uint32 {
	if b := m.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (m *message) uint64() uint64 {
	if b := m.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (m *message) lsn() wire.LSN { return wire.LSN(m.uint64()) }

var epoch2000 = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func (m *message) time() time.Time {
	return epoch2000.Add(time.Duration(int64(m.uint64())) * time.Microsecond) //nolint:gosec // signed on the wire
}

func (m *message) text() string {
	end := bytes.IndexByte(m.rest, 0)
	if m.bad || end < 0 {
		m.bad = true
		return ""
	}
	s := string(m.rest[:end])
	m.rest = m.rest[end+1:]
	return s
}

func (m *message) relation() relationMessage {
	r := relationMessage{oid: m.uint32(), schema: m.text(), name: m.text()}
	m.byte() // replica identity: the columns say which of them are in it
	for range m.int16() {
		c := columnMessage{key: m.byte()&1 != 0, name: m.text()}
		c.typed = typeID{m.uint32(), int32(m.uint32())} //nolint:gosec // signed on the wire
		if m.bad {
			break
		}
		r.columns = append(r.columns, c)
	}
	return r
}

// rowBuffer is memory for one row; it is reused for the next.
type rowBuffer struct {
	values    [][]byte
	unchanged []bool
}

// tuple reads a row into the whitelist's order: column i of the message becomes order[i] of the row. The row
// lives in b and in the message.
func (m *message) tuple(order []int, b *rowBuffer) wire.Row {
	if n := m.int16(); n != len(order) {
		m.bad = true
		return wire.Row{}
	}
	if cap(b.values) < len(order) {
		b.values, b.unchanged = make([][]byte, len(order)), make([]bool, len(order))
	}
	row := wire.Row{Values: b.values[:len(order)]}
	for _, at := range order {
		switch m.byte() {
		case 'n':
			row.Values[at] = nil
		case 'u':
			if row.Unchanged == nil {
				row.Unchanged = b.unchanged[:len(order)]
				clear(row.Unchanged)
			}
			row.Values[at], row.Unchanged[at] = nil, true
		case 't':
			row.Values[at] = m.take(int(m.uint32()))
		default:
			m.bad = true
			return wire.Row{}
		}
	}
	return row
}

// checkEnd returns an error unless the message was well formed and has been read to its end.
func (m *message) checkEnd() error {
	if m.bad || len(m.rest) != 0 {
		return errMessage
	}
	return nil
}

// rowReader reads changes of rows.
type rowReader struct{ old, new rowBuffer }

// readChange reads one change. The result is valid until the next call and only as long as the message is.
func (rr *rowReader) readChange(kind byte, m *message, of *tableDescription) (wire.Change, error) {
	c := wire.Change{Kind: wire.Kind(kind), Table: of.id}
	for len(m.rest) > 0 && !m.bad {
		switch m.byte() {
		case 'K', 'O':
			c.Old = m.tuple(of.order, &rr.old)
		case 'N':
			c.New = m.tuple(of.order, &rr.new)
		default:
			m.bad = true
		}
	}
	if (c.Kind == wire.KindDelete) != (c.New.Values == nil) || c.Kind == wire.KindDelete && c.Old.Values == nil ||
		c.Kind == wire.KindInsert && c.Old.Values != nil {
		return c, errMessage
	}
	if c.New.Unchanged != nil && c.Old.Values != nil {
		fromOld(&c)
	}
	return c, m.checkEnd()
}

// fromOld fills unchanged values of the new row from the old key: PostgreSQL sends a key that is stored out of line only
// there.
func fromOld(c *wire.Change) {
	for i, unchanged := range c.New.Unchanged {
		if unchanged && c.Old.Values[i] != nil {
			c.New.Values[i], c.New.Unchanged[i] = c.Old.Values[i], false
		}
	}
	if !c.New.Partial() {
		c.New.Unchanged = nil
	}
}

package source

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"

	"portal.example/syncer/internal/wire"
)

// pgoutput's messages (PostgreSQL manual, "Logical Replication Message Formats"), protocol version 1.
const (
	msgBegin    = 'B'
	msgCommit   = 'C'
	msgOrigin   = 'O'
	msgRelation = 'R'
	msgType     = 'Y'
	msgInsert   = 'I'
	msgUpdate   = 'U'
	msgDelete   = 'D'
	msgTruncate = 'T'
)

var errMessage = errors.New("source sent a malformed replication message")

// relationMessage is a table as it was when the changes that follow were made.
type relationMessage struct {
	oid     uint32
	schema  string
	name    string
	columns []string
}

// message reads values off one pgoutput message; after the first thing that does not fit, bad is set.
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
	if b := m.take(1); b != nil {
		return b[0]
	}
	return 0
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
	m.byte() // replica identity: what matters was checked in the catalog
	for range m.int16() {
		m.byte() // flags
		name := m.text()
		m.take(8) // type and modifier: their names come from the catalog
		if m.bad {
			break
		}
		r.columns = append(r.columns, name)
	}
	return r
}

// tuple reads a row into the whitelist's order: column i of the message becomes order[i] of the row.
func (m *message) tuple(order []int) wire.Row {
	if n := m.int16(); n != len(order) {
		m.bad = true
		return wire.Row{}
	}
	row := wire.Row{Values: make([][]byte, len(order))}
	for _, at := range order {
		switch m.byte() {
		case 'n':
		case 'u':
			if row.Unchanged == nil {
				row.Unchanged = make([]bool, len(order))
			}
			row.Unchanged[at] = true
		case 't':
			row.Values[at] = m.take(int(m.uint32()))
		default:
			m.bad = true
		}
	}
	return row
}

// end reports whether the message was read whole and without surprise.
func (m *message) end() error {
	if m.bad || len(m.rest) != 0 {
		return errMessage
	}
	return nil
}

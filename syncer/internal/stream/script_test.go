package stream

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// script writes what a source sends: CopyData messages with pgoutput's messages in them.
type script struct{ b []byte }

const (
	itemsOID = 16400
	otherOID = 16500
)

func (s *script) data(kind byte, parts ...any) *script {
	body := []byte{'w'}
	body = append(body, make([]byte, dataHead)...)
	body = appendParts(append(body, kind), parts...)
	s.b = append(s.b, 'd')
	s.b = binary.BigEndian.AppendUint32(s.b, uint32(len(body)+4))
	s.b = append(s.b, body...)
	return s
}

func appendParts(b []byte, parts ...any) []byte {
	for _, p := range parts {
		switch v := p.(type) {
		case byte:
			b = append(b, v)
		case int:
			b = binary.BigEndian.AppendUint32(b, uint32(v))
		case wire.LSN:
			b = binary.BigEndian.AppendUint64(b, uint64(v))
		case string:
			b = append(append(b, v...), 0)
		case []byte:
			b = append(b, v...)
		}
	}
	return b
}

const moment = wire.LSN(1000) // a time, in microseconds

func (s *script) begin(xid int, final wire.LSN) *script { return s.data('B', final, moment, xid) }

func (s *script) commit(final wire.LSN) *script {
	return s.data('C', byte(0), final, final+8, moment)
}

func (s *script) start(xid int, first byte) *script { return s.data('S', xid, first) }

func (s *script) stop() *script { return s.data('E') }

func (s *script) streamCommit(xid int, final wire.LSN) *script {
	return s.data('c', xid, byte(0), final, final+8, moment)
}

func (s *script) abort(xid, sub int) *script { return s.data('A', xid, sub) }

// tuple is a row; "~" is an unchanged value, "NULL" none.
func tuple(mark byte, values ...string) []byte {
	b := binary.BigEndian.AppendUint16([]byte{mark}, uint16(len(values)))
	for _, v := range values {
		switch v {
		case "NULL":
			b = append(b, 'n')
		case "~":
			b = append(b, 'u')
		default:
			b = text(b, v)
		}
	}
	return b
}

// items describes shop.items (big, id, name) in another order than the whitelist (id, name, big); xid is for streams.
func items(xid ...any) []any {
	columns := appendParts(nil, []byte{0, 3}, byte(0), "big", 25, -1, byte(1), "id", 20, -1, byte(0), "name", 25, -1)
	return append(xid, itemsOID, "shop", "items", byte('d'), columns)
}

func testReader(o Options) *Reader {
	info := &relation.Table{
		Schema: "shop", Name: "items", Kind: 'r', PrimaryKey: []string{"id"},
		Columns: []relation.Column{{Name: "id", Type: "bigint"}, {Name: "name", Type: "text"}, {Name: "big", Type: "text"}},
	}
	t := publisher.Table{Table: whitelist.Table{Schema: "shop", Name: "items", Columns: []string{"id", "name", "big"}}, Info: info, Key: []string{"id"}}
	r := newReader(o, []publisher.Table{t})
	r.relations.types[typeID{25, -1}], r.relations.types[typeID{20, -1}] = "text", "bigint"
	r.source.in = &messageBuffer{}
	r.source.report = func(wire.LSN, bool) error { return nil }
	return r
}

// play gives the reader what the source sends and returns the frames it makes of it.
func play(t testing.TB, r *Reader, s *script) ([]any, error) {
	t.Helper()
	r.source.in.from = bytes.NewReader(s.b)
	for {
		r.relations.unverified = false // there is no catalog to look at
		if err := r.handleArrived(t.Context()); err != nil {
			return nil, err
		}
		if err := r.source.in.readMore(); errors.Is(err, io.EOF) {
			break
		}
	}
	var all []byte
	for _, piece := range r.frames.out.takeWaiting() {
		all = append(all, piece.piece...)
	}
	all = append(all, r.frames.buf...)
	r.frames.buf, r.frames.whole = r.frames.buf[:0], 0
	in := wire.NewReader(bytes.NewReader(all), wire.MaxFrame)
	var frames []any
	for {
		f, err := in.Next()
		if errors.Is(err, io.EOF) {
			return frames, nil
		}
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, f)
	}
}

// tell writes frames shortly: what they are, and keys of rows.
func tell(frames []any) string {
	var all []string
	for _, f := range frames {
		switch v := f.(type) {
		case *wire.Relation:
			all = append(all, "relation")
		case *wire.Change:
			row := v.New
			if v.Kind == wire.KindDelete {
				row = v.Old
			}
			all = append(all, string(v.Kind)+string(row.Values[0]))
		case wire.Begin:
			all = append(all, "begin")
		case wire.Commit:
			all = append(all, "commit")
		case wire.Chunk:
			all = append(all, "("+string(rune('0'+v.XID))+string(rune('0'+v.Sub)))
		case wire.ChunkEnd:
			all = append(all, ")")
		case wire.StreamAbort:
			all = append(all, "abort"+string(rune('0'+v.XID))+string(rune('0'+v.Sub)))
		case wire.StreamCommit:
			all = append(all, "commit"+string(rune('0'+v.XID)))
		case wire.Truncate:
			all = append(all, "truncate")
		case wire.Progress:
			all = append(all, "progress")
		}
	}
	return strings.Join(all, " ")
}

func (s *script) insert(parts ...any) *script { return s.data('I', parts...) }

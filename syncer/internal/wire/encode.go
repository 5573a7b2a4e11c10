package wire

import (
	"encoding/binary"
	"math"
	"time"
)

const (
	lenNull      = -1
	lenUnchanged = -2
)

// open starts a frame at the end of b and returns where; seal writes its length.
func open(b []byte, k Kind) ([]byte, int) {
	at := len(b)
	return append(b, byte(k), 0, 0, 0, 0), at
}

func seal(b []byte, at int) []byte {
	binary.BigEndian.PutUint32(b[at+1:], uint32(min(len(b)-at-5, math.MaxUint32))) //nolint:gosec // bounded by MaxFrame checks
	return b
}

func text(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(min(len(s), math.MaxInt32))) //nolint:gosec // bounded
	return append(b, s...)
}

func moment(b []byte, t time.Time) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(t.UnixMicro())) //nolint:gosec // reinterpreted on the other side
}

func lsn(b []byte, l LSN) []byte { return binary.BigEndian.AppendUint64(b, uint64(l)) }

func short(b []byte, n int) []byte {
	return binary.BigEndian.AppendUint16(b, uint16(min(n, math.MaxUint16))) //nolint:gosec // bounded
}

// AppendHello appends a Hello frame.
func AppendHello(b []byte, h Hello) []byte {
	b, at := open(b, KindHello)
	b = append(b, Version)
	b = text(b, h.SystemID)
	b = binary.BigEndian.AppendUint32(b, uint32(h.Timeline)) //nolint:gosec // reinterpreted
	b = text(b, h.Digest)
	return seal(lsn(b, h.Start), at)
}

// AppendRelation appends a Relation frame.
func AppendRelation(b []byte, r Relation) []byte {
	b, at := open(b, KindRelation)
	b = short(b, int(r.ID))
	b = text(text(b, r.Schema), r.Name)
	b = short(b, len(r.Columns))
	for _, c := range r.Columns {
		b = text(text(b, c.Name), c.Type)
	}
	b = short(b, len(r.Key))
	for _, k := range r.Key {
		b = short(b, int(k))
	}
	return seal(b, at)
}

// AppendBegin appends a Begin frame.
func AppendBegin(b []byte, v Begin) []byte {
	b, at := open(b, KindBegin)
	b = moment(lsn(b, v.Final), v.Commit)
	return seal(binary.BigEndian.AppendUint32(b, v.XID), at)
}

// AppendChange appends an Insert, Update or Delete frame.
func AppendChange(b []byte, c Change) []byte {
	b, at := open(b, c.Kind)
	b = short(b, int(c.Table))
	return seal(row(row(b, c.Old), c.New), at)
}

func row(b []byte, r Row) []byte {
	b = short(b, len(r.Values))
	for i, v := range r.Values {
		n := len(v)
		switch {
		case r.Unchanged != nil && r.Unchanged[i]:
			n = lenUnchanged
		case v == nil:
			n = lenNull
		}
		b = binary.BigEndian.AppendUint32(b, uint32(int32(n))) //nolint:gosec // negative lengths are markers
		if n > 0 {
			b = append(b, v...)
		}
	}
	return b
}

// AppendTruncate appends a Truncate frame.
func AppendTruncate(b []byte, t Truncate) []byte {
	b, at := open(b, KindTruncate)
	b = short(b, len(t.Tables))
	for _, id := range t.Tables {
		b = short(b, int(id))
	}
	return seal(b, at)
}

// AppendCommit appends a Commit frame.
func AppendCommit(b []byte, c Commit) []byte {
	b, at := open(b, KindCommit)
	return seal(lsn(moment(lsn(b, c.End), c.Time), c.Hold), at)
}

// AppendProgress appends a Progress frame.
func AppendProgress(b []byte, p Progress) []byte {
	b, at := open(b, KindProgress)
	return seal(lsn(moment(lsn(b, p.LSN), p.Time), p.Hold), at)
}

// AppendAck appends an Ack frame.
func AppendAck(b []byte, a Ack) []byte {
	b, at := open(b, KindAck)
	return seal(lsn(b, a.LSN), at)
}

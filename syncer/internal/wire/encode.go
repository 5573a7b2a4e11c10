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

func flag(b []byte, on bool) []byte {
	if on {
		return append(b, 1)
	}
	return append(b, 0)
}

// AppendHave appends a Have frame.
func AppendHave(b []byte, h Have) []byte {
	b, at := open(b, KindHave)
	b = append(b, Version, byte(h.Purpose))
	b = text(text(b, h.Digest), h.SystemID)
	b = binary.BigEndian.AppendUint32(b, uint32(h.Timeline)) //nolint:gosec // reinterpreted
	b = moment(lsn(lsn(lsn(b, h.Applied), h.Settled), h.LastEnd), h.LastAt)
	b = text(b, h.Session)
	b = short(short(b, int(h.Table)), len(h.Tables))
	for _, t := range h.Tables {
		b = text(append(short(b, int(t.ID)), byte(t.State)), t.Filter)
		b = text(text(binary.BigEndian.AppendUint32(b, t.Published), t.Leaves), t.Catalog)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(h.Pieces))) //nolint:gosec // bounded by MaxHave
	for _, id := range h.Pieces {
		b = text(b, id)
	}
	b = appendKey(appendKey(b, h.After), h.UpTo)
	b = short(b, len(h.Plain))
	for _, id := range h.Plain {
		b = short(b, int(id))
	}
	return seal(b, at)
}

// AppendHello appends a Hello frame.
func AppendHello(b []byte, h Hello) []byte {
	b, at := open(b, KindHello)
	b = text(append(b, Version), h.SystemID)
	b = binary.BigEndian.AppendUint32(b, uint32(h.Timeline)) //nolint:gosec // reinterpreted
	b = text(b, h.Digest)
	b = text(lsn(lsn(b, h.Start), h.Settled), h.Session)
	return seal(flag(b, h.Copy), at)
}

// AppendPiece appends a Piece frame.
func AppendPiece(b []byte, p Piece) []byte {
	b, at := open(b, KindPiece)
	b = text(short(b, int(p.Table)), p.ID)
	b = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, p.Number), p.Of)
	b = binary.BigEndian.AppendUint64(b, uint64(p.Bytes)) //nolint:gosec // reinterpreted
	return seal(flag(b, p.Binary), at)
}

// AppendData appends a Data frame.
func AppendData(b, data []byte) []byte {
	b, at := open(b, KindData)
	return seal(append(b, data...), at)
}

// AppendPieceEnd appends a PieceEnd frame.
func AppendPieceEnd(b []byte, e PieceEnd) []byte {
	b, at := open(b, KindPieceEnd)
	return seal(binary.BigEndian.AppendUint64(b, e.Count), at)
}

// AppendDone appends a Done frame.
func AppendDone(b []byte) []byte {
	b, at := open(b, KindDone)
	return seal(b, at)
}

// AppendOffer appends an Offer frame.
func AppendOffer(b []byte, o Offer) []byte {
	b, at := open(b, KindOffer)
	b = text(text(binary.BigEndian.AppendUint32(b, o.Number), o.Key), o.SHA256)
	return seal(binary.BigEndian.AppendUint64(b, uint64(o.Size)), at) //nolint:gosec // reinterpreted
}

// AppendEnd appends an End frame; a longer text is cut.
func AppendEnd(b []byte, e End) []byte {
	b, at := open(b, KindEnd)
	return seal(text(append(b, byte(e.Class)), e.Text[:min(len(e.Text), MaxEnd)]), at)
}

// AppendRefusal appends a Refusal frame; longer texts are cut.
func AppendRefusal(b []byte, r Refusal) []byte {
	b, at := open(b, KindRefusal)
	b = text(short(b, int(r.Table)), r.Key[:min(len(r.Key), MaxRefusal)])
	return seal(text(b, r.Why[:min(len(r.Why), MaxRefusal)]), at)
}

// AppendChunk appends a Chunk frame.
func AppendChunk(b []byte, c Chunk) []byte {
	b, at := open(b, KindChunk)
	return seal(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, c.XID), c.Sub), at)
}

// AppendChunkEnd appends a ChunkEnd frame.
func AppendChunkEnd(b []byte) []byte {
	b, at := open(b, KindChunkEnd)
	return seal(b, at)
}

// AppendStreamCommit appends a StreamCommit frame.
func AppendStreamCommit(b []byte, c StreamCommit) []byte {
	b, at := open(b, KindStreamCommit)
	b = lsn(lsn(binary.BigEndian.AppendUint32(b, c.XID), c.Final), c.End)
	return seal(lsn(moment(b, c.Time), c.Hold), at)
}

// AppendStreamAbort appends a StreamAbort frame.
func AppendStreamAbort(b []byte, a StreamAbort) []byte {
	b, at := open(b, KindStreamAbort)
	return seal(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, a.XID), a.Sub), at)
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
	return seal(flag(flag(flag(lsn(b, a.LSN), a.Want), a.Paused), a.Over), at)
}

// AppendClock appends a Clock frame.
func AppendClock(b []byte, c Clock) []byte {
	b, at := open(b, KindClock)
	return seal(moment(lsn(b, c.LSN), c.Time), at)
}

package wire

import (
	"encoding/binary"
	"math"
	"time"
)

// A frame is made of few kinds of values. Each has a function here that appends it and a method of decoder that reads it;
// which values a frame holds stands beside its kind, once for writing and once for reading.

// openFrame begins a frame at the end of b and returns where it begins; sealFrame writes its length there.
func openFrame(b []byte, k Kind) ([]byte, int) {
	at := len(b)
	return append(b, byte(k), 0, 0, 0, 0), at
}

func sealFrame(b []byte, at int) []byte {
	binary.BigEndian.PutUint32(b[at+1:], uint32(min(len(b)-at-5, math.MaxUint32))) //nolint:gosec // bounded by MaxFrame checks
	return b
}

func appendText(b []byte, s string) []byte {
	b = appendLong(b, uint32(min(len(s), math.MaxInt32))) //nolint:gosec // bounded
	return append(b, s...)
}

func appendMoment(b []byte, t time.Time) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(t.UnixMicro())) //nolint:gosec // reinterpreted on the other side
}

func appendLSN(b []byte, l LSN) []byte { return binary.BigEndian.AppendUint64(b, uint64(l)) }

func appendShort(b []byte, n int) []byte {
	return binary.BigEndian.AppendUint16(b, uint16(min(n, math.MaxUint16))) //nolint:gosec // bounded
}

func appendLong(b []byte, n uint32) []byte { return binary.BigEndian.AppendUint32(b, n) }

func appendFlag(b []byte, on bool) []byte {
	if on {
		return append(b, 1)
	}
	return append(b, 0)
}

func appendNumber(b []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(n)) //nolint:gosec // reinterpreted on the other side
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

func (d *decoder) number() int64 { return int64(d.lsn()) } //nolint:gosec // reinterpreted as it was written

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

// count refuses more items than the rest of the frame could hold, each taking at least size bytes.
func (d *decoder) count(n, size int) int {
	if d.bad || n < 0 || n > len(d.rest)/size {
		d.bad = d.bad || n != 0
		return 0
	}
	return n
}

// items is how many follow, each of at least size bytes and at most limit of them.
func (d *decoder) items(limit, size int) int {
	n := int(d.short())
	d.bad = d.bad || n > limit
	return d.count(n, size)
}

// finish refuses a payload of which something did not fit or is left.
func (d *decoder) finish(kind Kind) error {
	if d.bad || len(d.rest) != 0 {
		return frameError(kind, "its lengths do not add up")
	}
	return nil
}

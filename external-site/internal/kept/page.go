package kept

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Page is a page in three parts, with two slots between them that are filled at each sending. The parts are compressed
// once; what is put between them goes into the same stream as it is.
type Page struct {
	// Version names what the parts say.
	Version string

	parts, deflated [3][]byte

	stamp stamp     // what it was made of
	until time.Time // when it ceases to be true

	sent atomic.Pointer[Sending]
}

// NewPage makes a page of parts, which it keeps.
func NewPage(version string, parts [3][]byte) (*Page, error) {
	p := &Page{Version: version, parts: parts}
	for i, part := range parts {
		z, err := deflate(part)
		if err != nil {
			return nil, err
		}
		p.deflated[i] = z
	}
	return p, nil
}

// size is what the page takes, with the sending that it remembers.
func (p *Page) size() int64 {
	const besides = 1 << 10
	size := besides
	for i := range p.parts {
		size += len(p.parts[i]) + 2*len(p.deflated[i])
	}
	return int64(size)
}

// Sending is a page with its slots filled.
type Sending struct {
	// Tag names the version.
	Tag  string
	Gzip []byte

	moment any
	parts  [3][]byte
	slots  [2][]byte
}

// Fill is what to put into the slots, and the version of the whole.
type Fill struct {
	Slots [2][]byte
	Tag   string
}

// Send puts the page together for a moment: any value that is equal as long as the slots hold the same. The last sending
// is remembered.
func (p *Page) Send(moment any, fill func() (Fill, error)) (*Sending, error) {
	if last := p.sent.Load(); last != nil && last.moment == moment {
		return last, nil
	}
	f, err := fill()
	if err != nil {
		return nil, err
	}
	s := &Sending{Tag: f.Tag, moment: moment, parts: p.parts, slots: f.Slots}
	s.Gzip = p.gzip(f.Slots)
	p.sent.Store(s)
	return s, nil
}

// Plain is the page as it is.
func (s *Sending) Plain() []byte {
	return slices.Concat(s.parts[0], s.slots[0], s.parts[1], s.slots[1], s.parts[2])
}

// gzipHeader names the method and nothing else (RFC 1952).
var gzipHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}

// gzip joins the compressed parts, each of which ends on a whole byte, and the slots as stored blocks into one stream.
func (p *Page) gzip(slots [2][]byte) []byte {
	size, sum := 0, uint32(0)
	out := make([]byte, 0, len(gzipHeader)+len(p.deflated[0])+len(p.deflated[1])+len(p.deflated[2])+len(slots[0])+len(slots[1])+32)
	out = append(out, gzipHeader...)
	count := func(plain []byte) {
		size += len(plain)
		sum = crc32.Update(sum, crc32.IEEETable, plain)
	}
	for i, slot := range slots {
		out = store(append(out, p.deflated[i]...), slot)
		count(p.parts[i])
		count(slot)
	}
	out = append(out, p.deflated[2]...)
	count(p.parts[2])
	out = append(out, 1, 0, 0, 0xff, 0xff) // the last block, empty
	out = binary.LittleEndian.AppendUint32(out, sum)
	return binary.LittleEndian.AppendUint32(out, uint32(size)) // #nosec G115 -- modulo 2^32, as the format says
}

// store appends stored blocks (RFC 1951, 3.2.4).
func store(out, plain []byte) []byte {
	for block := range slices.Chunk(plain, 1<<16-1) {
		n := uint16(len(block)) // #nosec G115 -- at most 65535
		out = binary.LittleEndian.AppendUint16(append(out, 0), n)
		out = append(binary.LittleEndian.AppendUint16(out, ^n), block...)
	}
	return out
}

// A compressor is most of a megabyte, so they are used again.
var compressors = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.DefaultCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// deflate compresses a part to blocks of which none is the last.
func deflate(part []byte) ([]byte, error) {
	var z bytes.Buffer
	w := compressors.Get().(*flate.Writer)
	defer compressors.Put(w)
	w.Reset(&z)
	if _, err := w.Write(part); err != nil {
		return nil, fmt.Errorf("compress a page: %w", err)
	}
	if err := w.Flush(); err != nil {
		return nil, fmt.Errorf("compress a page: %w", err)
	}
	return bytes.Clone(z.Bytes()), nil
}

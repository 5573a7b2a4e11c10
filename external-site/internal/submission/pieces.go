package submission

import (
	"bytes"
	"io"
	"sync"

	"portal.example/shared/fault"
)

// Sealed files are in memory while they arrive. All of them together may take so much; a file takes only what has
// come of it, so that whoever sends slowly holds little.
const (
	maxMemory = 256 << 20
	pieceSize = 64 << 10
)

// memory is what arriving files may still take.
type memory struct {
	mu   sync.Mutex
	left int
}

func newMemory(bytes int) *memory { return &memory{left: bytes} }

func (m *memory) take(n int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n > m.left {
		return fault.New(fault.Unavailable, "submission.busy")
	}
	m.left -= n
	return nil
}

func (m *memory) give(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left += n
}

// pieces is a file that grows piece by piece out of a common memory.
type pieces struct {
	memory *memory
	parts  [][]byte
	size   int64
}

func (p *pieces) Write(b []byte) (written int, err error) {
	for len(b) > 0 {
		last := len(p.parts) - 1
		if last < 0 || len(p.parts[last]) == pieceSize {
			if err := p.memory.take(pieceSize); err != nil {
				return written, err
			}
			p.parts = append(p.parts, make([]byte, 0, pieceSize))
			last++
		}
		n := min(pieceSize-len(p.parts[last]), len(b))
		p.parts[last] = append(p.parts[last], b[:n]...)
		b, written, p.size = b[n:], written+n, p.size+int64(n)
	}
	return written, nil
}

// reader reads the file from its beginning.
func (p *pieces) reader() io.Reader {
	readers := make([]io.Reader, len(p.parts))
	for i, part := range p.parts {
		readers[i] = bytes.NewReader(part)
	}
	return io.MultiReader(readers...)
}

// free gives the memory back.
func (p *pieces) free() {
	p.memory.give(len(p.parts) * pieceSize)
	p.parts, p.size = nil, 0
}

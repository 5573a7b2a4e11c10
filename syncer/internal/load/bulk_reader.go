package load

import (
	"io"
	"syscall"
	"time"

	"portal.example/syncer/internal/socket"
)

// bulkReader reads what the source sends during COPY in large portions. PostgreSQL sends every 8 KiB by themselves, and being woken
// for each of them costs both sides more than what is done with the bytes. So after a read that brought a whole portion the next one
// waits a moment, in which the kernel wakes nobody here. The wait is made as long as it takes for a buffer to fill about half.
type bulkReader struct {
	from io.Reader
	raw  syscall.RawConn // of the connection; nil: every portion is read as it comes
	buf  []byte
	r, w int           // buf[r:w] has arrived and is not taken
	last int           // bytes of the last read
	left int           // bytes that the last wait brought and that are not read yet
	wait time.Duration // before the next read
}

const (
	bulkSize    = 128 << 10
	bulkPortion = 8 << 10 // as PostgreSQL sends them
	bulkEnough  = bulkSize / 2
	bulkFew     = bulkSize / 4
	bulkShort   = 50 * time.Microsecond
	bulkLong    = 250 * time.Microsecond
)

// Read implements io.Reader for pgx, which asks for 8 KiB at a time.
func (b *bulkReader) Read(p []byte) (int, error) {
	if b.r == b.w {
		if err := b.readMore(); err != nil {
			return 0, err
		}
	}
	n := copy(p, b.buf[b.r:b.w])
	b.r += n
	return n, nil
}

func (b *bulkReader) readMore() error {
	if b.buf == nil {
		b.buf, b.wait = make([]byte, bulkSize), bulkShort
	}
	if b.isFlooded() {
		b.waitForMore()
	}
	n, err := b.from.Read(b.buf)
	b.r, b.w, b.last, b.left = 0, n, n, b.left-n
	if n > 0 {
		return nil // the next read returns the error again
	}
	return err
}

// isFlooded reports whether the next read waits: the last one brought at least a whole portion, and nothing is left of what an
// earlier wait has brought.
func (b *bulkReader) isFlooded() bool {
	return b.raw != nil && b.last >= bulkPortion && b.left <= 0
}

// waitForMore waits once. TLS hands over what came meanwhile one record at a time, so left remembers how much it was.
func (b *bulkReader) waitForMore() {
	socket.SetWakeThreshold(b.raw, bulkSize)
	time.Sleep(b.wait)
	socket.SetWakeThreshold(b.raw, 1)
	b.left = socket.CountWaiting(b.raw)
	switch {
	case b.left >= bulkEnough:
		b.wait = max(b.wait/2, bulkShort)
	case b.left < bulkFew:
		b.wait = min(b.wait*2, bulkLong)
	}
}

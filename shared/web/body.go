package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"portal.example/shared/fault"
)

// Pace is the least that an upload has to bring: Bytes in each stretch of Within that is spent waiting for it.
type Pace struct {
	Bytes  int64
	Within time.Duration
}

// slowestUpload is about 8 kB a second, less than any phone sends that has a connection at all.
var slowestUpload = Pace{Bytes: 80 << 10, Within: 10 * time.Second}

// errSlow ends an upload that brings so little that it only holds a place.
var errSlow = fault.New(fault.Invalid, "upload.too_slow")

// What the log may say of a body that cannot be read. The errors of a connection hold the reader's address.
var (
	errBodyLate   = fmt.Errorf("request body: %w", os.ErrDeadlineExceeded)
	errBodyBroken = errors.New("request body: the connection broke")
)

// nameless is a body whose errors do not tell who sent it.
type nameless struct{ io.ReadCloser }

func (n nameless) Read(p []byte) (int, error) {
	read, err := n.ReadCloser.Read(p)
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, http.ErrBodyReadAfterClose):
		return read, err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return read, errBodyLate
	}
	return read, errBodyBroken
}

// paced is a body that fails with errSlow when it comes slower than its pace. Only time spent waiting for bytes
// counts, not what the reader does with them. It sets the deadline of the connection before each read, so that a
// sender who goes silent is ended too.
type paced struct {
	io.ReadCloser
	pace        Pace
	end         time.Time // of the whole upload
	setDeadline func(time.Time) error

	bytes  int64
	waited time.Duration
	ended  error
}

func (b *paced) Read(p []byte) (int, error) {
	if b.ended != nil {
		return 0, b.ended
	}
	began := time.Now()
	deadline := began.Add(b.pace.Within - b.waited)
	if deadline.After(b.end) {
		deadline = b.end
	}
	_ = b.setDeadline(deadline) // a recorder in a test has none
	n, err := b.ReadCloser.Read(p)
	b.bytes, b.waited = b.bytes+int64(n), b.waited+time.Since(began)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		b.ended = errSlow
		return n, errSlow
	case err != nil:
		return n, err
	case b.bytes >= b.pace.Bytes:
		b.bytes, b.waited = b.bytes%b.pace.Bytes, 0
	case b.waited >= b.pace.Within:
		b.ended = errSlow
		return n, errSlow
	}
	return n, nil
}

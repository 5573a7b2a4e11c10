package blob

import (
	"errors"
	"io"
)

// Source passes on what it reads from R and remembers why that failed. Whoever reads an object and writes it somewhere else
// is told by it which of the two sides is to blame.
type Source struct {
	R   io.Reader
	Err error // nil while nothing failed; the end of R is no failure
}

// Read implements io.Reader.
func (s *Source) Read(p []byte) (int, error) {
	n, err := s.R.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.Err = err
	}
	return n, err
}

// Blame returns why reading failed, or err when it did not.
func (s *Source) Blame(err error) error {
	if s.Err != nil {
		return s.Err
	}
	return err
}

package daemon

import (
	"errors"
	"sync"

	"portal.example/syncer/internal/stream"
	"portal.example/syncer/internal/wire"
)

// storedText are the streams whose next one is to bring text as the source stores it, see stream.ErrUnconvertible. Only one
// does: behind the value that could not be converted the source converts quicker.
type storedText struct {
	mu   sync.Mutex
	next map[int]bool
}

// streamOf tells the streams apart: the main one, and that of each table that joins.
func streamOf(have wire.Have) int {
	if have.Purpose == wire.PurposeTable {
		return int(have.Table)
	}
	return -1
}

// take reports whether this is such a stream.
func (s *storedText) take(have wire.Have) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	is := s.next[streamOf(have)]
	delete(s.next, streamOf(have))
	return is
}

// note notes why a stream has ended.
func (s *storedText) note(have wire.Have, err error) {
	if !errors.Is(err, stream.ErrUnconvertible) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next = map[int]bool{}
	}
	s.next[streamOf(have)] = true
}

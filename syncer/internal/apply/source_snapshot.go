package apply

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"portal.example/syncer/internal/wire"
)

// sourceSnapshot is a snapshot of the source: the set of transactions that are visible in it.
type sourceSnapshot struct {
	low  uint64   // all before it had ended
	high uint64   // none from it on had begun
	open []uint64 // those between that were still running
}

// parseSourceSnapshot reads a pg_snapshot: "low:high:open,open".
func parseSourceSnapshot(text string) (*sourceSnapshot, error) {
	parts := strings.SplitN(text, ":", 3)
	if len(parts) != 3 || len(text) > 1<<20 {
		return nil, fmt.Errorf("%w: a snapshot of the source", wire.ErrFrame)
	}
	var s sourceSnapshot
	var err error
	if s.low, err = strconv.ParseUint(parts[0], 10, 64); err != nil {
		return nil, fmt.Errorf("a snapshot of the source: %w", err)
	}
	if s.high, err = strconv.ParseUint(parts[1], 10, 64); err != nil {
		return nil, fmt.Errorf("a snapshot of the source: %w", err)
	}
	for _, part := range strings.Split(parts[2], ",") {
		if part == "" {
			continue
		}
		id, err := strconv.ParseUint(part, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("a snapshot of the source: %w", err)
		}
		s.open = append(s.open, id)
	}
	return &s, nil
}

// shows reports whether the transaction is visible in the snapshot. The stream's transaction numbers lack their upper half; the
// right one is that which brings them closest to the snapshot's.
func (s *sourceSnapshot) shows(xid uint32) bool {
	id := s.high + uint64(int64(int32(xid-uint32(s.high)))) //nolint:gosec // modulo 2^32 on purpose
	return id < s.low || id < s.high && !slices.Contains(s.open, id)
}

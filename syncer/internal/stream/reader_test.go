package stream

import (
	"testing"

	"portal.example/syncer/internal/wire"
)

// A writer that claims more than it was given must not make the source forget what is still to come.
func TestReaderBelievesNoMoreThanItSent(t *testing.T) {
	r := &Reader{}
	r.positions.sent = 100
	for acked, believed := range map[wire.LSN]bool{0: true, 99: true, 100: true, 101: false, ^wire.LSN(0): false} {
		r.positions.acked.Store(uint64(acked))
		got, err := r.positions.durablePosition()
		if (err == nil) != believed || believed && got != acked {
			t.Errorf("acknowledged %s of %s: the source is told %s, %v", acked, r.positions.sent, got, err)
		}
	}
}

package source

import (
	"testing"

	"portal.example/syncer/internal/wire"
)

// A writer that claims more than it was given must not make the source forget what is still to come.
func TestReaderBelievesNoMoreThanItSent(t *testing.T) {
	r := &Reader{sent: 100}
	for acked, want := range map[wire.LSN]wire.LSN{0: 0, 99: 99, 100: 100, 101: 100, ^wire.LSN(0): 100} {
		r.acked.Store(uint64(acked))
		if got := r.durable(); got != want {
			t.Errorf("acknowledged %s of %s: the source is told %s, want %s", acked, r.sent, got, want)
		}
	}
}

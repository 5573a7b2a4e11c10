package wire

import (
	"bytes"
	"testing"
	"time"
)

// What lags and pauses are told by arrives as it was said.
func TestClockAndPauseCross(t *testing.T) {
	at := time.UnixMicro(1_700_000_000_123_456).UTC()
	in := NewReader(bytes.NewReader(AppendAck(AppendClock(nil, Clock{77, at}), Ack{LSN: 5, Paused: true})), MaxFrame)
	for _, want := range []any{Clock{77, at}, Ack{LSN: 5, Paused: true}} {
		if got, err := in.Next(); err != nil || got != want {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
	if _, err := ParseClock([]byte{1}); err == nil {
		t.Error("a clock that is cut off is taken")
	}
}

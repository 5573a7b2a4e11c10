package own

import (
	"context"
	"strings"
	"testing"

	"portal.example/shared/fault"
)

// However many send codes at once, two are stretched at a time. Whoever waits in vain loses no try: nothing is asked of the store before.
func TestCodesAreStretchedTwoAtATime(t *testing.T) {
	s := NewShelf(Options{Store: &Store{}})
	for range 2 {
		if _, err := s.stretching(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Take(over, strings.Repeat("A", 26), "code"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a third: %v", err)
	}
}

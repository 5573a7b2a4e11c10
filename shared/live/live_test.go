package live

import (
	"context"
	"testing"
	"time"

	"portal.example/shared/fault"
)

func TestPlacesOfStreams(t *testing.T) {
	h := NewHub(2, 3)
	first, err := h.Open("a")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "b"} {
		if _, err := h.Open(key); err != nil {
			t.Fatal(key, err)
		}
	}
	if _, err := h.Open("c"); !fault.Is(err, fault.TooMany) {
		t.Errorf("a fourth of three: %v", err)
	}
	first.Close()
	first.Close()
	if _, err := h.Open("a"); err != nil {
		t.Errorf("its place was given back: %v", err)
	}
	if h.Streams() != 3 || h.keys["a"] != 2 {
		t.Errorf("%d streams, %v", h.Streams(), h.keys)
	}
	again := NewHub(1, 3)
	if _, err := again.Open("a"); err != nil {
		t.Fatal(err)
	}
	if _, err := again.Open("a"); !fault.Is(err, fault.TooMany) {
		t.Errorf("a second of one address: %v", err)
	}
}

// Whatever is said while a stream looks is told once more, and all of it once.
func TestTold(t *testing.T) {
	h := NewHub(9, 9)
	s, err := h.Open("a")
	if err != nil {
		t.Fatal(err)
	}
	h.tell()
	h.tell()
	if !s.Wait(t.Context(), time.Minute) {
		t.Error("told twice and not heard")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if s.Wait(gone, time.Minute) {
		t.Error("told twice is heard once")
	}
	h.finish()
	h.finish()
	if s.Wait(t.Context(), time.Minute) || !s.Ended() {
		t.Error("the end is no news")
	}
	if _, err := h.Open("b"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("after the end: %v", err)
	}
}

// However many are open, together they ask at most a hundred times a second.
func TestRest(t *testing.T) {
	h := NewHub(1000, 1000)
	for range 300 {
		if _, err := h.Open("a"); err != nil {
			t.Fatal(err)
		}
	}
	for s := range h.open {
		if s.Rest() != 3*time.Second {
			t.Errorf("300 streams rest %v", s.Rest())
		}
		break
	}
}

// A configuration that says nothing has the usual limits, and none below zero is taken.
func TestLimitsOfAConfiguration(t *testing.T) {
	if h := (Limits{}).Hub(); h.each != DefaultEach || h.all != DefaultAll {
		t.Errorf("by default %d and %d", h.each, h.all)
	}
	if h := (Limits{Each: 300, All: 6000}).Hub(); h.each != 300 || h.all != 6000 {
		t.Errorf("as configured %d and %d", h.each, h.all)
	}
	if (Limits{Each: -1}).Valid() || (Limits{All: -1}).Valid() || !(Limits{}).Valid() {
		t.Error("what is below zero is taken, or nothing is not")
	}
}

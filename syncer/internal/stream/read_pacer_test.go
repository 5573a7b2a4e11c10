package stream

import (
	"testing"
	"time"

	"portal.example/syncer/internal/socket"
	"portal.example/syncer/internal/wire"
)

// reads tells p of many reads of n bytes, each a step after the other.
func (p *readPacer) reads(at time.Time, many, n int, step time.Duration) time.Time {
	for range many {
		at = at.Add(step)
		p.noteRead(at, n, false)
	}
	return at
}

// TestPaceNaps: only a flood of small reads makes the reader nap, as long as naps bring enough, and never while the
// last read left something behind.
func TestPaceNaps(t *testing.T) {
	var p readPacer
	at := p.reads(time.Now(), 1000, 100, 200*time.Microsecond)
	if p.napping {
		t.Error("naps at five reads a millisecond")
	}
	at = p.reads(at, 200, 20<<10, 10*time.Microsecond)
	if p.napping {
		t.Error("naps between reads that are large already")
	}
	at = at.Add(time.Second)
	if at = p.reads(at, paceReads+1, 100, 10*time.Microsecond); !p.napping {
		t.Fatal("does not nap in a flood")
	}
	if nap, _ := p.chooseNap(); nap != paceNap {
		t.Errorf("naps for %s", nap)
	}
	if p.noteRead(at, readSize, true); !p.napping {
		t.Error("what the last read left behind ends the flood")
	}
	if nap, _ := p.chooseNap(); nap != 0 {
		t.Errorf("naps for %s although there is something to read", nap)
	}
	if p.noteRead(at, paceWorth, false); !p.napping || p.more {
		t.Error("ends although the nap was worth it")
	}
	if p.noteRead(at.Add(time.Second), 100, false); p.napping {
		t.Error("goes on although the nap brought nothing")
	}
}

// TestPaceOfLateSource: a source that is late itself is left alone for a moment, a flood of what is old for longer, and
// one that is in time again is read at once.
func TestPaceOfLateSource(t *testing.T) {
	for _, c := range []struct {
		p    readPacer
		want time.Duration
	}{
		{readPacer{behind: paceLate - 1}, 0},
		{readPacer{behind: paceLate}, paceShortNap},
		{readPacer{behind: paceBehind}, paceShortNap},
		{readPacer{behind: time.Hour}, paceLongNap},
		{readPacer{behind: time.Hour, more: true}, 0},
		{readPacer{behind: -time.Hour}, 0}, // its clock was set back
		{readPacer{behind: paceLate, napping: true}, paceNap},
		{readPacer{behind: paceBehind + 1, napping: true}, paceLongNap},
	} {
		if nap, _ := c.p.chooseNap(); nap != c.want {
			t.Errorf("%+v naps for %s, not %s", c.p, nap, c.want)
		}
	}
}

// TestPaceUnderTLS: what came during one nap is read without another one, however small the pieces in which it is handed
// over, and is worth its nap as a whole.
func TestPaceUnderTLS(t *testing.T) {
	near, far, err := wire.Pair()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = near.Close(), far.Close() }()
	p := readPacer{behind: time.Hour, napping: true, raw: socket.Raw(near)}
	if p.raw == nil {
		t.Fatal("the connection has no descriptor")
	}
	if _, err := far.Write(make([]byte, 50*100)); err != nil {
		t.Fatal(err)
	}
	p.waitForMore()
	at := time.Now()
	for n := range 49 {
		p.noteRead(at, 100, false)
		if nap, _ := p.chooseNap(); nap != 0 {
			t.Fatalf("naps for %s after %d of 50 messages that were there", nap, n+1)
		}
	}
	p.noteRead(at, 100, false)
	if nap, _ := p.chooseNap(); nap != paceLongNap || !p.napping {
		t.Errorf("naps for %s once all is read, still in a flood: %v", nap, p.napping)
	}
}

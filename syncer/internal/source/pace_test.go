package source

import (
	"testing"
	"time"
)

// reads tells p of many reads of n bytes, each a step after the other.
func (p *pace) reads(at time.Time, many, n int, step time.Duration) time.Time {
	for range many {
		at = at.Add(step)
		p.took(at, n, false)
	}
	return at
}

// TestPaceNaps: only a flood of small reads makes the reader nap, as long as naps bring enough, and never while the
// last read left something behind.
func TestPaceNaps(t *testing.T) {
	var p pace
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
	began := time.Now()
	if p.took(at, inletSize, true); !p.more || !p.napping {
		t.Error("takes no notice of what the last read left behind")
	}
	for range 100 { // without a single nap
		p.wait()
	}
	if took := time.Since(began); took > 50*paceNap {
		t.Errorf("waited %s for what was there", took)
	}
	if p.took(at, paceWorth, false); !p.napping || p.more {
		t.Error("ends although the nap was worth it")
	}
	if p.took(at.Add(time.Second), 100, false); p.napping {
		t.Error("goes on although the nap brought nothing")
	}
}

package web

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"portal.example/shared/fault"
)

func TestLimiter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	l := NewLimiter(Rate{Events: 6, Per: time.Minute, Burst: 3}, 10).WithClock(func() time.Time { return now })
	allowed := func(key string) int {
		n := 0
		for l.Allow(key) == nil {
			n++
		}
		return n
	}
	if n := allowed("a"); n != 3 {
		t.Errorf("%d at once, want the burst of 3", n)
	}
	if err := l.Allow("a"); !fault.Is(err, fault.TooMany) {
		t.Errorf("error %v", err)
	} else if wait := fault.WaitOf(err); wait != 10*time.Second { // six a minute
		t.Errorf("wait %s", wait)
	}
	now = now.Add(21 * time.Second)
	if n := allowed("a"); n != 2 {
		t.Errorf("%d after 21 seconds at 6 a minute, want 2", n)
	}
	if !l.Spent("a") || l.Spent("b") {
		t.Error("a has no more, b was never counted")
	}
	if n := allowed("b"); n != 3 {
		t.Errorf("another key got %d", n)
	}
	l.Forget("a")
	if n := allowed("a"); n != 3 {
		t.Errorf("%d after Forget", n)
	}
}

func TestLimiterForgetsTheKeysUsedLongestAgo(t *testing.T) {
	now := time.Now()
	l := NewLimiter(Rate{Events: 1, Per: time.Hour, Burst: 1}, 3).WithClock(func() time.Time { return now })
	for _, key := range []string{"a", "b", "c"} {
		if err := l.Allow(key); err != nil {
			t.Fatal(err)
		}
	}
	if l.Allow("a") == nil {
		t.Fatal("a was allowed twice")
	}
	if err := l.Allow("d"); err != nil { // pushes b out
		t.Fatal(err)
	}
	if l.Allow("a") == nil {
		t.Error("a was forgotten although it was used last")
	}
	if l.Allow("b") != nil {
		t.Error("b is still remembered")
	}
	for i := range 1000 {
		_ = l.Allow(fmt.Sprint(i))
	}
	if len(l.keys) != 3 || l.recent.Len() != 3 {
		t.Errorf("%d keys, %d in the list, want 3", len(l.keys), l.recent.Len())
	}
}

func TestTokens(t *testing.T) {
	a, b := NewToken(), NewToken()
	if a == b || len(a) != 43 {
		t.Errorf("tokens %q and %q", a, b)
	}
	if len(HashToken(a)) != 32 || string(HashToken(a)) == string(HashToken(b)) {
		t.Error("hashes do not tell tokens apart")
	}
}

// TestAnIPv6NetworkIsNotAThousandClients: whoever has a /48 has 65,536 /64s.
func TestAnIPv6NetworkIsNotAThousandClients(t *testing.T) {
	for name, c := range map[string]struct {
		address func(i int) string
		allowed int // of a burst of 10 for a single reader
	}{
		"IPv4 addresses":    {func(i int) string { return fmt.Sprintf("192.0.2.%d", i%250) }, 1000},
		"one /64":           {func(i int) string { return fmt.Sprintf("2001:db8::%x", i+1) }, 10},
		"the /64s of a /56": {func(i int) string { return fmt.Sprintf("2001:db8:0:%x::1", i%256) }, 40},
		"the /56s of a /48": {func(i int) string { return fmt.Sprintf("2001:db8:0:%x00::1", i%256) }, 160},
		"many /48s":         {func(i int) string { return fmt.Sprintf("2001:db8:%x::1", i) }, 1000},
	} {
		limiter := NewLimiter(Rate{Events: 1, Per: time.Hour, Burst: 10}, 20_000).WithClock(func() time.Time { return time.Unix(0, 0) })
		allowed := 0
		for i := range 1000 {
			if limiter.AllowFrom(netip.MustParseAddr(c.address(i))) == nil {
				allowed++
			}
		}
		if allowed != c.allowed {
			t.Errorf("%s: %d of 1000 were allowed, expected %d", name, allowed, c.allowed)
		}
		if limiter.SpentFrom(netip.MustParseAddr(c.address(0))) != (c.allowed < 1000) {
			t.Errorf("%s: Spent does not say what Allow does", name)
		}
	}
}

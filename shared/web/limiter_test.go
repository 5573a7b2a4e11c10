package web

import (
	"fmt"
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

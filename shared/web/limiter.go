package web

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"portal.example/shared/fault"
)

// Rate is how often something may happen: Events in Per, with Burst at once.
type Rate struct {
	Events int
	Per    time.Duration
	Burst  int
}

// Limiter counts events by key in memory: for sign-in, tracking codes, submissions. It keeps the keys
// used last and forgets the rest, so that a flood of keys costs no more than its capacity.
type Limiter struct {
	mu       sync.Mutex
	rate     Rate
	capacity int
	keys     map[string]*list.Element
	recent   *list.List // of *bucket, the one used last in front
	now      func() time.Time
}

type bucket struct {
	key     string
	limiter *rate.Limiter
}

// NewLimiter makes a limiter that remembers up to capacity keys.
func NewLimiter(r Rate, capacity int) *Limiter {
	return &Limiter{
		rate: r, capacity: max(capacity, 1), keys: map[string]*list.Element{}, recent: list.New(), now: time.Now,
	}
}

// WithClock makes the limiter read another clock; for tests.
func (l *Limiter) WithClock(now func() time.Time) *Limiter {
	l.now = now
	return l
}

// Allow counts one event under key, or refuses it with TooMany.
func (l *Limiter) Allow(key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.bucket(key).limiter.AllowN(l.now(), 1) {
		return fault.New(fault.TooMany, "")
	}
	return nil
}

// Spent says whether Allow would refuse key now, and counts nothing: for work whose failures alone are counted.
func (l *Limiter) Spent(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.keys[key]
	return e != nil && e.Value.(*bucket).limiter.TokensAt(l.now()) < 1
}

// Forget clears what is counted under key, as after a sign-in that succeeded.
func (l *Limiter) Forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.keys[key]; e != nil {
		l.recent.Remove(e)
		delete(l.keys, key)
	}
}

func (l *Limiter) bucket(key string) *bucket {
	if e := l.keys[key]; e != nil {
		l.recent.MoveToFront(e)
		return e.Value.(*bucket)
	}
	if l.recent.Len() >= l.capacity {
		oldest := l.recent.Back()
		delete(l.keys, oldest.Value.(*bucket).key)
		l.recent.Remove(oldest)
	}
	every := rate.Every(l.rate.Per / time.Duration(max(l.rate.Events, 1)))
	b := &bucket{key: key, limiter: rate.NewLimiter(every, max(l.rate.Burst, 1))}
	l.keys[key] = l.recent.PushFront(b)
	return b
}

// ClientKey names where a request comes from for a Limiter: the address, or for IPv6 its /64, which one
// household has whole. It goes into no log.
func (s *Site) ClientKey(c *gin.Context) string {
	addr, err := netip.ParseAddr(c.ClientIP())
	if err != nil {
		return "unknown"
	}
	addr = addr.Unmap()
	if addr.Is6() {
		if prefix, err := addr.Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return addr.String()
}

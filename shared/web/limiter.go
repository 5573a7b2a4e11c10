package web

import (
	"container/list"
	"net/netip"
	"slices"
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

// Allow counts one event under key, or refuses it with TooMany, which says when the next one will be taken.
func (l *Limiter) Allow(key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.allow(key, 1)
}

// AllowFrom counts one event for an address, or refuses it with TooMany. An IPv6 provider gives a household a /64 or a
// /56 and whoever asks a /48 with 65,536 /64s in it, so an IPv6 address counts in all three, each with more room than
// the one inside it.
func (l *Limiter) AllowFrom(from netip.Addr) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range networks(from) {
		if err := l.allow(n.key, n.share); err != nil {
			return err
		}
	}
	return nil
}

// allow counts one event under key, which has share times the rate of a single reader.
func (l *Limiter) allow(key string, share int) error {
	limiter, now := l.bucket(key, share).limiter, l.now()
	if limiter.AllowN(now, 1) {
		return nil
	}
	refusal := fault.New(fault.TooMany, "")
	missing := 1 - limiter.TokensAt(now)
	refusal.Wait = time.Duration(missing / float64(limiter.Limit()) * float64(time.Second))
	return refusal
}

// Spent says whether Allow would refuse key now, and counts nothing: for work whose failures alone are counted.
func (l *Limiter) Spent(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.keys[key]
	return e != nil && e.Value.(*bucket).limiter.TokensAt(l.now()) < 1
}

// SpentFrom is Spent for an address.
func (l *Limiter) SpentFrom(from netip.Addr) bool {
	return slices.ContainsFunc(networks(from), func(n network) bool { return l.Spent(n.key) })
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

func (l *Limiter) bucket(key string, share int) *bucket {
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
	b := &bucket{key: key, limiter: rate.NewLimiter(every*rate.Limit(share), max(l.rate.Burst, 1)*share)}
	l.keys[key] = l.recent.PushFront(b)
	return b
}

// network is a part of the address space that counts as one sender.
type network struct {
	key   string
	share int // how many single readers it is worth
}

// networks are those that an address counts in, the narrowest first: a refused one takes nothing from those around it.
func networks(from netip.Addr) []network {
	from = from.Unmap()
	if !from.Is6() {
		return []network{{from.String(), 1}}
	}
	var out []network
	for _, level := range []struct{ bits, share int }{{64, 1}, {56, 4}, {48, 16}} {
		if prefix, err := from.WithZone("").Prefix(level.bits); err == nil {
			out = append(out, network{prefix.String(), level.share})
		}
	}
	return out
}

// Client is the address that a request comes from, for a Limiter. It goes into no log. One that cannot be read is the
// same unknown address for everybody.
func (s *Site) Client(c *gin.Context) netip.Addr {
	addr, err := netip.ParseAddr(c.ClientIP())
	if err != nil {
		return netip.IPv4Unspecified()
	}
	return addr.Unmap()
}

// ClientKey names the single reader whom an address stands for: the address, or for IPv6 its /64, which one household
// has whole. It goes into no log.
func (s *Site) ClientKey(c *gin.Context) string { return networks(s.Client(c))[0].key }

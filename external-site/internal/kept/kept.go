// Package kept keeps whole rendered pages that are everybody's, and drops them when replication changes what they were made
// of. A page is as new as if it were made at the moment it is sent:
//
//   - the database says which table has changed (store.go), and a page knows the tables that it was made of, because every
//     query is recorded with the context of the page that asks it (record.go);
//   - a page that depends on the clock says until when it is true (Until);
//   - while the database is not heard, nothing that was kept is sent, and what was kept before is forgotten (changes.go).
//
// What differs from one sending to the next, the line that says how fresh the data are, is put in at sending (page.go).
// Nothing that belongs to one reader may come here; whoever asks for a page sees to it.
//
// It knows no page and no HTTP; it may import pgx, shared/pg, shared/locale and the standard library.
package kept

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultRoom is how many bytes of pages are kept where nobody says otherwise.
const DefaultRoom = 64 << 20

// Keeper keeps pages. It is safe for concurrent use.
type Keeper struct {
	changes *Changes
	now     func() time.Time
	room    *room

	mu     sync.Mutex
	making map[Address]chan struct{} // closed when the page has been made

	hits, made, waits atomic.Int64
}

// Address is what a page is kept under.
type Address struct {
	// Path and Query are the page's address; Query is empty or in one spelling.
	Path, Query string
	Lang        string
	// Community is that of the reader, where the page depends on it.
	Community string
}

// New makes a keeper of at most size bytes; DefaultRoom when zero.
func New(changes *Changes, size int64, now func() time.Time) *Keeper {
	if size == 0 {
		size = DefaultRoom
	}
	return &Keeper{changes: changes, now: now, room: newRoom(size), making: map[Address]chan struct{}{}}
}

// Get returns the page kept under an address. Where there is none, make makes it: in a context that records what it is
// made of, and once, whoever asks for it meanwhile. It returns nil after make has answered in another way; then, and when
// made is true, nothing is left to do for whoever called.
func (k *Keeper) Get(ctx context.Context, at Address, make func(context.Context, *Record)) (p *Page, made bool) {
	for first := true; ; first = false {
		if p = k.find(at); p != nil {
			k.hits.Add(1)
			return p, false
		}
		done, mine := k.claim(at)
		if !mine && first {
			k.waits.Add(1)
			select {
			case <-done:
				continue
			case <-ctx.Done(): // make says so to the reader
			}
		}
		k.make(ctx, at, make, mine, done)
		return nil, true
	}
}

// make calls make; done is closed afterwards when the page is mine to make.
func (k *Keeper) make(ctx context.Context, at Address, make func(context.Context, *Record), mine bool, done chan struct{}) {
	if mine {
		defer func() {
			k.mu.Lock()
			delete(k.making, at)
			k.mu.Unlock()
			close(done)
		}()
	}
	k.made.Add(1)
	r := k.changes.record(at)
	make(context.WithValue(ctx, recordKey{}, r), r)
}

// claim says whether the page is the caller's to make; otherwise done is closed once somebody else has made it.
func (k *Keeper) claim(at Address) (done chan struct{}, mine bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if done, ok := k.making[at]; ok {
		return done, false
	}
	done = make(chan struct{})
	k.making[at] = done
	return done, true
}

// find returns the page under an address if it is still true.
func (k *Keeper) find(at Address) *Page {
	p := k.room.get(at)
	if p == nil || !p.stamp.holds() || !k.now().Before(p.until) {
		return nil
	}
	return p
}

// Keep keeps a page that was made while r was recorded, if nothing that it was made of has changed since; it says whether.
func (k *Keeper) Keep(r *Record, p *Page) bool {
	now := k.now()
	stamp, until, ok := r.end(now)
	if !ok || !now.Before(until) {
		return false
	}
	p.stamp, p.until = stamp, until
	k.room.put(r.at, p)
	return true
}

// Counts is what a keeper has done since it was made, and what it holds.
type Counts struct {
	Hits, Made, Waits int64 // pages sent as they were kept, pages made, readers who waited for a page that another had made
	Pages             int
	Bytes             int64
}

// Counts returns the counts.
func (k *Keeper) Counts() Counts {
	pages, bytes := k.room.size()
	return Counts{Hits: k.hits.Load(), Made: k.made.Load(), Waits: k.waits.Load(), Pages: pages, Bytes: bytes}
}

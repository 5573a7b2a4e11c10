package kept

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Moment is how much had changed at some moment.
type Moment struct {
	era    *era // nil: nobody listened
	counts []uint64
}

// Moment returns how much has changed by now. Take it before the transaction begins in which a Remembered may be read: what
// the transaction does not see has then not been counted yet.
func (c *Changes) Moment() Moment {
	e := c.listening()
	if e == nil {
		return Moment{}
	}
	return Moment{e, e.snapshot()}
}

// Remembered is a value that many pages show and that is dear to read: it is read again when a table that it was read from
// has changed, and each page that shows it is made of those tables. While one page reads it again, others are given what was
// true two seconds ago at most, and are not kept. Unlike a Latest it is read with the connection of the page
// that asks first, so that pages which wait for it never wait for a connection too.
type Remembered[T any] struct {
	mu   sync.Mutex
	last atomic.Pointer[read[T]]
	held atomic.Pointer[time.Time] // when last was known to be true
}

// old is how long ago a value may have been true that is given while it is read again.
const old = 2 * time.Second

// Get returns the value as it was at the moment since, or later. Where it is not known, read reads it in a transaction that
// has begun after that moment.
func (m *Remembered[T]) Get(ctx context.Context, since Moment, read func(context.Context) (T, error)) (T, error) {
	if value, ok := m.known(ctx); ok {
		return value, nil
	}
	if since.era == nil {
		return read(ctx)
	}
	if !m.mu.TryLock() {
		if value, ok := m.justKnown(ctx); ok {
			return value, nil
		}
		m.mu.Lock()
	}
	defer m.mu.Unlock()
	if value, ok := m.known(ctx); ok {
		return value, nil
	}
	return m.read(ctx, since, read)
}

func (m *Remembered[T]) known(ctx context.Context) (value T, ok bool) {
	last := m.last.Load()
	if last == nil || !last.stamp.holds() {
		return value, false
	}
	now := time.Now()
	m.held.Store(&now)
	usesAll(ctx, last.stamp)
	return last.value, true
}

// justKnown returns what was true a moment ago.
func (m *Remembered[T]) justKnown(ctx context.Context) (value T, ok bool) {
	last, held := m.last.Load(), m.held.Load()
	if last == nil || held == nil || time.Since(*held) > old {
		return value, false
	}
	Doubt(ctx)
	return last.value, true
}

// read reads the value and remembers it, if everything that it is made of is heard of.
func (m *Remembered[T]) read(ctx context.Context, since Moment, from func(context.Context) (T, error)) (T, error) {
	of := &Record{era: since.era, before: since.counts, tables: map[int]bool{}}
	value, err := from(context.WithValue(ctx, recordKey{}, of))
	s, blind := of.stamp()
	if blind || err != nil {
		Doubt(ctx)
		return value, err
	}
	usesAll(ctx, s)
	m.last.Store(&read[T]{s, value})
	return value, nil
}

// usesAll says that the page which is made in ctx is made of the tables of a stamp.
func usesAll(ctx context.Context, s stamp) {
	if r := recordOf(ctx); r != nil {
		r.add(reads{tables: s.tables, blind: r.era != s.era})
	}
}

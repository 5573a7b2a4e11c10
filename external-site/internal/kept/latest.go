package kept

import (
	"context"
	"sync"
	"sync/atomic"
)

// Latest is a value that every page shows, read from tables: it is read again when one of them has changed, and each page
// that shows it is made of them.
type Latest[T any] struct {
	// Changes says when to read again.
	Changes *Changes
	// Tables are what it is read from.
	Tables []string
	// Read reads it.
	Read func(ctx context.Context) (T, error)
	// Otherwise answers while changes are not heard or Read fails.
	Otherwise func(ctx context.Context) (T, error)

	mu   sync.Mutex
	last atomic.Pointer[read[T]]
}

type read[T any] struct {
	stamp stamp
	value T
}

// Get returns the value as it is now.
func (l *Latest[T]) Get(ctx context.Context) (T, error) {
	Uses(ctx, l.Tables...)
	if last := l.last.Load(); last != nil && last.stamp.holds() {
		return last.value, nil
	}
	e := l.Changes.listening()
	if e == nil {
		return l.otherwise(ctx)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if last := l.last.Load(); last != nil && last.stamp.holds() {
		return last.value, nil
	}
	before := e.snapshot()
	value, err := l.Read(ctx)
	if err != nil {
		return l.otherwise(ctx)
	}
	tables := make([]int, 0, len(l.Tables))
	for _, t := range l.Tables {
		i, watched := e.tables[t]
		if !watched {
			return l.otherwise(ctx)
		}
		tables = append(tables, i)
	}
	l.last.Store(&read[T]{e.stampOf(tables, before), value})
	return value, nil
}

func (l *Latest[T]) otherwise(ctx context.Context) (T, error) {
	Doubt(ctx)
	return l.Otherwise(ctx)
}

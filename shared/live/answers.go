package live

import (
	"context"
	"sync"
	"time"
)

// Answers shares the answers to questions that many streams ask at the same moment, as the displays of one hall do: however many ask, the database is
// asked once while an answer is on its way, and once more for all who asked meanwhile. An answer is never older than the question. The zero
// value is ready to use.
type Answers struct {
	mu   sync.Mutex
	asks map[string]*asks
}

// asks are the question that is being asked now, and the one that is asked after it.
type asks struct {
	now, next *ask
}

type ask struct {
	done   chan struct{}
	answer string
	err    error
}

// patience is how long a shared question may take: it ends with nobody's request.
const patience = 10 * time.Second

// Ask returns the answer to the question with the key, of which ask begins not before this call.
func (a *Answers) Ask(ctx context.Context, key string, question func(context.Context) (string, error)) (string, error) {
	mine := a.join(ctx, key, question)
	select {
	case <-mine.done:
		return mine.answer, mine.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

func (a *Answers) join(ctx context.Context, key string, question func(context.Context) (string, error)) *ask {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.asks == nil {
		a.asks = map[string]*asks{}
	}
	all := a.asks[key]
	if all == nil {
		all = &asks{now: &ask{done: make(chan struct{})}}
		a.asks[key] = all
		go a.run(context.WithoutCancel(ctx), key, all, question)
		return all.now
	}
	if all.next == nil {
		all.next = &ask{done: make(chan struct{})}
	}
	return all.next
}

// run asks until nobody waits for another answer.
func (a *Answers) run(ctx context.Context, key string, all *asks, question func(context.Context) (string, error)) {
	for now := all.now; now != nil; now = a.after(key, all) {
		soon, cancel := context.WithTimeout(ctx, patience)
		now.answer, now.err = question(soon)
		cancel()
		close(now.done)
	}
}

// after is the question that was asked meanwhile; nil for none.
func (a *Answers) after(key string, all *asks) *ask {
	a.mu.Lock()
	defer a.mu.Unlock()
	if all.now, all.next = all.next, nil; all.now == nil {
		delete(a.asks, key)
	}
	return all.now
}

// Brief is a stream whose questions are shared: it rests for a moment between two of them, however many are open.
type Brief struct{ *Stream }

// Rest is how long the stream rests between two questions.
func (Brief) Rest() time.Duration { return quickest }

package live

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// Hundreds ask while one answer is on its way: the database is asked once more for all of them, and nobody gets the answer that was on its way
// before they asked.
func TestAnswersAreShared(t *testing.T) {
	var a Answers
	var asked atomic.Int32
	begun, goOn := make(chan struct{}), make(chan struct{})
	question := func(context.Context) (string, error) {
		n := asked.Add(1)
		if n == 1 {
			close(begun)
			<-goOn
		}
		return strconv.Itoa(int(n)), nil
	}
	var first, others sync.WaitGroup
	first.Go(func() {
		if answer, err := a.Ask(t.Context(), "hall", question); answer != "1" || err != nil {
			t.Errorf("the first is told %q, %v", answer, err)
		}
	})
	<-begun
	var joined sync.WaitGroup
	joined.Add(300)
	for range 300 {
		mine := a.join(t.Context(), "hall", question)
		joined.Done()
		others.Go(func() {
			<-mine.done
			if mine.answer != "2" {
				t.Errorf("somebody who asked later is told %q", mine.answer)
			}
		})
	}
	joined.Wait()
	if answer, err := a.Ask(t.Context(), "another", func(context.Context) (string, error) { return "x", nil }); answer != "x" || err != nil {
		t.Errorf("another question waits: %q, %v", answer, err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Ask(gone, "hall", question); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever has gone waits: %v", err)
	}
	close(goOn)
	first.Wait()
	others.Wait()
	if n := asked.Load(); n != 2 {
		t.Errorf("the database is asked %d times", n)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.asks) > 0 && a.asks["hall"] != nil && a.asks["hall"].next != nil {
		t.Error("a question is left over")
	}
}

// An answer that failed is one for those who asked, and the next ask again; what one of them leaves behind ends nobody's question.
func TestAnswersThatFail(t *testing.T) {
	var a Answers
	broken := errors.New("away")
	if _, err := a.Ask(t.Context(), "hall", func(context.Context) (string, error) { return "", broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	answer, err := a.Ask(ctx, "hall", func(ctx context.Context) (string, error) {
		cancel()
		return "kept", ctx.Err()
	})
	if err == nil && answer != "kept" || err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("%q, %v", answer, err)
	}
}

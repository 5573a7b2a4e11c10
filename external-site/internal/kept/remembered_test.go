package kept

import (
	"context"
	"errors"
	"testing"
	"time"
)

// A value is read again when a table that it was read from has changed, and not before; the page that shows it is made of
// that table, whoever read it.
func TestRemembered(t *testing.T) {
	c := NewChanges()
	c.Silence = time.Hour
	e := c.begin([]string{"a.one", "a.two"}, []string{"a"}, time.Now())
	var m Remembered[int]
	reads := 0
	page := func(since Moment) (value int, of stamp) {
		t.Helper()
		r := c.record(Address{})
		r.before = since.counts // a page begins before its transaction
		value, err := m.Get(context.WithValue(t.Context(), recordKey{}, r), since, func(ctx context.Context) (int, error) {
			note(ctx, "select from a.one")
			reads++
			return reads, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		of, blind := r.stamp()
		if blind {
			t.Error("the page cannot be kept")
		}
		return value, of
	}
	for i := range 3 {
		value, of := page(c.Moment())
		if value != 1 || len(of.tables) != 1 || e.tables["a.one"] != of.tables[0] {
			t.Errorf("page %d: %d, of %v", i, value, of.tables)
		}
	}
	e.change("a.two")
	if value, _ := page(c.Moment()); value != 1 {
		t.Error("read again though nothing of it has changed")
	}
	before := c.Moment()
	e.change("a.one") // a transaction that began before does not see it
	if value, of := page(before); value != 2 || of.holds() {
		t.Errorf("%d, holds: %v", value, of.holds())
	}
	if value, of := page(c.Moment()); value != 3 || !of.holds() {
		t.Errorf("what an old transaction has read is believed: %d, holds: %v", value, of.holds())
	}
	c.end()
	if value, err := m.Get(t.Context(), c.Moment(), func(context.Context) (int, error) { return 99, nil }); value != 99 || err != nil {
		t.Errorf("while nobody listens: %d, %v", value, err)
	}
}

// While one page reads the value again, others show what was true a moment ago and are not kept; what was true longer ago is waited for.
func TestRememberedIsGivenWhileItIsReadAgain(t *testing.T) {
	c := NewChanges()
	c.Silence = time.Hour
	e := c.begin([]string{"a.one"}, []string{"a"}, time.Now())
	var m Remembered[int]
	get := func(read func()) (int, bool) {
		r := c.record(Address{})
		value, err := m.Get(context.WithValue(t.Context(), recordKey{}, r), c.Moment(), func(ctx context.Context) (int, error) {
			note(ctx, "select from a.one")
			read()
			return int(e.counts[0].Load()), nil
		})
		if err != nil {
			t.Error(err)
		}
		_, blind := r.stamp()
		return value, blind
	}
	again := func() (reading, finish, done chan struct{}) {
		reading, finish, done = make(chan struct{}), make(chan struct{}), make(chan struct{})
		e.change("a.one")
		go func() {
			defer close(done)
			get(func() { close(reading); <-finish })
		}()
		<-reading
		return reading, finish, done
	}
	get(func() {})
	get(func() {})
	_, finish, done := again()
	if value, blind := get(func() { t.Error("read twice") }); value != 0 || !blind {
		t.Errorf("meanwhile: %d, may be kept: %v", value, !blind)
	}
	close(finish)
	<-done
	if value, blind := get(func() { t.Error("read twice") }); value != 1 || blind {
		t.Errorf("afterwards: %d, may be kept: %v", value, !blind)
	}

	_, finish, done = again()
	long := time.Now().Add(-old - time.Second)
	m.held.Store(&long)
	waited := make(chan int)
	go func() {
		value, _ := get(func() { t.Error("read twice") })
		waited <- value
	}()
	close(finish)
	if value := <-waited; value != 2 {
		t.Errorf("what is older: %d", value)
	}
	<-done
}

// What failed, or was read from something that is not heard of, is not remembered, and no page that shows it is kept.
func TestNotRemembered(t *testing.T) {
	c := NewChanges()
	c.Silence = time.Hour
	c.begin([]string{"a.one"}, []string{"a"}, time.Now())
	var m Remembered[int]
	for name, read := range map[string]func(context.Context) (int, error){
		"failed":   func(context.Context) (int, error) { return 0, errors.New("no") },
		"unheard":  func(ctx context.Context) (int, error) { note(ctx, "select from a.other"); return 1, nil },
		"doubtful": func(ctx context.Context) (int, error) { Doubt(ctx); return 1, nil },
	} {
		r := c.record(Address{})
		_, _ = m.Get(context.WithValue(t.Context(), recordKey{}, r), c.Moment(), read)
		if _, blind := r.stamp(); !blind || m.last.Load() != nil {
			t.Errorf("%s: the page can be kept: %v, remembered: %v", name, !blind, m.last.Load())
		}
	}
}

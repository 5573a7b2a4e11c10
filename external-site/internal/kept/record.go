package kept

import (
	"context"
	"regexp"
	"sync"
	"time"

	"portal.example/shared/locale"
)

type recordKey struct{}

// Record is what a page is made of, while it is made.
type Record struct {
	at     Address
	era    *era // nil: nobody listens, so the page cannot be kept
	before []uint64

	mu     sync.Mutex
	tables map[int]bool
	blind  bool // it was made of something whose changes nobody hears
	until  time.Time
}

func (c *Changes) record(at Address) *Record {
	r := &Record{at: at, era: c.listening(), tables: map[int]bool{}}
	if r.era != nil {
		r.before = r.era.snapshot()
	}
	return r
}

// recordOf returns the record that a context carries, nil when there is none to be made.
func recordOf(ctx context.Context) *Record {
	r, _ := ctx.Value(recordKey{}).(*Record)
	if r == nil || r.era == nil {
		return nil
	}
	return r
}

// Until says that the page which is made in ctx is true until t at most. Without it a page is true until the day ends in
// Kyiv. The zero time says nothing.
func Until(ctx context.Context, t time.Time) {
	r := recordOf(ctx)
	if r == nil || t.IsZero() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.until.IsZero() || t.Before(r.until) {
		r.until = t
	}
}

// Uses says that the page which is made in ctx is made of tables, beside those that its queries name.
func Uses(ctx context.Context, tables ...string) {
	r := recordOf(ctx)
	if r == nil {
		return
	}
	for _, t := range tables {
		i, watched := r.era.tables[t]
		r.add(reads{tables: []int{i}, blind: !watched})
	}
}

// Apart is ctx for what is read on account of many pages and remembered for a time of its own, which each page that shows it
// says with Until: what is asked in it is not what the page is made of.
func Apart(ctx context.Context) context.Context {
	return context.WithValue(ctx, recordKey{}, (*Record)(nil))
}

// Doubt says that the page which is made in ctx lacks something, or shows what may be old: it is not kept.
func Doubt(ctx context.Context) {
	if r := recordOf(ctx); r != nil {
		r.add(reads{blind: true})
	}
}

func (r *Record) add(from reads) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if from.blind {
		r.blind = true
		return
	}
	for _, i := range from.tables {
		r.tables[i] = true
	}
}

// end returns the state that the page was made of and until when it is true. It is not ok when the page cannot be kept.
func (r *Record) end(now time.Time) (s stamp, until time.Time, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.era == nil || r.blind {
		return stamp{}, time.Time{}, false
	}
	s = r.stampLocked()
	until = midnight(now)
	if !r.until.IsZero() && r.until.Before(until) {
		until = r.until
	}
	return s, until, s.holds()
}

// stamp is the state of the tables that were read so far; blind says that there are others of which nobody hears.
func (r *Record) stamp() (s stamp, blind bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stampLocked(), r.blind
}

func (r *Record) stampLocked() stamp {
	tables := make([]int, 0, len(r.tables))
	for i := range r.tables {
		tables = append(tables, i)
	}
	return r.era.stampOf(tables, r.before)
}

// midnight is when the day of t ends in Kyiv.
func midnight(t time.Time) time.Time {
	y, m, d := t.In(locale.Kyiv()).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, locale.Kyiv())
}

func note(ctx context.Context, sql string) {
	if r := recordOf(ctx); r != nil {
		r.add(r.era.readsOf(sql))
	}
}

// reads are the tables that a query reads; blind says that some are not watched.
type reads struct {
	tables []int
	blind  bool
}

// qualified is every name with a schema, or an alias, before it: all SQL of the site names tables with their schemas.
var qualified = regexp.MustCompile(`\b([a-z_][a-z0-9_]*)\.([a-z_][a-z0-9_]*)`)

// readsOf finds the tables of a query by their names. Whatever stands in a schema that has tables and is not watched, be it
// a table, a view or a function, makes the answer blind.
func (e *era) readsOf(sql string) reads {
	if known, ok := e.reads.Load(sql); ok {
		return known.(reads)
	}
	var r reads
	for _, name := range qualified.FindAllStringSubmatch(sql, -1) {
		if !e.schemas[name[1]] {
			continue
		}
		i, watched := e.tables[name[0]]
		if !watched {
			r.blind = true
			continue
		}
		r.tables = append(r.tables, i)
	}
	e.reads.Store(sql, r)
	return r
}

package kept

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// silence is how long the database may say nothing before what was kept is no longer believed.
const silence = 3 * time.Second

// Changes knows which tables have changed, from whoever listens to the database.
type Changes struct {
	// Silence is how long the database may say nothing before what was kept is no longer believed. Set it before anybody
	// listens.
	Silence time.Duration

	current atomic.Pointer[era] // nil: nobody listens
	started time.Time           // of the clock that cannot be set
}

// NewChanges makes changes of which nothing is known yet.
func NewChanges() *Changes { return &Changes{Silence: silence, started: time.Now()} }

// era is the time during which one connection has listened without a break. What was made in another era is not believed:
// nobody knows what has changed in between.
type era struct {
	changes *Changes
	tables  map[string]int  // the tables whose changes are heard, by schema.name
	schemas map[string]bool // all schemas in which there are tables
	counts  []atomic.Uint64 // how often each table has changed
	heard   atomic.Int64    // when the database was last known to have said everything, since changes.started

	reads sync.Map // SQL → reads
}

// begin starts an era: tables are those whose changes are heard, schemas all in which there are tables. What is said of the
// database holds from the moment asked.
func (c *Changes) begin(tables, schemas []string, asked time.Time) *era {
	e := &era{changes: c, tables: map[string]int{}, schemas: map[string]bool{}, counts: make([]atomic.Uint64, len(tables))}
	for i, t := range tables {
		e.tables[t] = i
	}
	for _, s := range schemas {
		e.schemas[s] = true
	}
	e.hear(asked)
	c.current.Store(e)
	return e
}

// end says that nobody listens any more.
func (c *Changes) end() { c.current.Store(nil) }

// hear says that all changes up to the moment asked are known.
func (e *era) hear(asked time.Time) { e.heard.Store(int64(asked.Sub(e.changes.started))) }

// change says that a table has changed; one that is not watched is nothing to anybody.
func (e *era) change(table string) {
	if i, ok := e.tables[table]; ok {
		e.counts[i].Add(1)
	}
}

// listening returns the era in which the database is heard now, nil when it is not.
func (c *Changes) listening() *era {
	e := c.current.Load()
	if e == nil || time.Since(c.started)-time.Duration(e.heard.Load()) > c.Silence {
		return nil
	}
	return e
}

// Listening says whether changes are heard.
func (c *Changes) Listening() bool { return c.listening() != nil }

func (e *era) snapshot() []uint64 {
	all := make([]uint64, len(e.counts))
	for i := range e.counts {
		all[i] = e.counts[i].Load()
	}
	return all
}

// stamp is a state of some tables.
type stamp struct {
	era    *era
	tables []int
	counts []uint64
}

// holds says whether the tables are known to be as they were.
func (s stamp) holds() bool {
	if s.era == nil || s.era.changes.listening() != s.era {
		return false
	}
	for i, table := range s.tables {
		if s.era.counts[table].Load() != s.counts[i] {
			return false
		}
	}
	return true
}

// stampOf takes the counts of some tables out of a snapshot.
func (e *era) stampOf(tables []int, snapshot []uint64) stamp {
	slices.Sort(tables)
	s := stamp{era: e, tables: tables, counts: make([]uint64, len(tables))}
	for i, table := range tables {
		s.counts[i] = snapshot[table]
	}
	return s
}

package pgtest

import (
	"sync"
	"testing"
)

// Freeze keeps the database until the process ends, for Copy. Nobody may be connected to it from now on; its pool is closed.
func (db *Database) Freeze() {
	db.frozen = true
	db.Pool.Close()
	kept.Lock()
	defer kept.Unlock()
	kept.all = append(kept.all, db)
}

// Copy returns a database of the test's own, on the same server, that is as db was when it was frozen: with the same rows, object
// identifiers and files. It costs a fraction of what making all that again does. What a server has only once, such as replication slots,
// is not copied.
func (db *Database) Copy(tb testing.TB) *Database {
	tb.Helper()
	if db.server != nil {
		db.server.enter()
		tb.Cleanup(db.server.leave)
	}
	copied := create(tb, db.admin, db.Name)
	copied.server = db.server
	return copied
}

// kept are the databases that outlive their tests.
var kept struct {
	sync.Mutex
	all []*Database
}

// dropFrozen drops them, from a server that may go on after this process.
func dropFrozen() error {
	kept.Lock()
	defer kept.Unlock()
	for _, db := range kept.all {
		if err := db.dropNow(); err != nil {
			return err
		}
	}
	kept.all = nil
	return nil
}

// Mold is a database that is filled once in this process and copied for each test that wants one like it. What filling it returned, such
// as the identifiers of its rows, is the same for every copy.
type Mold[T any] struct {
	sync.Mutex
	db     *Database
	filled T
}

// Copy returns a database of the test's own out of the mold. The first test that asks makes it: fill is given what fresh returns.
func (m *Mold[T]) Copy(tb testing.TB, fresh func(testing.TB) *Database, fill func(*Database) T) (*Database, T) {
	tb.Helper()
	m.Lock()
	defer m.Unlock()
	if m.db == nil {
		db := fresh(tb)
		filled := fill(db) // may end the test; the next one tries again
		db.Freeze()
		m.db, m.filled = db, filled
	}
	return m.db.Copy(tb), m.filled
}

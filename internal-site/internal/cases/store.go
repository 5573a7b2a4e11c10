package cases

import (
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Store keeps cases in PostgreSQL. Make one with NewStore.
type Store struct {
	pool      *pgxpool.Pool
	now       func() time.Time
	newID     func() uuid.UUID
	followers []Follower // whose terms move with the calendar
}

// NewStore returns a store over pool; a process that only registers cases in its own transactions may give nil.
func NewStore(pool *pgxpool.Pool) *Store {
	return &Store{pool: pool, now: time.Now, newID: newID}
}

// At returns a copy of the store whose clock is now; for tests and for content made to a date.
func (s *Store) At(now func() time.Time) *Store {
	c := *s
	c.now = now
	return &c
}

// Now is the clock of the store.
func (s *Store) Now() time.Time { return s.now() }

// newID makes a uuid v7: ordered by time, so indexes stay compact.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

package replica

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

const (
	presencePause  = time.Second     // before the next try to take the lock again
	presenceLook   = 5 * time.Second // at whether the session is still there
	presenceWithin = 10 * time.Second
)

// StayPresent shows until ctx ends that a syncer of the slot's replica is alive, also between two of its sessions, when it holds no
// claim: a lock that any number of them may share, in a session that does nothing else.
func StayPresent(ctx context.Context, dsn, slot string) {
	for ctx.Err() == nil {
		_ = bePresent(ctx, dsn, slot) // why the target cannot be reached is said by whoever writes to it
		_ = link.Pause(ctx, presencePause)
	}
}

func bePresent(ctx context.Context, dsn, slot string) error {
	conn, err := link.Open(ctx, dsn, link.Options{Name: "target.dsn", Application: "writer presence", MaxAnswer: link.SmallAnswer, AnswerWithin: presenceWithin})
	if err != nil {
		return err
	}
	defer link.Close(conn)
	sql := `SELECT pg_catalog.pg_advisory_lock_shared(pg_catalog.hashtext('portal syncer is there'), pg_catalog.hashtext($1))`
	if _, err := conn.Exec(ctx, sql, slot); err != nil {
		return err
	}
	return untilLost(ctx, conn)
}

// untilLost returns when the session is lost or ctx ends.
func untilLost(ctx context.Context, conn *pgx.Conn) error {
	tick := time.NewTicker(presenceLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if err := conn.Ping(ctx); err != nil {
			return err
		}
	}
}

// IsRunning reports whether a syncer of the slot's replica is alive: it writes, or it is between two tries.
func IsRunning(ctx context.Context, db relation.Queryer, slot string) (bool, error) {
	return isLocked(ctx, db, []string{"portal syncer", "portal syncer is there"}, slot)
}

// GoneAfter is how long a syncer that the target does not see may take to come back. After an outage of the target it needs a moment, and
// one of an earlier version shows itself only while it writes.
const GoneAfter = 20 * time.Second

// Sightings remembers when a syncer of a replica was last seen, for a command that waits for it.
type Sightings struct{ last time.Time }

// Look looks for the syncer. gone says that none was seen for GoneAfter, counted from the first look on.
func (s *Sightings) Look(ctx context.Context, db relation.Queryer, slot string) (there, gone bool, err error) {
	there, err = IsRunning(ctx, db, slot)
	if err != nil {
		return false, false, err
	}
	if there || s.last.IsZero() {
		s.last = time.Now()
	}
	return there, time.Since(s.last) > GoneAfter, nil
}

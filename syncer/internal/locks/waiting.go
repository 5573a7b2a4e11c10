package locks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// Wait is a session that waits for a lock, and who is in its way.
type Wait struct {
	For     time.Duration
	Holders []Holder
}

// String says since when and for whom.
func (w Wait) String() string {
	who := "somebody who has just let go of it"
	if len(w.Holders) > 0 {
		who = Describe(w.Holders)
	}
	return fmt.Sprintf("waits for a lock on the target since %s ago, held by %s", age(w.For), who)
}

// Waiting returns the longest wait of the sessions whose application_name begins so; nil when none waits.
func Waiting(ctx context.Context, db relation.Queryer, application string) (*Wait, error) {
	var pid uint32
	var seconds float64
	err := db.QueryRow(ctx, `
		SELECT a.pid::bigint, extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(pg_catalog.min(l.waitstart), a.query_start))::float8
		  FROM pg_catalog.pg_stat_activity a JOIN pg_catalog.pg_locks l ON l.pid = a.pid AND NOT l.granted
		 WHERE a.datname = pg_catalog.current_database() AND pg_catalog.starts_with(a.application_name, $1)
		 GROUP BY a.pid, a.query_start ORDER BY 2 DESC LIMIT 1`, application).Scan(&pid, &seconds)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // nobody waits
	}
	if err != nil {
		return nil, link.Fail("look who waits", err)
	}
	w := &Wait{For: time.Duration(seconds * float64(time.Second))}
	w.Holders, err = Blocking(ctx, db, pid)
	return w, err
}

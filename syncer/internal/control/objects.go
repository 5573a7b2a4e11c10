package control

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
)

// Object is a row of sync.objects.
type Object struct {
	Key       string    `json:"key"`
	State     string    `json:"state"` // waiting, ready, failed, deleting
	Size      *int64    `json:"size"`  // null until it was copied
	Attempts  int       `json:"attempts"`
	NextTryAt time.Time `json:"next_try_at"`
	Error     string    `json:"error,omitempty"`
	ChangedAt time.Time `json:"changed_at"`
}

// Objects lists up to limit objects in one of the states, the longest unchanged first.
func Objects(ctx context.Context, conn *pgx.Conn, in []string, limit int) ([]Object, error) {
	rows, err := conn.Query(ctx, `
		SELECT key, state, size, attempts, next_try_at, coalesce(error, ''), changed_at FROM sync.objects
		 WHERE state = ANY ($1::text[]) ORDER BY changed_at, key LIMIT $2`, in, limit)
	var all []Object
	if err == nil {
		all, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Object])
	}
	if err != nil {
		return nil, link.Fail("target: objects", err)
	}
	return all, nil
}

// Retry makes failed objects due now: those with the given keys, or all if no keys are given. It returns how many there were.
func Retry(ctx context.Context, conn *pgx.Conn, keys []string) (int64, error) {
	if len(keys) == 0 {
		keys = nil
	}
	tag, err := conn.Exec(ctx, `
		UPDATE sync.objects SET attempts = 0, next_try_at = now()
		 WHERE state = 'failed' AND ($1::text[] IS NULL OR key = ANY ($1::text[]))`, keys)
	if err != nil {
		return 0, link.Fail("target: objects", err)
	}
	return tag.RowsAffected(), nil
}

package documents

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

const (
	firstRetry  = 2 * time.Second
	lastRetry   = 5 * time.Minute
	queryWithin = 2 * time.Minute
)

// object is a row of sync.objects for which there is something to do.
type object struct {
	Key      string
	SHA256   string
	State    string
	Attempts int
}

// selectNamed returns SQL for every key that a row of the table names, with its SHA-256 in hexadecimal.
func selectNamed(ctx context.Context, conn *pgx.Conn, d whitelist.Documents, condition string) (string, error) {
	schema, name, _ := strings.Cut(d.Table, ".")
	info, err := relation.Inspect(ctx, conn, schema, name)
	if err != nil {
		return "", err
	}
	key, sha := relation.Quote(d.Key), relation.Quote(d.SHA256)
	hex := "pg_catalog.lower(" + sha + "::text)"
	if c, _ := info.Column(d.SHA256); c.Type == "bytea" {
		hex = "pg_catalog.encode(" + sha + ", 'hex')"
	}
	from := "ONLY " + info.SQL()
	if info.Kind == 'p' {
		from = info.SQL()
	}
	return fmt.Sprintf("SELECT %s::text AS key, %s AS sha256 FROM %s WHERE %s AND %s IS NOT NULL AND %s IS NOT NULL AND %s::text <> ''",
		key, hex, from, condition, key, sha, key), nil
}

// reconcileRows compares the replica's rows with sync.objects: an object that a row names and that is not here is waited for; one
// that no row names is to be deleted.
func (s *exchange) reconcileRows(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, queryWithin)
	defer cancel()
	parts := make([]string, 0, len(s.list.Documents))
	for _, d := range s.list.Documents {
		part, err := selectNamed(ctx, s.conn, d, "true")
		if err != nil {
			return link.Fail("target", err)
		}
		parts = append(parts, part)
	}
	named := strings.Join(parts, " UNION ")
	for _, sql := range []string{
		`INSERT INTO sync.objects (key, sha256) SELECT key, min(sha256) FROM (` + named + `) AS n
		  WHERE NOT EXISTS (SELECT FROM sync.objects o WHERE o.key = n.key AND o.sha256 = n.sha256 AND o.state <> 'deleting')
		  GROUP BY key
		 ON CONFLICT (key) DO UPDATE
		   SET sha256 = EXCLUDED.sha256, state = 'waiting', attempts = 0, next_try_at = now(), error = NULL, changed_at = now()`,
		`UPDATE sync.objects AS o SET state = 'deleting', attempts = 0, next_try_at = now(), error = NULL, changed_at = now()
		  WHERE state <> 'deleting' AND NOT EXISTS (SELECT FROM (` + named + `) AS n WHERE n.key = o.key)`,
	} {
		if _, err := s.conn.Exec(ctx, sql); err != nil {
			return link.Fail("target: objects", err)
		}
	}
	return nil
}

// readDue returns objects that are due and that nobody is working on.
func (s *exchange) readDue(ctx context.Context, limit int) ([]object, error) {
	ctx, cancel := context.WithTimeout(ctx, queryWithin)
	defer cancel()
	flying := make([]string, 0, len(s.flying))
	for key := range s.flying {
		flying = append(flying, key)
	}
	s.again = false
	rows, err := s.conn.Query(ctx, `
		SELECT key, sha256, state, attempts FROM sync.objects
		 WHERE state <> 'ready' AND next_try_at <= now() AND key <> ALL ($2::text[])
		 ORDER BY state = 'deleting' DESC, attempts, next_try_at LIMIT $1`, limit, flying)
	if err != nil {
		return nil, link.Fail("target: objects", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[object])
	if err != nil {
		return nil, link.Fail("target: objects", err)
	}
	err = s.conn.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM sync.objects WHERE state <> 'ready' AND key <> ALL ($1::text[])
		                  AND next_try_at <= now() + make_interval(secs => $2))`, flying, firstRetry.Seconds()).Scan(&s.again)
	if err != nil {
		return nil, link.Fail("target: objects", err)
	}
	return all, nil
}

// removeObject deletes an object that no row names, in a goroutine of its own.
func (s *exchange) removeObject(ctx context.Context, o object) {
	go func() {
		s.room <- struct{}{}
		defer func() { <-s.room }()
		ctx, cancel := context.WithTimeout(ctx, answerWithin)
		defer cancel()
		failpoint.Hit("documents.before_remove")
		err := s.k.Store.Remove(ctx, o.Key)
		if err != nil {
			err = storeError(err)
		}
		s.done <- outcome{object: o, err: err}
	}()
}

// recordOutcome records what became of an object, unless its row has changed meanwhile.
func (s *exchange) recordOutcome(ctx context.Context, o outcome) (err error) {
	delete(s.flying, o.Key)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	failpoint.Hit("documents.before_record")
	defer failpoint.Hit("documents.after_record") // whatever it was
	ctx, cancel := context.WithTimeout(ctx, queryWithin)
	defer cancel()
	result := "copied"
	switch {
	case o.err != nil:
		result = "failed"
		err = s.recordFailure(ctx, o)
	case o.State == "deleting":
		result = "deleted"
		_, err = s.conn.Exec(ctx, `DELETE FROM sync.objects WHERE key = $1 AND state = 'deleting'`, o.Key)
	default:
		_, err = s.conn.Exec(ctx, `
			UPDATE sync.objects SET state = 'ready', size = $3, error = NULL, attempts = attempts + 1, changed_at = now()
			 WHERE key = $1 AND sha256 = $2 AND state <> 'deleting'`, o.Key, o.SHA256, o.size)
	}
	if err != nil {
		return link.Fail("target: objects", err)
	}
	if s.k.OnObject != nil {
		s.k.OnObject(result)
	}
	return nil
}

func (s *exchange) recordFailure(ctx context.Context, o outcome) error {
	s.again = true
	text, cause := problem(o.err, textLost, textTarget), o.err
	if inner := errors.Unwrap(o.err); inner != nil {
		cause = inner
	}
	s.k.Log.Warn("documents: object failed; trying again later", "key", o.Key, "state", o.State, "attempt", o.Attempts+1,
		"problem", text, "error", cause.Error())
	_, err := s.conn.Exec(ctx, `
		UPDATE sync.objects SET state = CASE WHEN state = 'deleting' THEN state ELSE 'failed' END,
		       attempts = attempts + 1, next_try_at = now() + make_interval(secs => $4), error = $5, changed_at = now()
		 WHERE key = $1 AND sha256 = $2 AND (state = 'deleting') = $3`,
		o.Key, o.SHA256, o.State == "deleting", retryAfter(o.Attempts).Seconds(), text)
	return err
}

func retryAfter(attempts int) time.Duration {
	return min(firstRetry<<min(attempts, 10), lastRetry)
}

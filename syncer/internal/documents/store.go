package documents

import (
	"context"
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
	firstRetry = 2 * time.Second
	lastRetry  = 5 * time.Minute
)

// reconcile compares rows with objects: what a row names and is not here waits, what no row names goes.
func (w *Worker) reconcile(ctx context.Context, conn *pgx.Conn) error {
	named, err := w.named(ctx, conn)
	if err != nil {
		return err
	}
	for _, sql := range []string{
		`INSERT INTO sync.objects (key, sha256) SELECT key, min(sha256) FROM (` + named + `) AS n
		  WHERE NOT EXISTS (SELECT FROM sync.objects o WHERE o.key = n.key AND o.sha256 = n.sha256 AND o.state <> 'deleting')
		  GROUP BY key
		 ON CONFLICT (key) DO UPDATE
		   SET sha256 = EXCLUDED.sha256, state = 'waiting', attempts = 0, next_try_at = now(), error = NULL, changed_at = now()`,
		`UPDATE sync.objects AS o SET state = 'deleting', attempts = 0, next_try_at = now(), error = NULL, changed_at = now()
		  WHERE state <> 'deleting' AND NOT EXISTS (SELECT FROM (` + named + `) AS n WHERE n.key = o.key)`,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("target: objects: %s: %w", link.Scrub(err), err)
		}
	}
	return nil
}

// named is SQL for every key that a replicated row names, with its SHA-256 in hexadecimal.
func (w *Worker) named(ctx context.Context, conn *pgx.Conn) (string, error) {
	parts := make([]string, 0, len(w.Lists))
	for _, d := range w.Lists {
		part, err := selectNamed(ctx, conn, d)
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " UNION "), nil
}

func selectNamed(ctx context.Context, conn *pgx.Conn, d whitelist.Documents) (string, error) {
	schema, name, _ := strings.Cut(d.Table, ".")
	info, err := relation.Inspect(ctx, conn, schema, name)
	if err != nil {
		return "", fmt.Errorf("target: %w", err)
	}
	key, sha := relation.Quote(d.Key), relation.Quote(d.SHA256)
	hex := "pg_catalog.lower(" + sha + "::text)"
	if c, _ := info.Column(d.SHA256); c.Type == "bytea" {
		hex = "pg_catalog.encode(" + sha + ", 'hex')"
	}
	return fmt.Sprintf("SELECT %s::text AS key, %s AS sha256 FROM %s WHERE %s IS NOT NULL AND %s IS NOT NULL AND %s::text <> ''",
		key, hex, info.SQL(), key, sha, key), nil
}

// record notes what became of an object, unless its row was changed meanwhile.
func (w *Worker) record(ctx context.Context, conn *pgx.Conn, o outcome) error {
	var err error
	failpoint.Hit("documents.before_record")
	defer failpoint.Hit("documents.after_record") // whatever it was
	result := "copied"
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case o.err != nil:
		result, w.failed = "failed", true
		w.Log.Warn("documents: object failed; trying again later", "key", o.Key, "state", o.State, "attempt", o.Attempts+1, "error", problem(o.err))
		_, err = conn.Exec(ctx, `
			UPDATE sync.objects SET state = CASE WHEN state = 'deleting' THEN state ELSE 'failed' END,
			       attempts = attempts + 1, next_try_at = now() + make_interval(secs => $4), error = $5, changed_at = now()
			 WHERE key = $1 AND sha256 = $2 AND (state = 'deleting') = $3`,
			o.Key, o.SHA256, o.State == "deleting", retryAfter(o.Attempts).Seconds(), problem(o.err))
	case o.State == "deleting":
		result = "deleted"
		_, err = conn.Exec(ctx, `DELETE FROM sync.objects WHERE key = $1 AND state = 'deleting'`, o.Key)
	default:
		_, err = conn.Exec(ctx, `
			UPDATE sync.objects SET state = 'ready', size = $3, error = NULL, attempts = attempts + 1, changed_at = now()
			 WHERE key = $1 AND sha256 = $2 AND state <> 'deleting'`, o.Key, o.SHA256, o.size)
	}
	if err != nil {
		return fmt.Errorf("target: objects: %s: %w", link.Scrub(err), err)
	}
	if w.OnObject != nil {
		w.OnObject(result)
	}
	return nil
}

func retryAfter(attempts int) time.Duration {
	return min(firstRetry<<min(attempts, 10), lastRetry)
}

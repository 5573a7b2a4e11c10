// Package documents copies the objects that replicated rows name from the source's store to the target's,
// and removes them when their rows are gone. Rows never wait for objects: sync.objects says which are here.
//
// An object is ready only after it was read back from the target and its SHA-256 compared. It may import
// link, shared/blob, shared/whitelist and pgx; it never speaks to the source's database.
package documents

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
)

// Worker keeps the target's store equal to what the rows name.
type Worker struct {
	TargetDSN string
	Lists     []whitelist.Documents
	Source    *blob.Bucket
	Target    *blob.Bucket
	Workers   int
	Touched   <-chan struct{} // rows that name objects were changed
	OnObject  func(outcome string)
	Log       *slog.Logger

	failed bool // something failed in the last pass
}

const (
	lookEvery   = 10 * time.Second // rows and due retries are looked at without being told, too
	batch       = 200
	copyTimeout = 10 * time.Minute
	mediaType   = "application/octet-stream" // the site says what it is, from the row
)

// Run works until ctx ends. Whatever fails is tried again; it never ends the stream.
func (w *Worker) Run(ctx context.Context) error {
	for {
		more, err := w.Pass(ctx)
		if err != nil && ctx.Err() == nil {
			w.Log.Warn("documents: interrupted; trying again", "error", err.Error())
		}
		if more && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-w.Touched:
		case <-time.After(w.pause(err)):
		}
	}
}

// pause is how long to wait without being told: less while something is to be tried again.
func (w *Worker) pause(err error) time.Duration {
	if w.failed || err != nil {
		return firstRetry
	}
	return lookEvery
}

// object is a row of sync.objects that wants something done.
type object struct {
	Key      string
	SHA256   string
	State    string
	Attempts int
}

// Pass looks once at rows and objects and does what is due; more says that there is more to do at once.
func (w *Worker) Pass(ctx context.Context) (more bool, err error) {
	conn, err := link.Open(ctx, w.TargetDSN, link.Options{Name: "target.dsn", Application: "documents"})
	if err != nil {
		return false, err
	}
	defer link.Close(conn)
	w.failed = false
	if err := w.reconcile(ctx, conn); err != nil {
		return false, err
	}
	due, err := w.due(ctx, conn)
	if err != nil || len(due) == 0 {
		return false, err
	}
	return len(due) == batch, w.handle(ctx, conn, due)
}

func (w *Worker) due(ctx context.Context, conn *pgx.Conn) ([]object, error) {
	rows, err := conn.Query(ctx, `
		SELECT key, sha256, state, attempts FROM sync.objects
		 WHERE state <> 'ready' AND next_try_at <= now()
		 ORDER BY state = 'deleting' DESC, attempts, next_try_at LIMIT $1`, batch)
	if err != nil {
		return nil, fmt.Errorf("target: objects: %s: %w", link.Scrub(err), err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[object])
}

// outcome is what became of an object.
type outcome struct {
	object
	size int64
	err  error
}

// handle works on several objects at a time and records each as it ends.
func (w *Worker) handle(ctx context.Context, conn *pgx.Conn, due []object) error {
	g, ctx := errgroup.WithContext(ctx)
	todo, done := make(chan object), make(chan outcome)
	g.Go(func() error {
		defer close(todo)
		for _, o := range due {
			select {
			case todo <- o:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	workers, wctx := errgroup.WithContext(ctx)
	for range w.Workers {
		workers.Go(func() error {
			for o := range todo {
				select {
				case done <- w.one(wctx, o):
				case <-wctx.Done():
					return wctx.Err()
				}
			}
			return nil
		})
	}
	g.Go(func() error { defer close(done); return workers.Wait() })
	g.Go(func() error {
		for o := range done {
			if err := w.record(ctx, conn, o); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

func (w *Worker) one(ctx context.Context, o object) outcome {
	ctx, cancel := context.WithTimeout(ctx, copyTimeout)
	defer cancel()
	if o.State == "deleting" {
		failpoint.Hit("documents.before_remove")
		return outcome{object: o, err: w.Target.Remove(ctx, o.Key)}
	}
	size, err := w.copy(ctx, o)
	return outcome{o, size, err}
}

// copy moves the object and believes nothing: not the source's bytes, not the target's answer.
func (w *Worker) copy(ctx context.Context, o object) (int64, error) {
	if size, err := readBack(ctx, w.Target, o); err == nil {
		return size, nil // killed between the copy and its record
	}
	from, info, err := w.Source.Get(ctx, o.Key, o.SHA256)
	if err != nil {
		return 0, fmt.Errorf("source store: %w", err)
	}
	defer func() { _ = from.Close() }()
	failpoint.Hit("documents.before_put")
	if _, err := w.Target.Put(ctx, o.Key, from, info.Size, mediaType, o.SHA256); err != nil {
		return 0, fmt.Errorf("target store: %w", err)
	}
	failpoint.Hit("documents.after_put")
	size, err := readBack(ctx, w.Target, o)
	if err != nil {
		return 0, fmt.Errorf("target store, read back: %w", err)
	}
	return size, nil
}

func readBack(ctx context.Context, b *blob.Bucket, o object) (int64, error) {
	r, _, err := b.Get(ctx, o.Key, o.SHA256)
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.Close() }()
	return io.Copy(io.Discard, r)
}

// problem is what sync.objects says of a failure: for an operator, without addresses or keys of others.
func problem(err error) string {
	switch {
	case errors.Is(err, blob.ErrMismatch):
		return "the bytes differ from the row's SHA-256"
	case fault.Is(err, fault.NotFound):
		return "the source's store has no such object"
	case fault.Is(err, fault.Unavailable):
		return "a store does not answer"
	}
	text := err.Error()
	return text[:min(len(text), 300)]
}

// CatchUp does once what is due.
func (w *Worker) CatchUp(ctx context.Context) error {
	for {
		more, err := w.Pass(ctx)
		if err != nil || !more {
			return err
		}
	}
}

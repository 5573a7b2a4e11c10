// Package importing brings real data of others into the portal: the official codifier of territories and
// whole catalogues of services. Everything that an import writes it writes in one transaction, so a source
// that cannot be imported changes nothing; a source imported before changes nothing either.
//
// Folders: table reads files, clean repairs text and pages, report keeps the account, progress shows it,
// katottg and services know what the tables mean. They may import shared/*, internal/audit and each other in
// that order; no page and no other domain.
package importing

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/importing/progress"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Options say how an import runs.
type Options struct {
	By     audit.Actor
	Bar    *progress.Bar // nil shows nothing
	DryRun bool          // do everything, then take it back
	Now    func() time.Time
	NewID  func() uuid.UUID
	// Keep stores the report. It runs just before the transaction ends, so that nothing is imported
	// without its report. May be nil.
	Keep func(*report.Report) error
}

var errDryRun = errors.New("dry run")

// lockImports keeps two imports apart (an arbitrary, fixed advisory lock key).
const lockImports = 0x696d706f7274 // "import"

// Transact runs write in one transaction, writes event to the trail when anything was written, and keeps
// the report.
func Transact(ctx context.Context, db pg.Beginner, o Options, r *report.Report, event audit.Entry, write func(tx pgx.Tx) error) error {
	err := pg.InTx(ctx, db, func(tx pgx.Tx) error {
		if err := lock(ctx, tx); err != nil {
			return err
		}
		if err := write(tx); err != nil {
			return err
		}
		summary := r.Summary()
		if summary.Written() > 0 {
			event.Detail = summary
			if err := audit.Record(ctx, tx, o.By, event); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `set constraints all immediate`); err != nil { // a dry run must see them fail too
			return pg.Fault("check references", err)
		}
		if o.Keep != nil {
			if err := o.Keep(r); err != nil {
				return err
			}
		}
		if o.DryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		return nil
	}
	return pg.Fault("import", err)
}

func lock(ctx context.Context, tx pgx.Tx) error {
	var free bool
	if err := tx.QueryRow(ctx, `select pg_try_advisory_xact_lock($1)`, lockImports).Scan(&free); err != nil {
		return pg.Fault("lock imports", err)
	}
	if !free {
		return fault.Wrap(fault.Conflict, errors.New("another import is running; wait until it has finished"), "")
	}
	return nil
}

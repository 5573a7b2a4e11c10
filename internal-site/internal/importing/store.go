package importing

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// DB is where an import begins its transaction, Tx the transaction.
type (
	DB = pg.Beginner
	Tx = pgx.Tx
)

var errDryRun = errors.New("dry run")

// lockImports keeps two imports apart (an arbitrary, fixed advisory lock key).
const lockImports = 0x696d706f7274 // "import"

// Transact runs write in one transaction, writes event to the trail when anything was written, and keeps
// the report.
func Transact(ctx context.Context, db DB, o Options, r *report.Report, event audit.Entry, write func(tx Tx) error) error {
	err := pg.InTx(ctx, db, func(tx Tx) error {
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

func lock(ctx context.Context, tx Tx) error {
	var free bool
	if err := tx.QueryRow(ctx, `select pg_try_advisory_xact_lock($1)`, lockImports).Scan(&free); err != nil {
		return pg.Fault("lock imports", err)
	}
	if !free {
		return fault.Wrap(fault.Conflict, errors.New("another import is running; wait until it has finished"), "")
	}
	return nil
}

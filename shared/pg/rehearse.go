package pg

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
)

// rehearse runs fn in a transaction that is always rolled back. Statements that a store sends without InTx are not undone.
func rehearse(ctx context.Context, db Beginner, fn func(tx pgx.Tx) error) error {
	tx, err := db.BeginTx(ctx, pgx.TxOptions{})
	if err != nil {
		return err
	}
	if err = fn(tx); err == nil {
		err = fault.Rehearsed()
	}
	if undone := tx.Rollback(ctx); undone != nil {
		return errors.Join(undone, err)
	}
	return err
}

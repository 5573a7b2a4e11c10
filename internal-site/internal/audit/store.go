package audit

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// Record writes e within the caller's transaction.
func Record(ctx context.Context, tx pg.Execer, by Actor, e Entry) error {
	args, err := e.args(by)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, recordSQL, args...)
	return pg.Fault("audit "+e.Action, err)
}

// Queue is Record in a batch of the caller's transaction.
func Queue(batch *pgx.Batch, by Actor, e Entry) error {
	args, err := e.args(by)
	if err == nil {
		batch.Queue(recordSQL, args...)
	}
	return err
}

// QueueWith is Queue of an entry whose detail has more values, which the server knows: with is a jsonb object in SQL.
func QueueWith(batch *pgx.Batch, by Actor, e Entry, with string) error {
	args, err := e.args(by)
	if err == nil {
		batch.Queue(`select audit.record($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb || `+with+`)`, args...)
	}
	return err
}

// Read records that somebody looked at something, in a transaction of its own that does not wait for the disk: a power failure may take
// the last readings of half a second with it.
func Read(ctx context.Context, db pg.Execer, by Actor, e Entry) error {
	args, err := e.args(by)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, `select audit.read($1, $2, $3, $4, $5, $6, $7, $8)`, append(args[:7:7], args[8])...)
	return pg.Fault("audit "+e.Action, err)
}

const recordSQL = `select audit.record($1, $2, $3, $4, $5, $6, $7, $8, $9)`

func (e Entry) args(by Actor) ([]any, error) {
	detail := []byte("{}")
	if e.Detail != nil {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return nil, fmt.Errorf("audit %s: %w", e.Action, err)
		}
	}
	return []any{by.ID, by.Name, e.Action, e.ObjectType, e.ObjectID, e.CentreID, e.AuthorityID, e.Reason, detail}, nil
}

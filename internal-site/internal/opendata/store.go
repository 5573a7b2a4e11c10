package opendata

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/shared/opendata"
	"portal.example/shared/pg"
)

// Store keeps the set in PostgreSQL and its files in the object store.
type Store struct {
	pool  *pgxpool.Pool
	files *blob.Bucket
	now   func() time.Time
}

// NewStore returns a store; files is the bucket of documents, which only Make needs.
func NewStore(pool *pgxpool.Pool, files *blob.Bucket) *Store {
	return &Store{pool: pool, files: files, now: time.Now}
}

// At returns the store with another clock.
func (s *Store) At(now func() time.Time) *Store { return &Store{s.pool, s.files, now} }

// kept is the set with what only the making needs.
type kept struct {
	State
	index  *uuid.UUID
	former []uuid.UUID
	busy   *time.Time // until then a process makes it
}

func read(ctx context.Context, db pg.Queryer, lock string) (k kept, err error) {
	var edition []byte
	err = db.QueryRow(ctx, `select public, asked_at is not null, made_at, failed_at, edition, out_at, left_out, version, changed_at, index_id, former, busy_until from open_data.sets where name = $1`+lock,
		opendata.ServicesProvided).Scan(&k.Public, &k.Asked, &k.MadeAt, &k.FailedAt, &edition, &k.OutAt, &k.Left, &k.Version, &k.ChangedAt, &k.index, &k.former, &k.busy)
	if err != nil || edition == nil {
		return k, pg.Fault("read the open data set", err)
	}
	k.Edition = &opendata.Edition{}
	return k, json.Unmarshal(edition, k.Edition)
}

// State says how the set stands.
func (s *Store) State(ctx context.Context, actor access.Actor) (State, error) {
	if err := access.Require(actor, Publish, access.Object{}); err != nil {
		return State{}, err
	}
	k, err := read(ctx, s.pool, ``)
	return k.State, err
}

// Decide publishes the set or takes all of its files back at once; changed is false when it stood so already. When a colleague has
// decided otherwise since the version that was seen, it is a Conflict.
func (s *Store) Decide(ctx context.Context, actor access.Actor, d Decision) (changed bool, err error) {
	if err := d.permit(actor); err != nil {
		return false, err
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		k, err := read(ctx, tx, ` for update`)
		if err != nil || k.Public == d.Public {
			return err
		}
		if k.Version != d.Seen {
			return fault.New(fault.Conflict, "opendata.changed_since")
		}
		if _, err := tx.Exec(ctx, `update open_data.sets set public = $2, asked_at = case when $2 then $3::timestamptz end, edition = null, index_id = null, out_at = null, former = '{}', left_out = '{}',
				made_at = null, failed_at = null, version = version + 1, changed_at = $3, changed_by = $4 where name = $1`, opendata.ServicesProvided, d.Public, s.now(), actor.UserID); err != nil {
			return pg.Fault("decide on open data", err)
		}
		if _, err := tx.Exec(ctx, `update documents.files set published = false where purpose = 'dataset' and published`); err != nil {
			return pg.Fault("take open data back", err)
		}
		changed = true
		return audit.Record(ctx, tx, actor.Audit(), d.entry())
	})
	return changed && err == nil, err
}

// entry is what the trail keeps of the decision.
func (d Decision) entry() audit.Entry {
	e := audit.Entry{Action: "opendata.set.withdraw", ObjectType: "open_data_set", ObjectID: opendata.ServicesProvided, Reason: d.Reason}
	if d.Public {
		e.Action = "opendata.set.publish"
	}
	return e
}

// Renew asks for the set to be made before its night. While the edition is so young that readers may not have it yet, it is a Conflict.
func (s *Store) Renew(ctx context.Context, actor access.Actor) error {
	if err := access.Require(actor, Publish, access.Object{}); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		k, err := read(ctx, tx, ` for update`)
		if err != nil {
			return err
		}
		if now := s.now(); !k.Settled(now) {
			return fault.New(fault.Conflict, "opendata.too_young")
		}
		tag, err := tx.Exec(ctx, `update open_data.sets set asked_at = $2 where name = $1 and public and asked_at is null`, opendata.ServicesProvided, s.now())
		if err != nil || tag.RowsAffected() == 0 {
			return pg.Fault("ask for open data", err)
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{Action: "opendata.set.renew", ObjectType: "open_data_set", ObjectID: opendata.ServicesProvided})
	})
}

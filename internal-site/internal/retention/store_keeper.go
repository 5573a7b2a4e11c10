package retention

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/kept"
	"portal.example/shared/pg"
)

// Keeper removes what was kept long enough, in the process that owns it. It keeps nothing of its own: a round that is killed is
// continued by the next. Make one with NewKeeper.
type Keeper struct {
	pool  *pgxpool.Pool
	owner kept.Process
	kinds []kept.Kind
	now   func() time.Time
}

// NewKeeper returns the keeper of a process, over a pool of its role.
func NewKeeper(pool *pgxpool.Pool, owner kept.Process, kinds []kept.Kind) *Keeper {
	k := &Keeper{pool, owner, nil, time.Now}
	for _, kind := range kinds {
		if kind.Owner == owner {
			k.kinds = append(k.kinds, kind)
		}
	}
	return k
}

// At is the keeper with another clock.
func (k *Keeper) At(now func() time.Time) *Keeper { return &Keeper{k.pool, k.owner, k.kinds, now} }

// atOnce bounds what one transaction removes.
const atOnce = 500

// Tidy removes what is due of every kind, batch by batch. A kind that fails hides none of the others.
func (k *Keeper) Tidy(ctx context.Context) error {
	var failed error
	for _, kind := range k.kinds {
		for more := true; more; {
			var err error
			if more, err = k.batch(ctx, kind); err != nil {
				failed = errors.Join(failed, err)
				break
			}
		}
	}
	return failed
}

// batch removes a little of a kind. more is true when it removed something. Of two processes that come at once, one leaves it to the other;
// the rule is read in each batch, so that a pause stops what runs.
func (k *Keeper) batch(ctx context.Context, kind kept.Kind) (more bool, err error) {
	err = pg.InTx(ctx, k.pool, func(tx pgx.Tx) error {
		var mine bool
		if err := tx.QueryRow(ctx, `select pg_try_advisory_xact_lock(hashtextextended('retention.' || $1, 0))`, kind.Name).Scan(&mine); err != nil || !mine {
			return pg.Fault("keep a kind", err)
		}
		rule, err := ruleOf(ctx, tx, kind)
		before, ok := rule.Before(k.now())
		if err != nil || !ok || rule.Paused {
			return err
		}
		gone, err := kind.Remove(ctx, tx, before, atOnce)
		if err != nil || gone.Rows == 0 {
			return err
		}
		more = true
		return k.record(ctx, tx, kind, rule, before, gone)
	})
	return more && err == nil, err
}

// record writes how much has gone: to the history of the kind, and to the trail.
func (k *Keeper) record(ctx context.Context, tx pgx.Tx, kind kept.Kind, rule Rule, before time.Time, gone kept.Gone) error {
	_, err := tx.Exec(ctx, `
		insert into retention.removed as r (kind, day, rows, bytes, before, at) values ($1, ($2::timestamptz at time zone 'Europe/Kyiv')::date, $3, $4, $5, $2)
		on conflict (kind, day) do update set rows = r.rows + excluded.rows, bytes = r.bytes + excluded.bytes, before = greatest(r.before, excluded.before), at = excluded.at`,
		kind.Name, k.now(), gone.Rows, gone.Bytes, before)
	if err != nil {
		return pg.Fault("note what was removed", err)
	}
	return audit.Record(ctx, tx, audit.System(string(k.owner)), audit.Entry{
		Action: "retention.data.remove", ObjectType: "retention_rule", ObjectID: kind.Name,
		Detail: map[string]any{"rows": gone.Rows, "bytes": gone.Bytes, "before": before, "rule": rule.Version},
	})
}

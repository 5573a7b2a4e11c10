package modules

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store keeps the switches in PostgreSQL.
type Store struct{ pool *pgxpool.Pool }

// NewStore returns a store over pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool} }

// Switches returns every decision.
func (s *Store) Switches(ctx context.Context) (contract.Switches, error) {
	return Switches(ctx, s.pool)
}

// Switches returns every decision as db sees it.
func Switches(ctx context.Context, db pg.Queryer) (contract.Switches, error) {
	rows, err := db.Query(ctx, `select module, coalesce(centre_id, '00000000-0000-0000-0000-000000000000'), enabled from modules.switches`)
	if err != nil {
		return contract.Switches{}, pg.Fault("read switches of modules", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[contract.Switch])
	return contract.NewSwitches(all), pg.Fault("read switches of modules", err)
}

// Version says how often a module was switched in a centre, or in the whole installation for the zero id; 0 before the first time.
func (s *Store) Version(ctx context.Context, module string, centre uuid.UUID) (int, error) {
	return version(ctx, s.pool, module, centre, ``)
}

func version(ctx context.Context, db pg.Queryer, module string, centre uuid.UUID, lock string) (n int, err error) {
	err = db.QueryRow(ctx, `select version from modules.switches where module = $1 and centre_id is not distinct from nullif($2, $3::uuid)`+lock,
		module, centre, uuid.Nil).Scan(&n)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return n, pg.Fault("version of a switch", err)
}

// Switch carries out a decision and says whether it changed anything: deciding the same again does not, and leaves no trail. When a
// colleague has decided otherwise since the version that was seen, it is a Conflict.
func (s *Store) Switch(ctx context.Context, actor access.Actor, c Change) (changed bool, err error) {
	if err := c.permit(actor); err != nil {
		return false, err
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('modules.switches', 0))`); err != nil {
			return pg.Fault("switch module", err)
		}
		present, err := version(ctx, tx, c.Module, c.Centre, ` for update`)
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			insert into modules.switches as s (id, module, centre_id, enabled, changed_by) values ($1, $2, nullif($3, $6::uuid), $4, $5)
			on conflict (module, coalesce(centre_id, '00000000-0000-0000-0000-000000000000')) do update
			set enabled = excluded.enabled, changed_by = excluded.changed_by, changed_at = now(), version = s.version + 1 where s.enabled <> excluded.enabled`,
			uuid.Must(uuid.NewV7()), c.Module, c.Centre, c.On, actor.UserID, uuid.Nil)
		if pg.Code(err) == pg.CodeForeignKeyViolation {
			return fault.New(fault.NotFound, "")
		}
		if err != nil || tag.RowsAffected() == 0 {
			return pg.Fault("switch module", err)
		}
		if present != c.Seen {
			return fault.New(fault.Conflict, "modules.changed_since")
		}
		changed = true
		return audit.Record(ctx, tx, actor.Audit(), c.entry())
	})
	return changed && err == nil, err
}

// entry is what the trail keeps of the decision.
func (c Change) entry() audit.Entry {
	e := audit.Entry{Action: "modules.module.switch_off", ObjectType: "module", ObjectID: c.Module, Reason: c.Reason}
	if c.On {
		e.Action = "modules.module.switch_on"
	}
	if c.Centre != uuid.Nil {
		e.CentreID = &c.Centre
	}
	return e
}

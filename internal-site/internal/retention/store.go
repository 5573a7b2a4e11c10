package retention

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/kept"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store keeps rules and what was removed. Make one with NewStore.
type Store struct {
	pool  *pgxpool.Pool
	kinds []kept.Kind
	now   func() time.Time
}

// NewStore returns a store over a pool of the role internal_site.
func NewStore(pool *pgxpool.Pool, kinds []kept.Kind) *Store { return &Store{pool, kinds, time.Now} }

// At is the store with another clock.
func (s *Store) At(now func() time.Time) *Store { return &Store{s.pool, s.kinds, now} }

// Kind is a kind by its name; NotFound when there is none.
func (s *Store) Kind(name string) (kept.Kind, error) {
	i := slices.IndexFunc(s.kinds, func(k kept.Kind) bool { return k.Name == name })
	if i < 0 {
		return kept.Kind{}, fault.New(fault.NotFound, "")
	}
	return s.kinds[i], nil
}

const selectRule = `select r.kind, r.version, r.days, r.paused, r.reason, r.set_at, r.set_by`

// ruleOf reads the rule of a kind that stands.
func ruleOf(ctx context.Context, db pg.Queryer, k kept.Kind) (Rule, error) {
	r := Standing(k)
	err := db.QueryRow(ctx, selectRule+` from retention.rules r where r.kind = $1 order by r.version desc limit 1`, k.Name).
		Scan(&r.Kind, &r.Version, &r.Days, &r.Paused, &r.Reason, &r.SetAt, &r.SetBy)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, nil
	}
	return r, pg.Fault("rule of retention", err)
}

// States says of every kind how it stands.
func (s *Store) States(ctx context.Context, actor access.Actor) (all []State, err error) {
	if err := permit(actor); err != nil {
		return nil, err
	}
	for _, k := range s.kinds {
		state, err := s.state(ctx, k)
		if err != nil {
			return nil, err
		}
		all = append(all, state)
	}
	return all, nil
}

// State says of one kind how it stands.
func (s *Store) State(ctx context.Context, actor access.Actor, name string) (State, error) {
	if err := permit(actor); err != nil {
		return State{}, err
	}
	k, err := s.Kind(name)
	if err != nil {
		return State{}, err
	}
	return s.state(ctx, k)
}

func (s *Store) state(ctx context.Context, k kept.Kind) (state State, err error) {
	state.Kind = k
	if state.Rule, err = ruleOf(ctx, s.pool, k); err != nil {
		return state, err
	}
	if state.All, err = k.Look(ctx, s.pool, s.now(), 1); err == nil {
		if before, ok := state.Rule.Before(s.now()); ok {
			state.Due, err = k.Look(ctx, s.pool, before, kept.MostCounted)
		}
	}
	if fault.Is(err, fault.Unavailable) { // the object store: the other kinds are seen all the same
		state.Unknown = true
		return state, nil
	}
	return state, err
}

// Preview says what a term of days would remove now.
func (s *Store) Preview(ctx context.Context, actor access.Actor, name string, days int) (found kept.Found, err error) {
	if err := permit(actor); err != nil {
		return found, err
	}
	k, err := s.Kind(name)
	if err != nil {
		return found, err
	}
	if before, ok := (Rule{Days: days}).Before(s.now()); ok {
		return k.Look(ctx, s.pool, before, kept.MostCounted)
	}
	return found, nil
}

// Set decides for how long a kind is kept, and whether it is removed at present. changed is false when it stood so already. A colleague
// who was faster is a Conflict, and so is a term that removes something at once which nobody was shown.
func (s *Store) Set(ctx context.Context, actor access.Actor, c Change) (changed bool, err error) {
	if err := permit(actor); err != nil {
		return false, err
	}
	k, err := s.Kind(c.Kind)
	if err != nil {
		return false, err
	}
	if err := c.Judge(k); err != nil {
		return false, err
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		changed, err = s.set(ctx, tx, actor, k, c)
		return err
	})
	return changed, err
}

func (s *Store) set(ctx context.Context, tx pgx.Tx, actor access.Actor, k kept.Kind, c Change) (bool, error) {
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('retention.rules', 0))`); err != nil {
		return false, pg.Fault("set term", err)
	}
	stands, err := ruleOf(ctx, tx, k)
	switch {
	case err != nil:
		return false, err
	case stands.Days == c.Days && stands.Paused == c.Paused:
		return false, nil
	case stands.Version != c.Seen:
		return false, fault.New(fault.Conflict, "retention.changed_since")
	case stands.Sooner(c.Days) && !c.Agreed:
		if found, err := k.Look(ctx, tx, s.now().AddDate(0, 0, -c.Days), 1); err != nil || found.Rows > 0 {
			return false, errors.Join(err, fault.New(fault.Conflict, "retention.not_agreed"))
		}
	}
	_, err = tx.Exec(ctx, `insert into retention.rules (kind, version, days, paused, reason, set_at, set_by) values ($1, $2, $3, $4, $5, $6, $7)`,
		k.Name, stands.Version+1, c.Days, c.Paused, c.Reason, s.now(), actor.UserID)
	if err != nil {
		return false, pg.Fault("set term", err)
	}
	return true, audit.Record(ctx, tx, actor.Audit(), audit.Entry{
		Action: "retention.rule.set", ObjectType: "retention_rule", ObjectID: k.Name, Reason: c.Reason,
		Detail: map[string]any{"version": stands.Version + 1, "days": c.Days, "days_before": stands.Days, "paused": c.Paused},
	})
}

// LongHistory is how many rules and days of removals a page shows of a kind.
const LongHistory = 50

// Rules lists the rules of a kind, the newest first.
func (s *Store) Rules(ctx context.Context, actor access.Actor, name string) ([]Rule, error) {
	if err := permit(actor); err != nil {
		return nil, err
	}
	rows, _ := s.pool.Query(ctx, selectRule+`, u.full_name from retention.rules r join access.users u on u.id = r.set_by
		where r.kind = $1 order by r.version desc limit $2`, name, LongHistory)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Rule])
	return list, pg.Fault("rules of retention", err)
}

// Removals lists what was removed of a kind by day, the last first.
func (s *Store) Removals(ctx context.Context, actor access.Actor, name string) ([]Removal, error) {
	if err := permit(actor); err != nil {
		return nil, err
	}
	rows, _ := s.pool.Query(ctx, `select day, rows, bytes, before from retention.removed where kind = $1 order by day desc limit $2`, name, LongHistory)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Removal])
	return list, pg.Fault("what was removed", err)
}

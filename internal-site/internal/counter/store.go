package counter

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store keeps visits in PostgreSQL. Make one with NewStore.
type Store struct {
	pool   *pgxpool.Pool
	cases  *cases.Store
	now    func() time.Time
	sheets *sheets
}

// NewStore returns a store over pool that registers cases in work.
func NewStore(pool *pgxpool.Pool, work *cases.Store) *Store {
	return &Store{pool: pool, cases: work, now: time.Now, sheets: &sheets{}}
}

// At returns a copy of the store whose clock is now.
func (s *Store) At(now func() time.Time) *Store {
	c := *s
	c.now = now
	return &c
}

// maxUnfinished keeps the list of unfinished visits readable: a centre that has more has forgotten most of them.
const maxUnfinished = 100

const selectVisit = `
	select v.id, v.centre_id, v.opened_by, u.full_name, v.opened_at, v.saved_at, v.state, v.service_id, v.content, v.case_id, v.ended_at, v.version,
	       v.origin, v.origin_id, coalesce(e.full_name, '')
	from counter.visits v join access.users u on u.id = v.opened_by left join access.users e on e.id = v.ended_by`

// Begin opens a visit of somebody who walked in to a centre, and returns its id.
func (s *Store) Begin(ctx context.Context, actor access.Actor, centre uuid.UUID) (uuid.UUID, error) {
	return s.open(ctx, actor, Visit{CentreID: centre, Origin: WalkIn})
}

// open writes a new visit. Of an origin that is being received already the open visit is returned.
func (s *Store) open(ctx context.Context, actor access.Actor, v Visit) (id uuid.UUID, err error) {
	if err := access.Require(actor, Receive, v.Object()); err != nil {
		return uuid.Nil, err
	}
	return id, pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			insert into counter.visits (id, centre_id, opened_by, opened_at, saved_at, service_id, content, origin, origin_id)
			values ($1, $2, $3, $4, $4, $5, $6, $7, $8)
			on conflict (origin, origin_id) where state = 'open' do update set origin = excluded.origin
			returning id`, uuid.Must(uuid.NewV7()), v.CentreID, actor.UserID, s.now(), v.ServiceID, v.Content, v.Origin, v.OriginID).Scan(&id)
		if err != nil || v.Origin != FromIntake {
			return pg.Fault("begin visit", err)
		}
		t, err := intake.Take(ctx, tx, actor, *v.OriginID)
		if err != nil {
			return err
		}
		return intake.WantFiles(ctx, tx, t)
	})
}

// Object returns where a visit belongs.
func (s *Store) Object(ctx context.Context, id uuid.UUID) (access.Object, error) {
	var v Visit
	err := s.pool.QueryRow(ctx, `select centre_id from counter.visits where id = $1`, id).Scan(&v.CentreID)
	return v.Object(), pg.Fault("object of a visit", err)
}

// Get returns a visit; NotFound when there is none for the actor.
func (s *Store) Get(ctx context.Context, actor access.Actor, id uuid.UUID) (Visit, error) {
	return load(ctx, s.pool, actor, id, "")
}

func load(ctx context.Context, db pg.Queryer, actor access.Actor, id uuid.UUID, lock string) (Visit, error) {
	rows, err := db.Query(ctx, selectVisit+` where v.id = @id and `+ScopeSQL+lock, pgx.NamedArgs(access.ScopeOf(actor, Receive).Args(map[string]any{"id": id})))
	if err != nil {
		return Visit{}, pg.Fault("visit", err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Visit])
	return v, pg.Fault("visit", err)
}

// Unfinished lists the open visits of the actor's centres, the latest first.
func (s *Store) Unfinished(ctx context.Context, actor access.Actor) ([]Visit, error) {
	rows, err := s.pool.Query(ctx, selectVisit+` where v.state = 'open' and `+ScopeSQL+` order by v.saved_at desc, v.id limit @limit`,
		pgx.NamedArgs(access.ScopeOf(actor, Receive).Args(map[string]any{"limit": maxUnfinished})))
	if err != nil {
		return nil, pg.Fault("unfinished visits", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Visit])
	return list, pg.Fault("unfinished visits", err)
}

// Save keeps what has been taken down, right or wrong, with the electronic copies that came along, and returns the visit as it is now.
// version is the one that the page showed: when a colleague has gone on with the visit since, it is a Conflict. More copies than a visit
// takes are Invalid, and nothing is kept.
func (s *Store) Save(ctx context.Context, actor access.Actor, id uuid.UUID, version int, service *uuid.UUID, c Content, scans ...Scan) (v Visit, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if v, err = s.hold(ctx, tx, actor, id, version); err != nil {
			return err
		}
		v.ServiceID, v.Content, v.SavedAt, v.Version = service, c, s.now(), v.Version+1
		_, err := tx.Exec(ctx, `update counter.visits set service_id = $2, content = $3, saved_at = $4, version = $5 where id = $1`,
			v.ID, v.ServiceID, v.Content, v.SavedAt, v.Version)
		if err != nil {
			return pg.Fault("save visit", err)
		}
		return s.addScans(ctx, tx, v.ID, scans)
	})
	return v, err
}

// hold locks an open visit of the version that the page showed.
func (s *Store) hold(ctx context.Context, tx pgx.Tx, actor access.Actor, id uuid.UUID, version int) (Visit, error) {
	v, err := load(ctx, tx, actor, id, ` for update of v`)
	switch {
	case err != nil:
		return v, err
	case v.State != Open:
		return v, fault.New(fault.Conflict, "counter.ended_already")
	case v.Version != version:
		return v, fault.New(fault.Conflict, "counter.changed_already")
	}
	return v, nil
}

// end closes a visit in the transaction that did what ended it.
func (s *Store) end(ctx context.Context, tx pgx.Tx, actor access.Actor, v Visit, state State) error {
	batch := &pgx.Batch{}
	if err := s.queueEnd(batch, actor, v, state, nil); err != nil {
		return err
	}
	return pg.Fault("end visit", tx.SendBatch(ctx, batch).Close())
}

// queueEnd is end in a batch, of a visit that has become a case unless that is nil.
func (s *Store) queueEnd(batch *pgx.Batch, actor access.Actor, v Visit, state State, caseID *uuid.UUID) error {
	batch.Queue(`update counter.visits set state = $2, case_id = $3, content = $4, ended_at = $5, saved_at = $5, ended_by = $6,
		version = version + 1 where id = $1`, v.ID, state, caseID, v.Content, s.now(), actor.UserID)
	return audit.Queue(batch, actor.Audit(), audit.Entry{
		Action: "counter.visit." + string(state), ObjectType: "visit", ObjectID: v.ID.String(), CentreID: &v.CentreID,
	})
}

// Refuse ends a visit without accepting the documents, on a ground of the card or in words. The documents stay with the
// visitor, and so do their copies: the scans that were made are returned, for their objects to be removed.
func (s *Store) Refuse(ctx context.Context, actor access.Actor, id uuid.UUID, version int) (scans []Scan, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		v, err := s.hold(ctx, tx, actor, id, version)
		if err != nil {
			return err
		}
		service, err := s.chosen(ctx, tx, v)
		if err != nil {
			return err
		}
		if err := fault.InvalidFields(v.Content.CheckRefusal(service.Card)...); err != nil {
			return err
		}
		if scans, err = dropScans(ctx, tx, v.ID); err != nil {
			return err
		}
		return s.end(ctx, tx, actor, v, Refused)
	})
	return scans, err
}

// Leave ends a visit that came to nothing. What was taken down of the visitor is forgotten, and the scans that were made
// are returned, for their objects to be removed.
func (s *Store) Leave(ctx context.Context, actor access.Actor, id uuid.UUID, version int) (scans []Scan, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		v, err := s.hold(ctx, tx, actor, id, version)
		if err != nil {
			return err
		}
		if scans, err = dropScans(ctx, tx, v.ID); err != nil {
			return err
		}
		v.Content = Content{Pressed: v.Content.Pressed} // a form that comes twice is still known
		return s.end(ctx, tx, actor, v, Left)
	})
	return scans, err
}

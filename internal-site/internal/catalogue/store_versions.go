package catalogue

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Versions keeps the versions of one kind of card.
type Versions[C any] struct {
	kind  kind[C]
	pool  *pgxpool.Pool
	now   func() time.Time
	newID func() uuid.UUID
}

// commonColumns are those of every table of versions, in the order of scanVersion, but for the content, which is the last.
const commonColumns = `select v.id, v.service_id, v.number, v.state, v.effective_from, v.change_note,
	v.created_at, v.created_by, array(select distinct r.centre_id from access.roles r where r.user_id = v.created_by and r.centre_id is not null),
	array_remove(v.editors || array[v.created_by, v.submitted_by], null), coalesce((select separate_duties from region.profile), false),
	coalesce(cr.full_name, ''), v.submitted_at, coalesce(su.full_name, ''),
	v.approved_at, coalesce(ap.full_name, ''), v.published_at, coalesce(pu.full_name, ''), v.version, v.`

// columns is the beginning of a query for versions of the kind.
func (k kind[C]) columns() string { return commonColumns + k.column + ` from ` + k.table }

// people are the joins for the names among the columns.
const people = ` v left join access.users cr on cr.id = v.created_by left join access.users su on su.id = v.submitted_by
	left join access.users ap on ap.id = v.approved_by left join access.users pu on pu.id = v.published_by`

func scanVersion[C any](row pgx.Row) (Version[C], error) {
	var v Version[C]
	var raw []byte
	var author *uuid.UUID
	err := row.Scan(&v.ID, &v.ServiceID, &v.Number, &v.State, &v.EffectiveFrom, &v.ChangeNote,
		&v.CreatedAt, &author, &v.Centres, &v.Prepared, &v.SeparateDuties, &v.CreatedBy, &v.SubmittedAt, &v.SubmittedBy,
		&v.ApprovedAt, &v.ApprovedBy, &v.PublishedAt, &v.PublishedBy, &v.Version, &raw)
	if err != nil {
		return v, err
	}
	if author != nil {
		v.Author = *author
	}
	err = json.Unmarshal(raw, &v.Content)
	return v, err
}

// List returns the versions of a service, the newest first.
func (s *Versions[C]) List(ctx context.Context, serviceID uuid.UUID) ([]Meta, error) {
	rows, err := s.pool.Query(ctx, s.kind.columns()+people+` where v.service_id = $1 order by v.number desc`, serviceID)
	if err != nil {
		return nil, pg.Fault("list versions", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Meta, error) {
		v, err := scanVersion[C](row)
		return v.Meta, err
	})
	return list, pg.Fault("list versions", err)
}

// Get returns one version.
func (s *Versions[C]) Get(ctx context.Context, id uuid.UUID) (Version[C], error) {
	return s.get(ctx, s.pool, id)
}

func (s *Versions[C]) get(ctx context.Context, db pg.Queryer, id uuid.UUID) (Version[C], error) {
	v, err := scanVersion[C](db.QueryRow(ctx, s.kind.columns()+people+` where v.id = $1`, id))
	return v, pg.Fault("get version", err)
}

// InForce returns the published version in force today, the one that citizens see and that new cases run on; NotFound
// when there is none.
func (s *Versions[C]) InForce(ctx context.Context, serviceID uuid.UUID) (Version[C], error) {
	return versionOn(ctx, s.pool, s.kind, serviceID, workdays.DateOf(s.now()))
}

// LastChange says who changed the card of the service last.
func (s *Versions[C]) LastChange(ctx context.Context, serviceID uuid.UUID) (audit.Change, error) {
	return audit.LastChange(ctx, s.pool, "service", serviceID.String(), "catalogue."+s.kind.object+".")
}

// Start begins a draft that repeats the newest version, or returns the draft there is.
func (s *Versions[C]) Start(ctx context.Context, actor access.Actor, serviceID uuid.UUID) (uuid.UUID, error) {
	id := s.newID()
	empty, err := json.Marshal(s.kind.empty)
	if err != nil {
		return id, pg.Fault("write version", err)
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		// The service's row is the lock under which its versions change.
		if _, err := tx.Exec(ctx, `select from catalogue.services where id = $1 for update`, serviceID); err != nil {
			return pg.Fault("lock service", err)
		}
		service, err := getService(ctx, tx, serviceID)
		if err != nil {
			return err
		}
		if err := access.Require(actor, EditCard, service.Object()); err != nil {
			return err
		}
		err = pg.Fault("find draft", tx.QueryRow(ctx,
			`select id from `+s.kind.table+` where service_id = $1 and state in ('draft', 'approved')`, serviceID).Scan(&id))
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		var number int
		err = tx.QueryRow(ctx, `
			insert into `+s.kind.table+` (id, service_id, number, effective_from, `+s.kind.column+`, created_at, created_by)
			select $1, $2, coalesce(max(number), 0) + 1, $3,
			       coalesce((select `+s.kind.column+` from `+s.kind.table+` where service_id = $2 order by published desc, number desc limit 1), $4::jsonb), $5, $6
			from `+s.kind.table+` where service_id = $2 returning number`,
			id, serviceID, workdays.DateOf(s.now()), empty, s.now(), actor.UserID).Scan(&number)
		if err != nil {
			return pg.Fault("start draft", err)
		}
		return record(ctx, tx, actor, "catalogue."+s.kind.object+".start", service, "", map[string]any{"number": number})
	})
	return id, err
}

// Check says everything that is wrong with a tidied draft: with its content and with what it says of itself.
func (s *Versions[C]) Check(v Version[C]) error {
	p := &problems{}
	p.check(!v.EffectiveFrom.Before(workdays.DateOf(s.now())), "effective_from", "catalogue.effective_past")
	p.take(s.kind.check(v.Content, false))
	return fault.InvalidFields(p.list...)
}

// Missing says what a draft still lacks before it can be approved, nil when nothing.
func (s *Versions[C]) Missing(c C) error { return s.kind.check(c, true) }

// Tidy makes what was typed fit to be kept.
func (s *Versions[C]) Tidy(c C) C { return s.kind.tidy(c, s.newID) }

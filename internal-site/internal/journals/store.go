package journals

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Store reads the journals. Make one with NewStore.
type Store struct {
	pool *pgxpool.Pool
	now  func() time.Time
	long chan struct{} // a place for each piece of what is read whole
}

// mostLong is how many pieces of journals that are read whole are read at a time, so that they leave room for people who wait for a page.
const mostLong = 3

// NewStore returns a store over pool.
func NewStore(pool *pgxpool.Pool) *Store {
	return &Store{pool: pool, now: time.Now, long: make(chan struct{}, mostLong)}
}

// At returns a copy of the store whose clock is now.
func (s *Store) At(now func() time.Time) *Store {
	c := *s
	c.now = now
	return &c
}

// Object returns where an entry belongs, for access.Can. NotFound when there is none.
func (s *Store) Object(ctx context.Context, id int64) (access.Object, error) {
	var e Entry
	err := s.pool.QueryRow(ctx, `select centre_id, authority_id, asker_id from journals.entries where id = $1`, id).Scan(&e.centre, &e.authority, &e.asker)
	return e.Object(), pg.Fault("find entry", err)
}

// Get returns an entry that the actor may see; NotFound when there is none for them.
func (s *Store) Get(ctx context.Context, actor access.Actor, id int64) (e Entry, err error) {
	rows, err := s.pool.Query(ctx, selectEntries+` from journals.entries e `+joinEntries+` where e.id = @id and `+ScopeSQL,
		pgx.NamedArgs(access.ScopeOf(actor, View).Args(map[string]any{"id": id})))
	if err != nil {
		return e, pg.Fault("get entry", err)
	}
	e, err = pgx.CollectExactlyOneRow(rows, scanEntry)
	return e, pg.Fault("get entry", err)
}

// Remark writes a remark beside an entry. The same words of the same person are written once.
func (s *Store) Remark(ctx context.Context, actor access.Actor, id int64, text string) error {
	o, err := s.Object(ctx, id)
	if err != nil {
		return err
	}
	if err := access.Require(actor, Remark, o); err != nil {
		return err
	}
	if text, err = checkRemark(text); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `insert into journals.notes (entry_id, at, person, text) values ($1, $2, $3, $4) on conflict do nothing`, id, s.now(), actor.UserID, text)
		if err != nil || tag.RowsAffected() == 0 {
			return pg.Fault("write remark", err)
		}
		var kase uuid.UUID
		var centre uuid.UUID
		if err := tx.QueryRow(ctx, `select case_id, centre_id from journals.entries where id = $1`, id).Scan(&kase, &centre); err != nil {
			return pg.Fault("find entry", err)
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "journals.remark", ObjectType: "case", ObjectID: kase.String(), CentreID: &centre, Detail: map[string]any{"entry": id},
		})
	})
}

// Choice is a place or a service that a journal can be narrowed to.
type Choice struct {
	ID   uuid.UUID
	Name locale.Text
}

// Choices are the centres, authorities and services that the actor's journals can be narrowed to.
func (s *Store) Choices(ctx context.Context, actor access.Actor) (centres, authorities, services []Choice, err error) {
	args := access.ScopeOf(actor, View).Args(nil)
	for sql, to := range map[string]*[]Choice{
		`select c.id, c.name, c.name_en from org.centres c where @scope_all or c.id = any(@scope_own_centre) or cardinality(@scope_own_authority::uuid[]) > 0 order by c.name`: &centres,
		`select a.id, coalesce(nullif(a.short_name, ''), a.name), coalesce(nullif(a.short_name_en, ''), a.name_en) from org.authorities a
			where @scope_all or a.id = any(@scope_own_authority) or cardinality(@scope_own_centre::uuid[]) > 0 order by 2`: &authorities,
		`select v.id, v.code || ' ' || v.name, case when v.name_en <> '' then v.code || ' ' || v.name_en else '' end from catalogue.services v
			where @scope_all or v.authority_id = any(@scope_own_authority)
			   or exists (select from catalogue.service_centres x where x.service_id = v.id and x.centre_id = any(@scope_own_centre)) order by v.code`: &services,
	} {
		rows, err := s.pool.Query(ctx, sql, pgx.NamedArgs(args))
		if err != nil {
			return nil, nil, nil, pg.Fault("choices of journals", err)
		}
		if *to, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Choice, err error) {
			return c, row.Scan(&c.ID, &c.Name.UK, &c.Name.EN)
		}); err != nil {
			return nil, nil, nil, pg.Fault("choices of journals", err)
		}
	}
	return centres, authorities, services, nil
}

package surveys

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
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Store is the surveys as staff see them. Make one with NewStore.
type Store struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewStore returns a store over pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool, now: time.Now} }

// At returns a copy of the store whose clock is now.
func (s *Store) At(now func() time.Time) *Store {
	c := *s
	c.now = now
	return &c
}

const selectSurvey = `
	select s.id, s.title, s.title_en, s.about, s.about_en, s.service_id, coalesce(v.name, ''), coalesce(v.name_en, ''), s.centre_id,
	       coalesce(c.name, ''), coalesce(c.name_en, ''), s.questions, s.first_day, s.last_day, s.results_after, s.state, s.version, s.keys
	from surveys.surveys s
	left join catalogue.services v on v.id = s.service_id
	left join org.centres c on c.id = s.centre_id`

func scanSurvey(row pgx.CollectableRow) (s Survey, err error) {
	var questions []byte
	err = row.Scan(&s.ID, &s.Title.UK, &s.Title.EN, &s.About.UK, &s.About.EN, &s.ServiceID, &s.Service.UK, &s.Service.EN, &s.CentreID,
		&s.Centre.UK, &s.Centre.EN, &questions, &s.FirstDay, &s.LastDay, &s.ResultsAfter, &s.State, &s.Version, &s.keys)
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(questions, &s.Questions)
}

// List returns the surveys, the newest first, with how many answers there are of which the actor may see results. Only who makes surveys
// sees drafts.
func (s *Store) List(ctx context.Context, actor access.Actor) (list []Survey, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, err
	}
	args := access.ScopeOf(actor, View).Args(map[string]any{"drafts": access.MayEver(actor, Make)})
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectSurvey+` where @drafts or s.published order by s.state = 'closed', s.created_at desc, s.id limit 500`, pgx.NamedArgs(args))
		if err != nil {
			return err
		}
		if list, err = pgx.CollectRows(rows, scanSurvey); err != nil {
			return err
		}
		counts, err := tx.Query(ctx, `select a.survey_id, count(*) from surveys.answers a where `+ScopeSQL+` group by 1`, pgx.NamedArgs(args))
		if err != nil {
			return err
		}
		var id uuid.UUID
		var n int
		_, err = pgx.ForEachRow(counts, []any{&id, &n}, func() error {
			for i := range list {
				if list[i].ID == id {
					list[i].Answered = n
				}
			}
			return nil
		})
		return err
	})
	return list, pg.Fault("list surveys", err)
}

// Get returns a survey; NotFound when the actor may not see it, as if there were none.
func (s *Store) Get(ctx context.Context, actor access.Actor, id uuid.UUID) (v Survey, err error) {
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		v, err = load(ctx, tx, actor, id, "")
		return err
	})
	return v, err
}

func load(ctx context.Context, tx pgx.Tx, actor access.Actor, id uuid.UUID, lock string) (Survey, error) {
	if err := access.RequireEver(actor, View); err != nil {
		return Survey{}, err
	}
	rows, err := tx.Query(ctx, selectSurvey+` where s.id = $1`+lock, id)
	if err != nil {
		return Survey{}, pg.Fault("survey", err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, scanSurvey)
	if err == nil && v.State == Draft && !access.MayEver(actor, Make) {
		return Survey{}, fault.New(fault.NotFound, "")
	}
	return v, pg.Fault("survey", err)
}

// Create makes a draft for the service and the centre, each uuid.Nil for any.
func (s *Store) Create(ctx context.Context, actor access.Actor, service, centre uuid.UUID, settings Settings) (id uuid.UUID, err error) {
	if err := access.RequireEver(actor, Make); err != nil {
		return id, err
	}
	v := Survey{ID: uuid.Must(uuid.NewV7()), State: Draft}
	if err := v.Set(settings); err != nil {
		return id, err
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into surveys.surveys (id, title, title_en, about, about_en, service_id, centre_id, first_day, last_day, results_after)
			values ($1, $2, $3, $4, $5, nullif($6, '00000000-0000-0000-0000-000000000000'::uuid), nullif($7, '00000000-0000-0000-0000-000000000000'::uuid), $8, $9, $10)`,
			v.ID, v.Title.UK, v.Title.EN, v.About.UK, v.About.EN, service, centre, v.FirstDay, v.LastDay, v.ResultsAfter)
		if pg.Code(err) == pg.CodeForeignKeyViolation {
			return fault.InvalidFields(fault.FieldError{Field: "service", Key: "surveys.place_gone"})
		}
		if err != nil {
			return pg.Fault("create survey", err)
		}
		return record(ctx, tx, actor, v, "create")
	})
	return v.ID, err
}

func record(ctx context.Context, tx pgx.Tx, actor access.Actor, v Survey, act string) error {
	return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
		Action: "surveys.survey." + act, ObjectType: "survey", ObjectID: v.ID.String(), CentreID: v.CentreID, Detail: map[string]string{"title": v.Title.UK},
	})
}

// Change lets change work on a draft that the actor saw at version; act is what it is called in the trail. A survey that changed since,
// or is no draft, is a Conflict.
func (s *Store) Change(ctx context.Context, actor access.Actor, id uuid.UUID, version int, act string, change func(*Survey) error) error {
	return s.work(ctx, actor, id, version, act, Draft, change)
}

// Close ends a published survey.
func (s *Store) Close(ctx context.Context, actor access.Actor, id uuid.UUID, version int) error {
	return s.work(ctx, actor, id, version, "close", Published, func(v *Survey) error {
		v.State = Closed
		return nil
	})
}

func (s *Store) work(ctx context.Context, actor access.Actor, id uuid.UUID, version int, act string, in State, change func(*Survey) error) error {
	if err := access.RequireEver(actor, Make); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		v, err := load(ctx, tx, actor, id, " for update of s")
		switch {
		case err != nil:
			return err
		case v.State != in:
			return fault.New(fault.Conflict, "surveys.not_now")
		case v.Version != version:
			return fault.New(fault.Conflict, "surveys.changed_already")
		}
		if err := change(&v); err != nil {
			return err
		}
		questions, err := json.Marshal(v.Questions)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			update surveys.surveys set title = $2, title_en = $3, about = $4, about_en = $5, questions = $6, keys = $7, first_day = $8, last_day = $9,
			       results_after = $10, state = $11, published = $11 <> 'draft', closed_at = case when $11 = 'closed' then $12::timestamptz end, version = version + 1
			where id = $1`,
			v.ID, v.Title.UK, v.Title.EN, v.About.UK, v.About.EN, questions, v.keys, v.FirstDay, v.LastDay, v.ResultsAfter, v.State, s.now())
		if err != nil {
			return pg.Fault("change survey", err)
		}
		if v.State == Closed { // its last figures, and its first ones if they waited for the end
			if _, err := tx.Exec(ctx, `insert into surveys.waiting (survey_id) values ($1) on conflict do nothing`, v.ID); err != nil {
				return pg.Fault("close survey", err)
			}
		}
		return record(ctx, tx, actor, v, act)
	})
}

// Place is a service or a centre that a survey can be about, or answers be looked at by.
type Place struct {
	ID   uuid.UUID
	Name locale.Text
}

// Places are the services and the centres of the catalogue, by name.
func (s *Store) Places(ctx context.Context) (services, centres []Place, err error) {
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) (err error) {
		if services, err = places(ctx, tx, `select id, name, name_en from catalogue.services where published order by name, id`); err != nil {
			return err
		}
		centres, err = places(ctx, tx, `select id, name, name_en from org.centres where published order by name, id`)
		return err
	})
	return services, centres, pg.Fault("places of surveys", err)
}

func places(ctx context.Context, tx pgx.Tx, query string) ([]Place, error) {
	rows, err := tx.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Place, err error) {
		return p, row.Scan(&p.ID, &p.Name.UK, &p.Name.EN)
	})
}

// today is the date in Kyiv.
func (s *Store) today() time.Time { return workdays.DateOf(s.now()) }

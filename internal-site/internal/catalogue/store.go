package catalogue

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/pg"
)

// Store keeps the catalogue in PostgreSQL.
type Store struct {
	Cards     *Versions[contract.Card]
	TechCards *Versions[contract.TechCard]
	Forms     *Versions[forms.Sketch]

	pool  *pgxpool.Pool
	now   func() time.Time
	newID func() uuid.UUID
}

// NewStore returns a store over pool.
func NewStore(pool *pgxpool.Pool) *Store { return newStore(pool, time.Now) }

// At returns a copy of the store whose clock is now, for tests.
func (s *Store) At(now func() time.Time) *Store { return newStore(s.pool, now) }

func newStore(pool *pgxpool.Pool, now func() time.Time) *Store {
	newID := func() uuid.UUID { return uuid.Must(uuid.NewV7()) }
	return &Store{
		Cards:     &Versions[contract.Card]{informationCards(), pool, now, newID},
		TechCards: &Versions[contract.TechCard]{technologicalCards(), pool, now, newID},
		Forms:     &Versions[forms.Sketch]{applicationForms(), pool, now, newID},
		pool:      pool, now: now, newID: newID,
	}
}

// listSQL finds services. A word of the search must stand in the name, code, keywords or summary.
const listSQL = `
	select s.id, s.code, s.name, s.name_en, coalesce(c.name, ''), coalesce(c.name_en, ''), coalesce(a.name, ''), coalesce(a.name_en, ''),
	       s.quick, s.published, coalesce(d.shown, ''), coalesce(td.shown, ''), coalesce(fd.shown, ''), coalesce(p.number, 0), s.updated_at, count(*) over ()
	from catalogue.services s
	left join catalogue.categories c on c.id = s.category_id
	left join org.authorities a on a.id = s.authority_id
	left join lateral (select state, case when state = 'draft' and submitted_at is not null then 'submitted' else state end as shown
	                   from catalogue.cards where service_id = s.id and state in ('draft', 'approved')) d on true
	left join lateral (select state, case when state = 'draft' and submitted_at is not null then 'submitted' else state end as shown
	                   from catalogue.tech_cards where service_id = s.id and state in ('draft', 'approved')) td on true
	left join lateral (select state, case when state = 'draft' and submitted_at is not null then 'submitted' else state end as shown
	                   from catalogue.forms where service_id = s.id and state in ('draft', 'approved')) fd on true
	left join lateral (select number from catalogue.cards where service_id = s.id and published
	                   order by effective_from desc, number desc limit 1) p on true
	where not exists (select from unnest(@words::text[]) word
	                  where translate(lower(s.name || ' ' || s.name_en || ' ' || s.code || ' ' || s.keywords || ' ' || s.summary), '''’ʼ` + "`" + `', '')
	                        not like '%' || word || '%')
	  and (@category::uuid is null or s.category_id = @category)
	  and (@authority::uuid is null or s.authority_id = @authority)
	  and (@centre::uuid is null or exists (select from catalogue.service_centres sc where sc.service_id = s.id and sc.centre_id = @centre))
	  and (@quick = '' or s.quick = (@quick = 'yes'))
	  and (@published = '' or s.published = (@published = 'yes'))
	  and case @card when '' then true when 'none' then p.number is null when 'published' then p.number is not null else @card in (d.state, d.shown, td.state, td.shown, fd.state, fd.shown) end
	  and ` + ScopeSQL + `
	order by s.name collate "uk-x-icu", s.id
	limit @size offset @offset`

// List returns one page of the services that the filter asks for, by the Ukrainian alphabet, and how many
// there are.
func (s *Store) List(ctx context.Context, actor access.Actor, f Filter) ([]Row, int, error) {
	action := f.Right
	if action == "" {
		action = View
	}
	args := access.ScopeOf(actor, action).Args(map[string]any{
		"words": pg.LikeWords(f.Q), "category": pg.NullUUID(f.CategoryID), "authority": pg.NullUUID(f.AuthorityID), "centre": pg.NullUUID(f.CentreID),
		"quick": f.Quick, "published": f.Published, "card": f.CardState, "size": f.Size, "offset": (max(f.Page, 1) - 1) * f.Size,
	})
	rows, err := s.pool.Query(ctx, listSQL, pgx.NamedArgs(args))
	if err != nil {
		return nil, 0, pg.Fault("list services", err)
	}
	total := 0
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Row, error) {
		var r Row
		err := row.Scan(&r.ID, &r.Code, &r.Name.UK, &r.Name.EN, &r.Category.UK, &r.Category.EN, &r.Authority.UK, &r.Authority.EN,
			&r.Quick, &r.Published, &r.DraftState, &r.TechState, &r.FormState, &r.CardNumber, &r.UpdatedAt, &total)
		return r, err
	})
	return list, total, pg.Fault("list services", err)
}

// Get returns one service.
func (s *Store) Get(ctx context.Context, id uuid.UUID) (Service, error) {
	return getService(ctx, s.pool, id)
}

func getService(ctx context.Context, db pg.Queryer, id uuid.UUID) (Service, error) {
	var v Service
	err := db.QueryRow(ctx, `
		select s.id, s.code, s.name, s.name_en, s.summary, s.summary_en, s.keywords, s.category_id, s.authority_id, s.applicant_types,
		       s.quick, s.internal_notes, s.source, s.published, s.version, s.updated_at,
		       array(select centre_id from catalogue.service_centres where service_id = s.id),
		       array(select situation_id from catalogue.service_situations where service_id = s.id),
		       coalesce(c.name, ''), coalesce(c.name_en, ''), coalesce(a.name, ''), coalesce(a.name_en, '')
		from catalogue.services s
		left join catalogue.categories c on c.id = s.category_id left join org.authorities a on a.id = s.authority_id
		where s.id = $1`, id).Scan(
		&v.ID, &v.Code, &v.Name.UK, &v.Name.EN, &v.Summary.UK, &v.Summary.EN, &v.Keywords, &v.CategoryID, &v.AuthorityID, &v.ApplicantTypes,
		&v.Quick, &v.InternalNotes, &v.Source, &v.Published, &v.Version, &v.UpdatedAt, &v.Centres, &v.Situations,
		&v.Category.UK, &v.Category.EN, &v.Authority.UK, &v.Authority.EN)
	return v, pg.Fault("get service", err)
}

// Save writes a service's own fields; Version 0 adds a new service, another one must be the latest. Citizens are shown
// only services that have what they promise.
func (s *Store) Save(ctx context.Context, actor access.Actor, v Service) (uuid.UUID, error) {
	if err := v.Check(); err != nil {
		return uuid.Nil, err
	}
	action := "catalogue.service.edit"
	if v.Version == 0 {
		v.ID, action = s.newID(), "catalogue.service.add"
	}
	err := pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		present, err := permitSave(ctx, tx, actor, v)
		if err != nil {
			return err
		}
		if v.promises(present) {
			r, err := s.readiness(ctx, tx, v.ID)
			if err != nil {
				return err
			}
			if err := r.check(v.Quick); err != nil {
				return err
			}
		}
		if err := writeService(ctx, tx, actor, v, s.now()); err != nil {
			return err
		}
		return record(ctx, tx, actor, action, v, "", map[string]any{"code": v.Code, "published": v.Published})
	})
	return v.ID, err
}

// permitSave asks for the right over the service as it is and as it would become, so that nobody gives a
// service away or takes one over, and returns it as it is. Who may add services, but not of that authority, chose the
// wrong one.
func permitSave(ctx context.Context, tx pgx.Tx, actor access.Actor, v Service) (present Service, err error) {
	if v.Version != 0 {
		if present, err = getService(ctx, tx, v.ID); err != nil {
			return present, err
		}
		if err := access.Require(actor, EditService, present.Object()); err != nil {
			return present, err
		}
	}
	if access.Can(actor, EditService, v.Object()) {
		return present, nil
	}
	if !access.MayEver(actor, EditService) {
		return present, access.Require(actor, EditService, v.Object())
	}
	return present, fault.InvalidFields(fault.FieldError{Field: "authority_id", Key: "catalogue.authority_own"})
}

func writeService(ctx context.Context, tx pgx.Tx, actor access.Actor, v Service, now time.Time) error {
	args := []any{
		v.ID, v.Version, v.Code, v.Name.UK, v.Name.EN, v.Summary.UK, v.Summary.EN, v.Keywords, v.CategoryID, v.AuthorityID,
		v.ApplicantTypes, v.Quick, v.InternalNotes, v.Published, actor.UserID, now,
	}
	sql := `update catalogue.services set code = $3, name = $4, name_en = $5, summary = $6, summary_en = $7, keywords = $8,
		category_id = $9, authority_id = $10, applicant_types = $11, quick = $12, internal_notes = $13, published = $14,
		updated_by = $15, updated_at = $16, version = version + 1 where id = $1 and version = $2`
	if v.Version == 0 {
		sql = `insert into catalogue.services (id, version, code, name, name_en, summary, summary_en, keywords, category_id,
			authority_id, applicant_types, quick, internal_notes, published, updated_by, updated_at)
			values ($1, $2 + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`
	}
	tag, err := tx.Exec(ctx, sql, args...)
	switch {
	case pg.Code(err) == pg.CodeUniqueViolation:
		return fault.InvalidFields(fault.FieldError{Field: "code", Key: "catalogue.code_taken"})
	case err != nil:
		return saveFault("save service", err)
	case tag.RowsAffected() == 0:
		return fault.New(fault.Conflict, "")
	}
	return writeLinks(ctx, tx, v)
}

// writeLinks brings centres and life situations to what v says and touches no row that stays.
func writeLinks(ctx context.Context, tx pgx.Tx, v Service) error {
	centres, situations := append([]uuid.UUID{}, v.Centres...), append([]uuid.UUID{}, v.Situations...)
	batch := &pgx.Batch{}
	batch.Queue(`delete from catalogue.service_centres where service_id = $1 and centre_id <> all($2)`, v.ID, centres)
	batch.Queue(`insert into catalogue.service_centres select $1, unnest($2::uuid[]) on conflict do nothing`, v.ID, centres)
	batch.Queue(`delete from catalogue.service_situations where service_id = $1 and situation_id <> all($2)`, v.ID, situations)
	// Whether citizens see one must stay what is written here; whoever changes it meanwhile is waited for.
	batch.Queue(`select from catalogue.life_situations l where l.id = any($2)
		and not exists (select from catalogue.service_situations x where x.service_id = $1 and x.situation_id = l.id) order by l.id for key share`, v.ID, situations)
	batch.Queue(`
		insert into catalogue.service_situations (service_id, situation_id, service_published, situation_published)
		select $1, chosen, coalesce(s.published, true), coalesce(l.published, true)
		from unnest($2::uuid[]) chosen left join catalogue.life_situations l on l.id = chosen left join catalogue.services s on s.id = $1
		on conflict do nothing`, v.ID, situations)
	return saveFault("save links of service", tx.SendBatch(ctx, batch).Close())
}

// references are the constraints behind what a service's form offers to choose from, and the fields.
var references = map[string]string{
	"services_category_id_fkey": "category_id", "services_authority_id_fkey": "authority_id",
	"service_centres_centre_id_fkey": "centres", "service_situations_situation_id_fkey": "situations",
	"service_situations_service_id_fkey": "services",
}

// saveFault is pg.Fault for what was chosen in a form: a record that is gone by now is a problem of its field.
func saveFault(op string, err error) error {
	if field, ok := references[pg.Constraint(err)]; ok && pg.Code(err) == pg.CodeForeignKeyViolation {
		return fault.InvalidFields(fault.FieldError{Field: field, Key: "catalogue.choice_gone"})
	}
	return pg.Fault(op, err)
}

func record(ctx context.Context, tx pgx.Tx, actor access.Actor, action string, v Service, reason string, detail any) error {
	return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
		Action: action, ObjectType: "service", ObjectID: v.ID.String(), AuthorityID: v.AuthorityID, Reason: reason, Detail: detail,
	})
}

// LastChange says who changed the service's own fields last.
func (s *Store) LastChange(ctx context.Context, id uuid.UUID) (audit.Change, error) {
	return audit.LastChange(ctx, s.pool, "service", id.String(), "catalogue.service.")
}

// Categories lists the categories, by position and name.
func (s *Store) Categories(ctx context.Context) ([]Choice, error) {
	return s.choices(ctx, `select id, name, name_en from catalogue.categories order by position, name collate "uk-x-icu"`)
}

// Situations lists the life situations.
func (s *Store) Situations(ctx context.Context) ([]Choice, error) {
	return s.choices(ctx, `select id, name, name_en from catalogue.life_situations order by position, name collate "uk-x-icu"`)
}

// Acts lists the legal acts.
func (s *Store) Acts(ctx context.Context) ([]Choice, error) {
	return s.choices(ctx, `select id, title || case when number = '' then '' else ' № ' || number end,
		case when title_en = '' then '' else title_en || case when number = '' then '' else ' No ' || number end end
		from law.acts order by title collate "uk-x-icu"`)
}

func (s *Store) choices(ctx context.Context, sql string) ([]Choice, error) {
	rows, err := s.pool.Query(ctx, sql)
	if err != nil {
		return nil, pg.Fault("list choices", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Choice, error) {
		var c Choice
		err := row.Scan(&c.ID, &c.Name.UK, &c.Name.EN)
		return c, err
	})
	return list, pg.Fault("list choices", err)
}

// ActDetails returns the acts that a card names.
func (s *Store) ActDetails(ctx context.Context, refs []contract.ActRef) ([]Act, error) {
	ids := make([]uuid.UUID, len(refs))
	for i, r := range refs {
		ids[i] = r.ID
	}
	rows, err := s.pool.Query(ctx, `select id, title, title_en, kind, number, issuer, adopted_on, url from law.acts where id = any($1)`, ids)
	if err != nil {
		return nil, pg.Fault("get acts", err)
	}
	acts, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Act, error) {
		var a Act
		err := row.Scan(&a.ID, &a.Title.UK, &a.Title.EN, &a.Kind, &a.Number, &a.Issuer, &a.AdoptedOn, &a.URL)
		return a, err
	})
	return acts, pg.Fault("get acts", err)
}

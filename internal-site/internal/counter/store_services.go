package counter

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

const (
	frequentDays = 30
	maxOffers    = 12
	maxFrequent  = 6
)

// given holds for the services s that a centre @centre takes applications for on the day @today: published, with an
// authority that decides and a card in force.
const given = `s.published and s.authority_id is not null
	and exists (select from catalogue.service_centres sc where sc.service_id = s.id and sc.centre_id = @centre)
	and exists (select from catalogue.cards ca where ca.service_id = s.id and ca.published and ca.effective_from <= @today)`

// Offers finds services of a centre by code or by words of the name, the exact code first.
func (s *Store) Offers(ctx context.Context, centre uuid.UUID, q string) ([]Offer, error) {
	return s.offers(ctx, `select s.id, s.code, s.name, s.name_en from catalogue.services s where `+given+`
		and not exists (select from unnest(@words::text[]) word
		                where translate(lower(s.code || ' ' || s.name || ' ' || s.name_en || ' ' || s.keywords), '''’ʼ`+"`"+`', '') not like '%' || word || '%')
		order by lower(s.code) <> lower(@q), s.name, s.id limit @limit`,
		pgx.NamedArgs{"centre": centre, "today": workdays.DateOf(s.now()), "words": pg.LikeWords(q), "q": q, "limit": maxOffers})
}

// Frequent lists what visitors of the centre asked for most often lately.
func (s *Store) Frequent(ctx context.Context, centre uuid.UUID) ([]Offer, error) {
	return s.offers(ctx, `select s.id, s.code, s.name, s.name_en
		from (select v.service_id, count(*) as times from counter.visits v
		      where v.centre_id = @centre and v.state <> 'open' and v.ended_at > @since and v.service_id is not null group by 1) v
		join catalogue.services s on s.id = v.service_id
		where `+given+` order by v.times desc, s.name, s.id limit @limit`,
		pgx.NamedArgs{"centre": centre, "today": workdays.DateOf(s.now()), "since": s.now().AddDate(0, 0, -frequentDays), "limit": maxFrequent})
}

func (s *Store) offers(ctx context.Context, sql string, args pgx.NamedArgs) ([]Offer, error) {
	rows, err := s.pool.Query(ctx, sql, args)
	if err != nil {
		return nil, pg.Fault("services of a counter", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (o Offer, err error) {
		err = row.Scan(&o.ID, &o.Code, &o.Name.UK, &o.Name.EN)
		return o, err
	})
	return list, pg.Fault("services of a counter", err)
}

// Service returns a service of the centre with the card in force; NotFound when the centre does not take it now.
func (s *Store) Service(ctx context.Context, centre, id uuid.UUID) (Service, error) {
	return s.service(ctx, s.pool, centre, id)
}

func (s *Store) service(ctx context.Context, db pg.Queryer, centre, id uuid.UUID) (v Service, err error) {
	var card, schema []byte
	var form uuid.NullUUID
	rows, err := db.Query(ctx, `
		select s.id, s.code, s.name, s.name_en, s.applicant_types, card.id, card.content, form.id, form.schema,
			coalesce(jsonb_array_length(tech.stages) > 2 and tech.stages->0->>'authority_id' is null and tech.stages->1->>'authority_id' is null
			         and tech.stages->2->>'authority_id' is not null, false)
		from catalogue.services s
		join lateral (select id, content from catalogue.cards where service_id = s.id and published and effective_from <= @today
		              order by effective_from desc, number desc limit 1) card on true
		left join lateral (select id, schema from catalogue.forms where service_id = s.id and published and effective_from <= @today
		                   order by effective_from desc, number desc limit 1) form on true
		left join lateral (select content->'stages' as stages from catalogue.tech_cards where service_id = s.id and published and effective_from <= @today
		                   order by effective_from desc, number desc limit 1) tech on true
		where s.id = @id and `+given, pgx.NamedArgs{"id": id, "centre": centre, "today": workdays.DateOf(s.now())})
	if err != nil {
		return v, pg.Fault("service of a visit", err)
	}
	v, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (v Service, err error) {
		err = row.Scan(&v.ID, &v.Code, &v.Name.UK, &v.Name.EN, &v.Applicants, &v.CardID, &card, &form, &schema, &v.HandsOver)
		return v, err
	})
	if err != nil {
		return v, pg.Fault("service of a visit", err)
	}
	if err := json.Unmarshal(card, &v.Card); err != nil || !form.Valid {
		return v, pg.Fault("read card", err)
	}
	v.Sheet, err = s.sheets.of(form.UUID, schema)
	return v, pg.Fault("read application form", err)
}

// sheets remembers application forms by their id: a published version does not change.
type sheets struct {
	mu   sync.Mutex
	byID map[uuid.UUID]*Sheet
}

// rememberedSheets is more than a centre works with in a day.
const rememberedSheets = 200

func (r *sheets) of(id uuid.UUID, schema []byte) (*Sheet, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.byID[id]; ok {
		return s, nil
	}
	whole, err := forms.Parse(schema)
	if err != nil {
		return nil, err
	}
	form, err := whole.WithoutFiles()
	if err != nil {
		return nil, err
	}
	if r.byID == nil || len(r.byID) >= rememberedSheets {
		r.byID = map[uuid.UUID]*Sheet{}
	}
	r.byID[id] = &Sheet{ID: id, Form: form}
	return r.byID[id], nil
}

// EarlierAnswers returns the number and the answers of the latest application of a person for a service that the actor may see;
// NotFound when there is none with an application form.
func (s *Store) EarlierAnswers(ctx context.Context, actor access.Actor, p Person, service uuid.UUID) (number string, answers json.RawMessage, err error) {
	condition, value := p.codeSQL()
	if value == "" {
		return "", nil, fault.New(fault.NotFound, "")
	}
	err = s.pool.QueryRow(ctx, `
		select c.number, c.answers from cases.applicants a join cases.cases c on c.applicant_id = a.id
		where `+condition+` and c.service_id = @service and c.form_id is not null and `+cases.ScopeSQL+`
		order by c.registered_at desc, c.id limit 1`,
		pgx.NamedArgs(access.ScopeOf(actor, cases.View).Args(map[string]any{"value": value, "service": service}))).Scan(&number, &answers)
	return number, answers, pg.Fault("earlier answers", err)
}

// chosen is the service of a visit; Invalid when none was chosen, or the centre has ceased to take it.
func (s *Store) chosen(ctx context.Context, db pg.Queryer, v Visit) (Service, error) {
	if v.ServiceID == nil {
		return Service{}, fault.InvalidFields(fault.FieldError{Field: "service", Key: "counter.service_required"})
	}
	found, err := s.service(ctx, db, v.CentreID, *v.ServiceID)
	if fault.Is(err, fault.NotFound) {
		return found, fault.InvalidFields(fault.FieldError{Field: "service", Key: "counter.service_gone"})
	}
	return found, err
}

package catalogue

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// versions is one of the two tables of versions; both work the same way.
type versions struct {
	table  string // part of SQL: only the constants below
	object string // name in the trail
	extra  string // columns that only one of them has
}

var (
	cardVersions = versions{"catalogue.cards", "card", `v.change_note, v.approved_at, coalesce(ap.full_name, ''), coalesce(pu.full_name, '')`}
	techVersions = versions{"catalogue.tech_cards", "tech_card", `'', null::timestamptz, '', ''`}
)

func (t versions) columns() string {
	joins := ` left join access.users cr on cr.id = v.created_by`
	if t == cardVersions {
		joins += ` left join access.users ap on ap.id = v.approved_by left join access.users pu on pu.id = v.published_by`
	}
	return `select v.id, v.service_id, v.number, v.state, v.effective_from, v.created_at, coalesce(cr.full_name, ''), v.published_at, v.version,
		` + t.extra + `, v.content from ` + t.table + ` v` + joins
}

func scanVersion(row pgx.Row, content any) (Meta, error) {
	var m Meta
	var raw []byte
	err := row.Scan(&m.ID, &m.ServiceID, &m.Number, &m.State, &m.EffectiveFrom, &m.CreatedAt, &m.CreatedBy, &m.PublishedAt, &m.Version,
		&m.ChangeNote, &m.ApprovedAt, &m.ApprovedBy, &m.PublishedBy, &raw)
	if err != nil || content == nil {
		return m, err
	}
	return m, json.Unmarshal(raw, content)
}

// list returns the versions of a service, the newest first.
func (t versions) list(ctx context.Context, db pg.Queryer, serviceID uuid.UUID) ([]Meta, error) {
	rows, err := db.Query(ctx, t.columns()+` where v.service_id = $1 order by v.number desc`, serviceID)
	if err != nil {
		return nil, pg.Fault("list versions", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Meta, error) { return scanVersion(row, nil) })
	return list, pg.Fault("list versions", err)
}

func (t versions) get(ctx context.Context, db pg.Queryer, id uuid.UUID, content any) (Meta, error) {
	m, err := scanVersion(db.QueryRow(ctx, t.columns()+` where v.id = $1`, id), content)
	return m, pg.Fault("get version", err)
}

// inForce returns the published version in force on the date.
func (t versions) inForce(ctx context.Context, db pg.Queryer, serviceID uuid.UUID, date time.Time, content any) (Meta, error) {
	m, err := scanVersion(db.QueryRow(ctx, t.columns()+` where v.service_id = $1 and v.published and v.effective_from <= $2
		order by v.effective_from desc, v.number desc limit 1`, serviceID, date), content)
	return m, pg.Fault("version in force", err)
}

// Cards lists the versions of a service's information card, the newest first.
func (s *Store) Cards(ctx context.Context, serviceID uuid.UUID) ([]Meta, error) {
	return cardVersions.list(ctx, s.pool, serviceID)
}

// TechCards lists the versions of a service's technological card, the newest first.
func (s *Store) TechCards(ctx context.Context, serviceID uuid.UUID) ([]Meta, error) {
	return techVersions.list(ctx, s.pool, serviceID)
}

// Card returns one version of an information card.
func (s *Store) Card(ctx context.Context, id uuid.UUID) (c Card, err error) {
	c.Meta, err = cardVersions.get(ctx, s.pool, id, &c.Content)
	return c, err
}

// TechCard returns one version of a technological card.
func (s *Store) TechCard(ctx context.Context, id uuid.UUID) (c TechCard, err error) {
	c.Meta, err = techVersions.get(ctx, s.pool, id, &c.Content)
	return c, err
}

// CardInForce returns the information card that citizens see today; NotFound when there is none.
func (s *Store) CardInForce(ctx context.Context, serviceID uuid.UUID) (c Card, err error) {
	c.Meta, err = cardVersions.inForce(ctx, s.pool, serviceID, workdays.DateOf(s.now()), &c.Content)
	return c, err
}

// TechCardInForce returns the technological card that new cases run on; NotFound when there is none.
func (s *Store) TechCardInForce(ctx context.Context, serviceID uuid.UUID) (c TechCard, err error) {
	c.Meta, err = techVersions.inForce(ctx, s.pool, serviceID, workdays.DateOf(s.now()), &c.Content)
	return c, err
}

// StartCard begins a draft that repeats the newest version, or returns the draft there is.
func (s *Store) StartCard(ctx context.Context, actor access.Actor, serviceID uuid.UUID) (uuid.UUID, error) {
	return s.start(ctx, actor, cardVersions, serviceID, `{}`)
}

// StartTechCard is StartCard for the technological card.
func (s *Store) StartTechCard(ctx context.Context, actor access.Actor, serviceID uuid.UUID) (uuid.UUID, error) {
	return s.start(ctx, actor, techVersions, serviceID, `{"stages": [], "statutory_days": 0}`)
}

func (s *Store) start(ctx context.Context, actor access.Actor, t versions, serviceID uuid.UUID, empty string) (uuid.UUID, error) {
	id := s.newID()
	err := pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
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
		err = tx.QueryRow(ctx, `select id from `+t.table+` where service_id = $1 and state in ('draft', 'approved')`, serviceID).Scan(&id)
		if err == nil {
			return nil
		}
		if !fault.Is(pg.Fault("", err), fault.NotFound) {
			return pg.Fault("find draft", err)
		}
		var number int
		err = tx.QueryRow(ctx, `
			insert into `+t.table+` (id, service_id, number, effective_from, content, created_at, created_by)
			select $1, $2, coalesce(max(number), 0) + 1, $3,
			       coalesce((select content from `+t.table+` where service_id = $2 order by published desc, number desc limit 1), $4::jsonb), $5, $6
			from `+t.table+` where service_id = $2 returning number`,
			id, serviceID, workdays.DateOf(s.now()), empty, s.now(), actor.UserID).Scan(&number)
		if err != nil {
			return pg.Fault("start draft", err)
		}
		return record(ctx, tx, actor, "catalogue."+t.object+".start", service, "", map[string]any{"number": number})
	})
	return id, err
}

// SaveCard writes a draft. Its Version must be the latest: otherwise Conflict, and nothing is written.
func (s *Store) SaveCard(ctx context.Context, actor access.Actor, c Card) error {
	c.Content = Tidy(c.Content, s.newID)
	if err := CheckCard(c.Content, false); err != nil {
		return err
	}
	return s.save(ctx, actor, cardVersions, c.Meta, c.Content)
}

// SaveTechCard is SaveCard for the technological card.
func (s *Store) SaveTechCard(ctx context.Context, actor access.Actor, c TechCard) error {
	c.Content = TidyTech(c.Content)
	if err := CheckTech(c.Content, false); err != nil {
		return err
	}
	return s.save(ctx, actor, techVersions, c.Meta, c.Content)
}

func (s *Store) save(ctx context.Context, actor access.Actor, t versions, m Meta, content any) error {
	if m.EffectiveFrom.Before(workdays.DateOf(s.now())) {
		return fault.InvalidFields(fault.FieldError{Field: "effective_from", Key: "catalogue.effective_past"})
	}
	raw, err := json.Marshal(content)
	if err != nil {
		return pg.Fault("write version", err)
	}
	return s.step(ctx, actor, t, m, StepEdit, func(tx pgx.Tx, _ Service) error {
		sql := `update ` + t.table + ` set content = $3, effective_from = $4, version = version + 1 where id = $1 and version = $2`
		args := []any{m.ID, m.Version, raw, m.EffectiveFrom}
		if t == cardVersions {
			sql = `update catalogue.cards set content = $3, effective_from = $4, change_note = $5, version = version + 1
				where id = $1 and version = $2`
			args = append(args, m.ChangeNote)
		}
		return changeOne(ctx, tx, sql, args...)
	})
}

// step takes one step with a version under its service's lock: rights, state and version are checked first.
func (s *Store) step(ctx context.Context, actor access.Actor, t versions, m Meta, step Step, fn func(tx pgx.Tx, v Service) error) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select from catalogue.services where id = (select service_id from `+t.table+` where id = $1) for update`, m.ID); err != nil {
			return pg.Fault("lock service", err)
		}
		present, err := t.get(ctx, tx, m.ID, nil)
		if err != nil {
			return err
		}
		service, err := getService(ctx, tx, present.ServiceID)
		if err != nil {
			return err
		}
		if err := Permit(actor, step, present.State, service); err != nil {
			return err
		}
		if present.Version != m.Version {
			return fault.New(fault.Conflict, "")
		}
		if err := fn(tx, service); err != nil {
			return err
		}
		return record(ctx, tx, actor, "catalogue."+t.object+"."+string(step), service, m.ChangeNote, map[string]any{"number": present.Number})
	})
}

func changeOne(ctx context.Context, tx pgx.Tx, sql string, args ...any) error {
	tag, err := tx.Exec(ctx, sql, args...)
	if err != nil {
		return pg.Fault("change version", err)
	}
	if tag.RowsAffected() != 1 {
		return fault.New(fault.Conflict, "")
	}
	return nil
}

// DiscardCard removes a draft that nobody approved.
func (s *Store) DiscardCard(ctx context.Context, actor access.Actor, m Meta) error {
	return s.discard(ctx, actor, cardVersions, m)
}

// DiscardTechCard is DiscardCard for the technological card.
func (s *Store) DiscardTechCard(ctx context.Context, actor access.Actor, m Meta) error {
	return s.discard(ctx, actor, techVersions, m)
}

func (s *Store) discard(ctx context.Context, actor access.Actor, t versions, m Meta) error {
	return s.step(ctx, actor, t, m, StepDiscard, func(tx pgx.Tx, _ Service) error {
		return changeOne(ctx, tx, `delete from `+t.table+` where id = $1 and version = $2`, m.ID, m.Version)
	})
}

// ApproveCard makes a complete draft unchangeable.
func (s *Store) ApproveCard(ctx context.Context, actor access.Actor, m Meta) error {
	return s.step(ctx, actor, cardVersions, m, StepApprove, func(tx pgx.Tx, _ Service) error {
		var content contract.Card
		if _, err := cardVersions.get(ctx, tx, m.ID, &content); err != nil {
			return err
		}
		if err := CheckCard(content, true); err != nil {
			return err
		}
		return changeOne(ctx, tx, `update catalogue.cards set state = 'approved', approved_at = $3, approved_by = $4, version = version + 1
			where id = $1 and version = $2`, m.ID, m.Version, s.now(), actor.UserID)
	})
}

// ApproveTechCard is ApproveCard for the technological card.
func (s *Store) ApproveTechCard(ctx context.Context, actor access.Actor, m Meta) error {
	return s.step(ctx, actor, techVersions, m, StepApprove, func(tx pgx.Tx, _ Service) error {
		var content contract.TechCard
		if _, err := techVersions.get(ctx, tx, m.ID, &content); err != nil {
			return err
		}
		if err := CheckTech(content, true); err != nil {
			return err
		}
		return changeOne(ctx, tx, `update catalogue.tech_cards set state = 'approved', version = version + 1
			where id = $1 and version = $2`, m.ID, m.Version)
	})
}

// PublishCard shows an approved version to citizens, with its templates. Earlier versions that it takes the
// place of are withdrawn; one that begins later leaves the present one in force until then.
func (s *Store) PublishCard(ctx context.Context, actor access.Actor, m Meta) error {
	return s.step(ctx, actor, cardVersions, m, StepPublish, func(tx pgx.Tx, v Service) error {
		err := changeOne(ctx, tx, `update catalogue.cards set state = 'published', published = true, published_at = $3, published_by = $4,
			version = version + 1 where id = $1 and version = $2`, m.ID, m.Version, s.now(), actor.UserID)
		if err != nil {
			return err
		}
		if err := s.retire(ctx, tx, cardVersions, v.ID); err != nil {
			return err
		}
		return publishTemplates(ctx, tx, v.ID)
	})
}

// PublishTechCard is PublishCard for the technological card.
func (s *Store) PublishTechCard(ctx context.Context, actor access.Actor, m Meta) error {
	return s.step(ctx, actor, techVersions, m, StepPublish, func(tx pgx.Tx, v Service) error {
		err := changeOne(ctx, tx, `update catalogue.tech_cards set state = 'published', published = true, published_at = $3,
			version = version + 1 where id = $1 and version = $2`, m.ID, m.Version, s.now())
		if err != nil {
			return err
		}
		return s.retire(ctx, tx, techVersions, v.ID)
	})
}

// retire withdraws every published version that began before the one now in force.
func (s *Store) retire(ctx context.Context, tx pgx.Tx, t versions, serviceID uuid.UUID) error {
	_, err := tx.Exec(ctx, `
		update `+t.table+` v set state = 'withdrawn', published = false, version = version + 1
		from (select effective_from, number from `+t.table+` where service_id = $1 and published and effective_from <= $2
		      order by effective_from desc, number desc limit 1) newest
		where v.service_id = $1 and v.published
		  and (v.effective_from, v.number) < (newest.effective_from, newest.number)`, serviceID, workdays.DateOf(s.now()))
	return pg.Fault("retire versions", err)
}

// publishTemplates makes exactly those templates visible outside that published cards of the service name.
func publishTemplates(ctx context.Context, tx pgx.Tx, serviceID uuid.UUID) error {
	rows, err := tx.Query(ctx, `
		select f.id, exists (select from catalogue.cards c,
		                            jsonb_path_query(c.content, '$.templates[*]') t
		                     where c.service_id = $1 and c.published and t ->> 'id' = f.id::text)
		from documents.files f where f.service_id = $1 and f.purpose = 'template'`, serviceID)
	if err != nil {
		return pg.Fault("find templates", err)
	}
	named := map[bool][]uuid.UUID{}
	var id uuid.UUID
	var wanted bool
	if _, err := pgx.ForEachRow(rows, []any{&id, &wanted}, func() error {
		named[wanted] = append(named[wanted], id)
		return nil
	}); err != nil {
		return pg.Fault("find templates", err)
	}
	for _, wanted := range []bool{true, false} {
		if err := documents.Publish(ctx, tx, named[wanted], wanted); err != nil {
			return err
		}
	}
	return nil
}

// WithdrawCard takes a version back from citizens, or ends one that was approved and never published.
func (s *Store) WithdrawCard(ctx context.Context, actor access.Actor, m Meta) error {
	return s.withdraw(ctx, actor, cardVersions, m)
}

// WithdrawTechCard is WithdrawCard for the technological card.
func (s *Store) WithdrawTechCard(ctx context.Context, actor access.Actor, m Meta) error {
	return s.withdraw(ctx, actor, techVersions, m)
}

func (s *Store) withdraw(ctx context.Context, actor access.Actor, t versions, m Meta) error {
	return s.step(ctx, actor, t, m, StepWithdraw, func(tx pgx.Tx, v Service) error {
		err := changeOne(ctx, tx, `update `+t.table+` set state = 'withdrawn', published = false, version = version + 1
			where id = $1 and version = $2`, m.ID, m.Version)
		if err != nil || t != cardVersions {
			return err
		}
		return publishTemplates(ctx, tx, v.ID)
	})
}

// Waiting counts the drafts of both kinds of cards that wait for the actor's approval and the approved versions that wait to be
// published by the actor.
func (s *Store) Waiting(ctx context.Context, actor access.Actor) (approve, publish int, err error) {
	count := func(action access.Action, state CardState) (n int, err error) {
		args := access.ScopeOf(actor, action).Args(map[string]any{"state": state})
		err = s.pool.QueryRow(ctx, `
			select count(*) from (select service_id, state from catalogue.cards union all select service_id, state from catalogue.tech_cards) c
			join catalogue.services s on s.id = c.service_id
			where c.state = @state and `+ScopeSQL, pgx.NamedArgs(args)).Scan(&n)
		return n, pg.Fault("count versions", err)
	}
	if approve, err = count(ApproveCard, Draft); err != nil {
		return 0, 0, err
	}
	publish, err = count(PublishCard, Approved)
	return approve, publish, err
}

// LastCardChange says who changed the information card of the service last.
func (s *Store) LastCardChange(ctx context.Context, serviceID uuid.UUID) (audit.Change, error) {
	return audit.LastChange(ctx, s.pool, "service", serviceID.String(), "catalogue."+cardVersions.object+".")
}

// LastTechCardChange says who changed the technological card of the service last.
func (s *Store) LastTechCardChange(ctx context.Context, serviceID uuid.UUID) (audit.Change, error) {
	return audit.LastChange(ctx, s.pool, "service", serviceID.String(), "catalogue."+techVersions.object+".")
}

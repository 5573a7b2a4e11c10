package law

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// openReviews has the cards that rest on an act looked at, once its edition of day changes what an earlier one said. What comes first, or
// before one that is in force already, changes nothing that a card may still say. What is looked at begins with the edition that was in force before
// this one: another that is put between them later changes nothing in that.
func (s *Store) openReviews(ctx context.Context, tx pgx.Tx, act, edition uuid.UUID, day time.Time) error {
	_, err := tx.Exec(ctx, `
		insert into law.reviews (edition_id, service_id, opened_at, since_id)
		select distinct @edition::uuid, c.service_id, @now::timestamptz, b.id
		from law.acts a join catalogue.cards c on `+citing+`
		cross join lateral (select e.id from law.editions e where e.act_id = a.id and e.withdrawn_at is null and e.in_force_on < @day
		  order by e.in_force_on desc limit 1) b
		where a.id = @act
		  and not exists (select from law.editions e where e.act_id = a.id and e.withdrawn_at is null and e.in_force_on > @day and e.in_force_on <= @today)
		on conflict do nothing`,
		pgx.NamedArgs{"act": act, "edition": edition, "day": day, "now": s.now(), "today": s.Today()})
	return pg.Fault("open reviews", err)
}

// carryReviews has the reviews of an edition go on with the one that takes its place. Open ones stay open. Those that were done are asked again, from the
// replaced edition on; they stay done when the text and its day are the same, or another edition is in force since. same says that the former is so.
func (s *Store) carryReviews(ctx context.Context, tx pgx.Tx, replaced, edition uuid.UUID) (same bool, err error) {
	if err := tx.QueryRow(ctx, `select n.body <> '' and n.body = o.body and n.in_force_on = o.in_force_on from law.editions n, law.editions o where n.id = $1 and o.id = $2`,
		edition, replaced).Scan(&same); err != nil {
		return same, pg.Fault("compare with the edition that is replaced", err)
	}
	_, err = tx.Exec(ctx, `
		insert into law.reviews (edition_id, service_id, opened_at, since_id, done_at, done_by, outcome, note)
		select n.id, r.service_id, case when k.again then @now::timestamptz else r.opened_at end, case when k.again then r.edition_id else r.since_id end,
		  case when not k.again then r.done_at end, case when not k.again then r.done_by end, case when not k.again then r.outcome end, case when k.again then '' else r.note end
		from law.reviews r join law.editions n on n.id = @edition
		cross join lateral (select r.done_at is not null and not @same and not exists (
		  select from law.editions e where e.act_id = n.act_id and e.withdrawn_at is null and e.in_force_on > n.in_force_on and e.in_force_on <= @today) as again) k
		where r.edition_id = @replaced`,
		pgx.NamedArgs{"edition": edition, "replaced": replaced, "same": same, "now": s.now(), "today": s.Today()})
	return same, pg.Fault("carry reviews over", err)
}

// open holds for reviews r of editions e that somebody still has to do.
const open = `r.done_at is null and e.withdrawn_at is null`

const reviewColumns = `s.id, s.name, s.name_en, s.code, e.id, e.in_force_on, e.note, r.opened_at, r.done_at, ` + actColumns + `,
	coalesce(p.note ->> 'uk', ''), coalesce(p.note ->> 'en', ''), coalesce(r.outcome, ''), r.note, coalesce(u.full_name, ''), e.withdrawn_at is not null, b.id`

// reviewTables has beside a review what the newest card of the service that names the act says of the place in it, and the edition b from which on the
// card has to be looked at: not one that was taken back because it was wrong, but one whose place another took.
const reviewTables = `
	from law.reviews r
	join law.editions e on e.id = r.edition_id
	join law.acts a on a.id = e.act_id
	join catalogue.services s on s.id = r.service_id
	left join access.users u on u.id = r.done_by
	left join law.editions b on b.id = r.since_id and b.withdrawn_why = ''
	left join lateral (
	  select ref -> 'note' as note
	  from catalogue.cards c, jsonb_array_elements(case jsonb_typeof(c.content -> 'acts') when 'array' then c.content -> 'acts' else '[]' end) ref
	  where c.service_id = s.id and c.state <> 'withdrawn' and ref ->> 'id' = a.id::text
	  order by c.number desc limit 1) p on true`

func (r *Review) into() []any {
	all := []any{&r.ServiceID, &r.Service.UK, &r.Service.EN, &r.Code, &r.EditionID, &r.InForceOn, &r.Note, &r.OpenedAt, &r.DoneAt}
	return append(append(all, r.Act.into()...), &r.Place.UK, &r.Place.EN, &r.Outcome, &r.Comment, &r.DoneBy, &r.Withdrawn, &r.Since)
}

// Reviews returns one page of the open reviews of cards that the actor may edit, the oldest first, and how many there are.
func (s *Store) Reviews(ctx context.Context, actor access.Actor, page, size int) ([]Review, int, error) {
	if err := access.RequireEver(actor, catalogue.EditCard); err != nil {
		return nil, 0, err
	}
	args := access.ScopeOf(actor, catalogue.EditCard).Args(map[string]any{"size": size, "offset": (max(page, 1) - 1) * size})
	rows, err := s.pool.Query(ctx, `select `+reviewColumns+`, count(*) over () `+reviewTables+`
		where `+open+` and `+catalogue.ScopeSQL+`
		order by r.opened_at, e.id, s.name collate "uk-x-icu", s.id limit @size offset @offset`, pgx.NamedArgs(args))
	if err != nil {
		return nil, 0, pg.Fault("list reviews", err)
	}
	total := 0
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Review, err error) {
		return r, row.Scan(append(r.into(), &total)...)
	})
	return list, total, pg.Fault("list reviews", err)
}

// Waiting counts the open reviews of cards that the actor may edit.
func (s *Store) Waiting(ctx context.Context, actor access.Actor) (n int, err error) {
	if !access.MayEver(actor, catalogue.EditCard) {
		return 0, nil
	}
	err = s.pool.QueryRow(ctx, `
		select count(*) from law.reviews r join law.editions e on e.id = r.edition_id join catalogue.services s on s.id = r.service_id
		where `+open+` and `+catalogue.ScopeSQL, pgx.NamedArgs(access.ScopeOf(actor, catalogue.EditCard).Args(nil))).Scan(&n)
	return n, pg.Fault("count reviews", err)
}

// mostReviews is how many open reviews the page of a service shows.
const mostReviews = 50

// ReviewsOf returns the open reviews of the card of a service, the oldest first; none for whoever may not see the library.
func (s *Store) ReviewsOf(ctx context.Context, actor access.Actor, service uuid.UUID) ([]Review, error) {
	if !access.MayEver(actor, View) {
		return nil, nil
	}
	rows, err := s.pool.Query(ctx, `select `+reviewColumns+reviewTables+`
		where `+open+` and r.service_id = $1 order by r.opened_at, e.id limit $2`, service, mostReviews)
	if err != nil {
		return nil, pg.Fault("list reviews of a service", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Review, err error) { return r, row.Scan(r.into()...) })
	return list, pg.Fault("list reviews of a service", err)
}

// Review returns the review of the card of a service for an edition, done or not, to whoever may edit the card; NotFound when there is none.
func (s *Store) Review(ctx context.Context, actor access.Actor, service, edition uuid.UUID) (r Review, err error) {
	if err := s.mayReview(ctx, actor, service); err != nil {
		return r, err
	}
	return r, pg.Fault("get review", s.pool.QueryRow(ctx, `select `+reviewColumns+reviewTables+` where r.service_id = $1 and r.edition_id = $2`,
		service, edition).Scan(r.into()...))
}

func (s *Store) mayReview(ctx context.Context, actor access.Actor, service uuid.UUID) error {
	object, err := s.Service(ctx, service)
	if err != nil {
		return err
	}
	return access.Require(actor, catalogue.EditCard, object)
}

// Service says where a service belongs, for access.Can.
func (s *Store) Service(ctx context.Context, id uuid.UUID) (access.Object, error) {
	return catalogue.NewStore(s.pool).Object(ctx, id)
}

// Reviewed writes that somebody has looked at the card. A review that is done already, or whose edition was taken back, is a Conflict.
func (s *Store) Reviewed(ctx context.Context, actor access.Actor, service, edition uuid.UUID, outcome Outcome, note string) error {
	if err := s.mayReview(ctx, actor, service); err != nil {
		return err
	}
	p := &problems{}
	p.check(slices.Contains(Outcomes, outcome), "outcome", "law.outcome_required")
	p.length(note, "note", maxNote)
	if err := fault.InvalidFields(p.list...); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		var withdrawn bool // with the row held, so that nobody takes it back meanwhile
		if err := tx.QueryRow(ctx, `select withdrawn_at is not null from law.editions where id = $1 for share`, edition).Scan(&withdrawn); err != nil {
			return pg.Fault("hold the edition of a review", err)
		}
		if withdrawn {
			return fault.New(fault.Conflict, "law.edition_withdrawn")
		}
		tag, err := tx.Exec(ctx, `update law.reviews set done_at = $3, outcome = $4, note = $5, done_by = $6
			where service_id = $1 and edition_id = $2 and done_at is null`, service, edition, s.now(), outcome, note, actor.UserID)
		if err != nil {
			return pg.Fault("close review", err)
		}
		if tag.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "law.reviewed")
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "law.review.done", ObjectType: "service", ObjectID: service.String(), Reason: note,
			Detail: map[string]string{"edition": edition.String(), "outcome": string(outcome)},
		})
	})
}

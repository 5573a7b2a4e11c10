package notices

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/pg"
)

// ofPlace joins the alarms that hold for the place of a turn: its own, or those of the region while it has none.
const ofPlace = `join notices.alarms a on a.days = r.days
	and a.place is not distinct from (select x.place from notices.alarms x where x.place = t.place limit 1)`

// calledFor holds for a turn t when the alarm of r is that of its place, and unseenAlarm when the person has not seen that line.
const (
	calledFor   = `r.place is not distinct from (select x.place from notices.alarms x where x.place = t.place limit 1)`
	unseenAlarm = `not exists (select from notices.seen s where s.user_id = @me and s.subject = 'head:' || t.case_id and s.at >= r.at)`
)

// ofAsked and ofAsker join those that hold for the two places of a request.
const (
	ofAsked = `join notices.alarms a on a.days = r.days
	and a.place is not distinct from (select x.place from notices.alarms x where x.place = q.authority_id limit 1)`
	ofAsker = `join notices.alarms a on a.days = r.days
	and a.place is not distinct from (select x.place from notices.alarms x where x.place = q.asker limit 1)`
)

// news are the lines under the bell of @me: kind, case or request, since when, and until when. A case that came to the person by
// a colleague's act is news, one that they took themselves is not. Of a term that ends they hear when an alarm of the party
// rings: of their own cases, of those of the places that they head, or as managers of the region.
//
// It stands on every page, so each part reads one index from its newest end, and no more of it than the bell shows; what was seen is
// left out there already. It is planned once for everybody: planning it took as long as asking.
const news = `
	with mine as materialized (select coalesce((select at from notices.seen where user_id = @me and subject = ''), '-infinity') as seen),
	silent as materialized (select c.id, c.tacit_at from cases.cases c
		where c.tacit_at is not null and c.tacit_at > greatest(@oldest::timestamptz, (select seen from mine)) and c.state in ('registered', 'in_progress')
		and not exists (select from cases.events e where e.case_id = c.id and e.kind = 'silence_recorded')),
	stored as materialized (select c.id, c.uncollected_at from cases.cases c
		where c.uncollected_at is not null and c.uncollected_at > greatest(@oldest, (select seen from mine)) and c.state = 'decided'),
	rings as (select * from unnest(@ring_due::date[], @ring_days::integer[], @ring_at::timestamptz[]) r (due_on, days, at) where at > (select seen from mine)),
	calls as materialized (select r.*, a.place, a.whom from rings r join notices.alarms a on a.days = r.days where a.whom in ('head', 'manager')),
	alarms as (
		select 'due' as kind, t.case_id, r.at, t.due_on from cases.turns t join rings r on r.due_on = t.due_on ` + ofPlace + `
		where t.person = @me and t.standing in ('turn', 'issue') and a.whom = 'executor'
		union all
		select 'head', t.case_id, t.at, t.due_on from unnest(@headed::uuid[]) h (place) cross join lateral (
			select t.case_id, r.at, t.due_on from calls r join cases.turns t on t.place = h.place and t.standing in ('turn', 'issue') and t.due_on = r.due_on
			where r.whom = 'head' and ` + calledFor + ` and ` + unseenAlarm + ` order by r.at desc, t.case_id limit @most) t
		union all
		select 'head', t.case_id, r.at, t.due_on from calls r cross join lateral (
			select t.case_id, t.due_on from cases.turns t
			where t.due_on = r.due_on and t.standing in ('turn', 'issue') and ` + calledFor + ` and ` + unseenAlarm + ` order by t.case_id limit @most) t
		where r.whom = 'manager' and @manager::boolean
		union all
		select 'case', t.case_id, r.at, t.case_due from rings r join cases.turns t on t.case_due = r.due_on ` + ofPlace + `
		where t.person = @me and t.standing = 'others' and t.kind = 'centre' and t.state in ('registered', 'in_progress') and a.whom = 'executor'
		union all
		select 'answer', q.id, r.at, q.due_on from requests.requests q join rings r on r.due_on = q.due_on ` + ofAsked + `
		where q.state = 'asked' and case a.whom
			when 'executor' then q.person = @me or q.person is null and q.authority_id = any(@places)
			when 'head' then q.authority_id = any(@headed) when 'manager' then @manager::boolean end
		union all
		select 'waits', q.id, r.at, q.due_on from requests.requests q join rings r on r.due_on = q.due_on ` + ofAsker + `
		where q.state = 'asked' and q.asked_by = @me and a.whom = 'executor'
	),
	signing as materialized (
		select t.case_id from unnest(@office_places::uuid[], @office_keys::text[]) o (place, key)
		join cases.turns t on t.place = o.place and t.office = o.key where t.standing = 'turn' and t.office <> '' and t.place = any(@places)
		union
		select t.case_id from cases.turns t
		where t.place = any(@office_headed) and t.place = any(@places) and t.standing = 'turn' and t.office <> '' and not ` + offices.HeldSQL + `
	),
	lines as (
		select 'body' as kind, t.case_id as id, t.since, t.due_on from (select distinct unnest(@places::uuid[]) as place) p cross join lateral (
			select t.case_id, t.since, t.due_on from cases.turns t
			where t.place = p.place and t.standing in ('turn', 'issue') and t.person is null and t.since > greatest(@oldest, (select seen from mine))
			  and not exists (select from notices.seen s where s.user_id = @me and s.subject = 'body:' || t.case_id and s.at >= t.since)
			order by t.since desc limit @most) t
		union all
		(select 'me', t.case_id, t.since, t.due_on from cases.turns t
		where t.person = @me and t.standing in ('turn', 'issue') and t.since > greatest(@oldest, (select seen from mine))
		  and t.since > (select a.since from cases.assignments a where a.case_id = t.case_id and a.place = t.place) and not exists (select from notices.seen s where s.user_id = @me and s.subject = 'me:' || t.case_id and s.at >= t.since)
		order by t.since desc limit @most)
		union all
		(select case when t.present then 'me' else 'given' end, a.case_id, a.since, case when t.present then t.due_on end
		from cases.assignments a cross join lateral (
			select t.*, t.standing in ('turn', 'issue') as present from cases.turns t where t.case_id = a.case_id and t.place = a.place offset 0) t
		where a.person = @me and a.since > greatest(@oldest, (select seen from mine)) and a.assigned_by is distinct from @me
		  and t.person = @me and (t.present and t.since <= a.since or t.standing in ('others', 'applicant', 'ahead'))
		  and not exists (select from notices.seen s where s.user_id = @me and s.subject = case when t.present then 'me:' else 'given:' end || a.case_id and s.at >= a.since)
		order by a.since desc limit @most)
		union all
		select kind, case_id, max(at), max(due_on) from alarms group by kind, case_id
		union all
		select 'replied', r.case_id, max(r.taken_at), null from cases.replies r join cases.turns t on t.case_id = r.case_id
		where r.entered_by is null and t.since < r.taken_at and r.taken_at > greatest(@oldest, (select seen from mine))
		  and (t.person = @me or t.person is null and t.place = any(@places) and t.standing in ('turn', 'issue')) group by r.case_id
		union all
		select 'taken', k.case_id, k.at, null from notices.taken k
		where k.user_id = @me and k.at > greatest(@oldest, (select seen from mine)) and exists (select from cases.turns t
		  where t.case_id = k.case_id and t.place = any(@places) and t.person is distinct from @me and t.standing <> 'over')
		union all
		select 'tacit', c.id, max(c.tacit_at), null from silent c join cases.turns t on t.case_id = c.id and t.standing = 'turn'
		where t.person = @me or t.place = any(@headed) or @manager::boolean or t.person is null and t.place = any(@places) group by c.id
		union all
		select 'uncollected', c.id, max(c.uncollected_at), null from stored c join cases.turns t on t.case_id = c.id and t.standing = 'issue'
		where t.person = @me or t.place = any(@headed) or t.person is null and t.place = any(@places) group by c.id
		union all
		select 'sign', c.id, (c.proposal->>'at')::timestamptz, null from signing t join cases.cases c on c.id = t.case_id
		where c.state = 'in_progress' and c.proposal->>'by' <> @me::text and c.proposal->>'returned_at' is null
		  and (c.proposal->>'at')::timestamptz > greatest(@oldest, (select seen from mine))
		union all
		select 'sent_back', c.id, (c.proposal->>'returned_at')::timestamptz, null from cases.cases c
		where c.proposal ? 'returned_at' and c.proposal->>'by' = @me::text and c.state in ('in_progress', 'suspended')
		  and (c.proposal->>'returned_at')::timestamptz > greatest(@oldest, (select seen from mine))
		union all
		select 'asked', r.id, greatest(r.asked_at, r.reminded_at), r.due_on from requests.requests r
		where r.state = 'asked' and r.authority_id = any(@places) and (r.person is null or r.person = @me and r.reminded_at is not null)
		  and greatest(r.asked_at, r.reminded_at) > greatest(@oldest, (select seen from mine))
		union all
		select 'opinion', o.case_id, max(o.asked_at), max(o.due_on) from cases.opinions_asked o join cases.turns t on ` + cases.OpinionAwaitedSQL + `
		where (o.person = @me or o.person is null and o.place = any(@places) and o.asked_by <> @me)
		  and o.asked_at > greatest(@oldest, (select seen from mine)) group by o.case_id
		union all
		select 'opinion_given', o.case_id, max(e.at), null from cases.opinions_asked o join cases.events e on ` + cases.OpinionGivenSQL + `
		where o.asked_by = @me and o.asked_at > @oldest::timestamptz - interval '60 days' and e.at > greatest(@oldest, (select seen from mine)) group by o.case_id
		union all
		select 'opinion_recalled', o.case_id, max(o.recalled_at), null from cases.opinions_asked o
		where (o.person = @me or o.person is null and o.place = any(@places) and o.asked_by <> @me)
		  and o.asked_at > @oldest::timestamptz - interval '60 days' and o.recalled_at > greatest(@oldest, (select seen from mine)) group by o.case_id
		union all
		select 'answered', r.id, r.ended_at, null from requests.requests r
		where r.state in ('answered', 'refused') and r.asker = any(@places) and r.ended_at > greatest(@oldest, (select seen from mine))
		  and (r.asked_by = @me or exists (select from cases.assignments a where a.case_id = r.case_id and a.place = r.asker and a.person = @me))
	),
	unseen as (
		select l.* from (select kind, id, max(since) as since, max(due_on) as due_on from lines group by kind, id) l where not exists (select from notices.seen s
			where s.user_id = @me and s.subject = l.kind || ':' || l.id and s.at >= l.since)
		order by l.since desc, l.id limit @most
	)`

// args of that query. The places are those in which the actor works on cases.
func (d *Desk) newsArgs(ctx context.Context, actor access.Actor, most int) (pgx.NamedArgs, error) {
	scope := access.ScopeOf(actor, cases.WorkOn)
	places := []any{}
	for _, p := range append(append([]access.Place{}, scope.Own...), scope.Part...) {
		places = append(places, p.ID)
	}
	r, desk, err := d.rings(ctx, actor)
	held := desk.Args()
	heads, manager := headed(actor)
	return pgx.NamedArgs{
		"office_places": held["office_places"], "office_keys": held["office_keys"], "office_headed": held["headed"],
		"me": actor.UserID, "places": places, "oldest": d.now().Add(-NewsKept), "most": most, "headed": heads, "manager": manager,
		"ring_due": r.due, "ring_days": r.days, "ring_at": r.at,
	}, err
}

// CountNews is how many lines the actor's bell has.
func (d *Desk) CountNews(ctx context.Context, actor access.Actor) (n int, err error) {
	args, err := d.newsArgs(ctx, actor, MostNews)
	if err != nil {
		return 0, err
	}
	batch := plannedOnce()
	batch.Queue(news+` select count(*) from unseen`, args).QueryRow(func(row pgx.Row) error { return row.Scan(&n) })
	batch.Queue(`commit`)
	return n, pg.Fault("count news", d.pool.SendBatch(ctx, batch).Close())
}

// plannedOnce begins a transaction whose statements are planned once for all values, in one round trip with them.
func plannedOnce() *pgx.Batch {
	batch := &pgx.Batch{}
	batch.Queue(`begin read only`)
	batch.Queue(`set local plan_cache_mode = force_generic_plan`)
	return batch
}

// News lists the lines under the actor's bell, the newest first.
func (d *Desk) News(ctx context.Context, actor access.Actor) ([]News, error) {
	args, err := d.newsArgs(ctx, actor, MostNews)
	if err != nil {
		return nil, err
	}
	rows, _ := d.pool.Query(ctx, news+` select u.kind, case when r.id is null then c.id end, r.id, c.number || coalesce('/' || r.position, ''),
		       case when r.id is null then s.name else '' end, case when r.id is null then s.name_en else '' end, u.since, u.due_on
		from unseen u left join requests.requests r on r.id = u.id join cases.cases c on c.id = coalesce(r.case_id, u.id) join catalogue.services s on s.id = c.service_id
		order by u.since desc, u.id`, args)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (n News, err error) {
		var ofCase, ofRequest *uuid.UUID
		err = row.Scan(&n.Kind, &ofCase, &ofRequest, &n.Number, &n.Service.UK, &n.Service.EN, &n.Since, &n.DueOn)
		if ofCase != nil {
			n.CaseID = *ofCase
		}
		if ofRequest != nil {
			n.RequestID = *ofRequest
		}
		return n, err
	})
	return list, pg.Fault("list news", err)
}

// MarkSeen takes a line off the actor's bell until something new happens to its case, or everything when subject is empty.
func (d *Desk) MarkSeen(ctx context.Context, actor access.Actor, subject string) error {
	return pg.InTx(ctx, d.pool, func(tx pgx.Tx) error {
		if subject == "" { // what was marked one by one before is covered
			if _, err := tx.Exec(ctx, `delete from notices.seen where user_id = $1`, actor.UserID); err != nil {
				return pg.Fault("mark news", err)
			}
		}
		_, err := tx.Exec(ctx, `insert into notices.seen (user_id, subject, at) values ($1, left($2, 60), $3)
			on conflict (user_id, subject) do update set at = excluded.at`, actor.UserID, subject, d.now())
		return pg.Fault("mark news", err)
	})
}

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

// calledFor holds for a turn t, or whatever has a place, when the alarm r is that of the place: its own, or the region's while it has none.
func calledFor(place string) string {
	return `r.place is not distinct from case when ` + place + ` = any((select own from mine)::uuid[]) then ` + place + ` end`
}

// unseen holds when the person has not looked at a line, by its subject, since the moment of what it says.
func unseen(subject, at string) string {
	return `coalesce(((select looked from mine) ->> (` + subject + `))::timestamptz < ` + at + `, true)`
}

// news are the lines under the bell of @me: kind, case or request, since when, and until when. A case that came to the person by
// a colleague's act is news, one that they took themselves is not. Of a term that ends they hear when an alarm of the party
// rings: of their own cases, of those of the places that they head, or as managers of the region.
//
// It stands on every page, so each part reads one index that has all it shows, from its newest end, and no more of it than the bell shows.
// What the person has looked at and which places have alarms of their own are read once for all lines (decision 0063), and what was seen is
// left out before the lines are limited. Of several alarms of one term the last counts, so that each case is in a part once, before it is
// limited too. It is planned once for everybody: planning it took as long as asking.
var news = `
	with mine as materialized (
		select greatest(@oldest::timestamptz, (looked->>'')::timestamptz) as since, looked, (select array_agg(distinct a.place) from notices.alarms a where a.place is not null) as own
		from (select coalesce(jsonb_object_agg(s.subject, s.at), '{}') as looked from notices.seen s where s.user_id = @me and s.at > @oldest) l),
	silent as materialized (select c.id, c.tacit_at from cases.cases c
		where c.tacit_at is not null and c.tacit_at > (select since from mine) and c.state in ('registered', 'in_progress')
		and not exists (select from cases.events e where e.case_id = c.id and e.kind = 'silence_recorded')),
	stored as materialized (select c.id, c.uncollected_at from cases.cases c
		where c.uncollected_at is not null and c.uncollected_at > (select since from mine) and c.state = 'decided'),
	calls as materialized (select r.due_on, max(r.at) as at, a.place, a.whom from unnest(@ring_due::date[], @ring_days::integer[], @ring_at::timestamptz[]) r (due_on, days, at)
		join notices.alarms a on a.days = r.days where r.at > (select since from mine) group by r.due_on, a.place, a.whom),
	days as materialized (select min(due_on) as first, max(due_on) as last from calls where whom = 'executor'),
	hands as materialized (select t.case_id, t.place, t.due_on from cases.turns t
		where t.person = @me and t.standing in ('turn', 'issue') and t.due_on between (select first from days) and (select last from days)),
	whole as materialized (select t.case_id, t.place, t.case_due from cases.turns t
		where t.person = @me and t.standing = 'others' and t.kind = 'centre' and t.state in ('registered', 'in_progress')
		  and t.case_due between (select first from days) and (select last from days)),
	alarms as (
		select 'due' as kind, t.case_id, r.at, t.due_on from hands t join calls r on r.due_on = t.due_on where r.whom = 'executor' and ` + calledFor(`t.place`) + `
		union all
		select 'head', t.case_id, t.at, t.due_on from unnest(@headed::uuid[]) h (place) cross join lateral (
			select t.case_id, r.at, t.due_on from (select * from calls where whom = 'head' order by at desc) r cross join lateral (
				select t.case_id, t.due_on from cases.turns t where t.place = h.place and t.standing <> 'over' and t.standing in ('turn', 'issue') and t.due_on = r.due_on
				  and ` + unseen(`'head:' || t.case_id`, `r.at`) + ` order by t.case_id limit @most) t
			where ` + calledFor(`h.place`) + ` order by r.at desc limit @most) t
		union all
		(select 'head', t.case_id, r.at, t.due_on from (select * from calls where whom = 'manager' order by at desc) r cross join lateral (
			select t.case_id, t.due_on from cases.turns t
			where t.due_on = r.due_on and t.standing in ('turn', 'issue') and ` + calledFor(`t.place`) + `
			  and ` + unseen(`'head:' || t.case_id`, `r.at`) + ` order by t.case_id limit @most) t
		where @manager::boolean order by r.at desc limit @most)
		union all
		select 'case', t.case_id, r.at, t.case_due from whole t join calls r on r.due_on = t.case_due where r.whom = 'executor' and ` + calledFor(`t.place`) + `
		union all
		select 'answer', q.id, r.at, q.due_on from requests.requests q join calls r on r.due_on = q.due_on and ` + calledFor(`q.authority_id`) + `
		where q.state = 'asked' and case r.whom
			when 'executor' then q.person = @me or q.person is null and q.authority_id = any(@places)
			when 'head' then q.authority_id = any(@headed) when 'manager' then @manager::boolean end
		union all
		select 'waits', q.id, r.at, q.due_on from requests.requests q join calls r on r.due_on = q.due_on and ` + calledFor(`q.asker`) + `
		where q.state = 'asked' and q.asked_by = @me and r.whom = 'executor'
	),
	lines as (
		select 'body' as kind, t.case_id as id, t.since, t.due_on from (select distinct unnest(@places::uuid[]) as place) p cross join lateral (
			select t.case_id, t.since, t.due_on from cases.turns t
			where t.place = p.place and t.standing in ('turn', 'issue') and t.person is null and t.since > (select since from mine)
			  and ` + unseen(`'body:' || t.case_id`, `t.since`) + ` order by t.since desc limit @most) t
		union all
		(select 'me', t.case_id, t.since, t.due_on from cases.turns t
		where t.person = @me and t.standing in ('turn', 'issue') and t.since > t.held_since and t.since > (select since from mine)
		  and ` + unseen(`'me:' || t.case_id`, `t.since`) + ` order by t.since desc limit @most)
		union all
		(select case when t.present then 'me' else 'given' end, t.case_id, t.held_since, case when t.present then t.due_on end
		from (select t.*, t.standing in ('turn', 'issue') as present from cases.turns t) t
		where t.person = @me and t.standing in ('turn', 'issue', 'others', 'applicant', 'ahead') and t.held_by is distinct from t.person
		  and t.held_since > (select since from mine) and (not t.present or t.since <= t.held_since)
		  and ` + unseen(`case when t.present then 'me:' else 'given:' end || t.case_id`, `t.held_since`) + ` order by t.held_since desc limit @most)
		union all
		select kind, case_id, max(at), max(due_on) from alarms group by kind, case_id
		union all
		select 'replied', r.case_id, max(r.taken_at), null from cases.replies r join cases.turns t on t.case_id = r.case_id
		where r.entered_by is null and t.since < r.taken_at and r.taken_at > (select since from mine)
		  and (t.person = @me or t.person is null and t.place = any(@places) and t.standing in ('turn', 'issue')) group by r.case_id
		union all
		select 'taken', k.case_id, k.at, null from notices.taken k
		where k.user_id = @me and k.at > (select since from mine) and exists (select from cases.turns t
		  where t.case_id = k.case_id and t.place = any(@places) and t.person is distinct from @me and t.standing <> 'over')
		union all
		select 'tacit', c.id, max(c.tacit_at), null from silent c join cases.turns t on t.case_id = c.id and t.standing = 'turn'
		where t.person = @me or t.place = any(@headed) or @manager::boolean or t.person is null and t.place = any(@places) group by c.id
		union all
		select 'uncollected', c.id, max(c.uncollected_at), null from stored c join cases.turns t on t.case_id = c.id and t.standing = 'issue'
		where t.person = @me or t.place = any(@headed) or t.person is null and t.place = any(@places) group by c.id
		union all
		select 'sign', c.id, (c.proposal->>'at')::timestamptz, null from cases.cases c join cases.turns t on t.case_id = c.id and t.place = c.authority_id
		where c.authority_id = any(@places) and c.state = 'in_progress' and c.proposal is not null and c.proposal->>'returned_at' is null and c.proposal->>'by' <> @me::text
		  and (c.proposal->>'at')::timestamptz > (select since from mine) and t.standing = 'turn' and t.office <> ''
		  and ((t.place, t.office) in (select * from unnest(@office_places::uuid[], @office_keys::text[])) or t.place = any(@office_headed) and ` + offices.VacantSQL(`@office_headed`) + `)
		union all
		select 'sent_back', c.id, (c.proposal->>'returned_at')::timestamptz, null from cases.cases c
		where c.proposal ? 'returned_at' and c.proposal->>'by' = @me::text and c.state in ('in_progress', 'suspended')
		  and (c.proposal->>'returned_at')::timestamptz > (select since from mine)
		union all
		select 'asked', r.id, greatest(r.asked_at, r.reminded_at), r.due_on from requests.requests r
		where r.state = 'asked' and r.authority_id = any(@places) and (r.person is null or r.person = @me and r.reminded_at is not null)
		  and greatest(r.asked_at, r.reminded_at) > (select since from mine)
		union all
		select 'opinion', o.case_id, max(o.asked_at), max(o.due_on) from cases.opinions_asked o join cases.turns t on ` + cases.OpinionAwaitedSQL + `
		where (o.person = @me or o.person is null and o.place = any(@places) and o.asked_by <> @me)
		  and o.asked_at > (select since from mine) group by o.case_id
		union all
		select 'opinion_given', o.case_id, max(e.at), null from cases.opinions_asked o join cases.events e on ` + cases.OpinionGivenSQL + `
		where o.asked_by = @me and o.asked_at > @oldest::timestamptz - interval '60 days' and e.at > (select since from mine) group by o.case_id
		union all
		select 'opinion_recalled', o.case_id, max(o.recalled_at), null from cases.opinions_asked o
		where (o.person = @me or o.person is null and o.place = any(@places) and o.asked_by <> @me)
		  and o.asked_at > @oldest::timestamptz - interval '60 days' and o.recalled_at > (select since from mine) group by o.case_id
		union all
		select 'answered', r.id, r.ended_at, null from requests.requests r
		where r.state in ('answered', 'refused') and r.asker = any(@places) and r.ended_at > (select since from mine)
		  and (r.asked_by = @me or exists (select from cases.assignments a where a.case_id = r.case_id and a.place = r.asker and a.person = @me))
	),
	unseen as (
		select l.* from (select kind, id, max(since) as since, max(due_on) as due_on from lines group by kind, id) l
		where ` + unseen(`l.kind || ':' || l.id`, `l.since`) + ` order by l.since desc, l.id limit @most
	)`

// args of that query. The places are those in which the actor works on cases.
func (d *Desk) newsArgs(ctx context.Context, actor access.Actor, most int) (pgx.NamedArgs, error) {
	scope := access.ScopeOf(actor, cases.WorkOn)
	places := []uuid.UUID{}
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

// counted is how many lines there are.
const counted = ` select count(*) from unseen`

// CountNews is how many lines the actor's bell has.
func (d *Desk) CountNews(ctx context.Context, actor access.Actor) (n int, err error) {
	args, err := d.newsArgs(ctx, actor, MostNews)
	if err != nil {
		return 0, err
	}
	batch := plannedOnce()
	batch.Queue(news+counted, args).QueryRow(func(row pgx.Row) error { return row.Scan(&n) })
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
		// What was marked one by one before is covered when everything is, and what is older than news hides nothing any more.
		if _, err := tx.Exec(ctx, `delete from notices.seen where user_id = $1 and ($2 = '' or at <= $3)`, actor.UserID, subject, d.now().Add(-NewsKept)); err != nil {
			return pg.Fault("mark news", err)
		}
		_, err := tx.Exec(ctx, `insert into notices.seen (user_id, subject, at) values ($1, left($2, 60), $3)
			on conflict (user_id, subject) do update set at = excluded.at`, actor.UserID, subject, d.now())
		return pg.Fault("mark news", err)
	})
}

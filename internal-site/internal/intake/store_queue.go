package intake

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/plain"
)

// Queue is what staff see of submissions that could not be taken by themselves. It runs in the site, without any key.
type Queue struct{ pool *pgxpool.Pool }

// NewQueue makes a queue over pool, with the role internal_site.
func NewQueue(pool *pgxpool.Pool) *Queue { return &Queue{pool: pool} }

const selectEntry = `
	select r.id, r.source, r.message_id, r.receipt_number, r.kind, r.reason, r.detail, r.service_id,
	       coalesce(s.name, ''), coalesce(s.name_en, ''), coalesce(c.name, a.name, ''), coalesce(c.name_en, a.name_en, ''),
	       r.applicant, r.phone, r.email, r.recipient, r.typed, r.typed_en,
	       r.submitted_at, r.created_at, r.state, r.decided_at, coalesce(u.full_name, ''), r.note,
	       case when r.state <> 'open' and r.source <> 'conflict' then coalesce(an.reason, '') else '' end,
	       case when r.state <> 'open' and r.source <> 'conflict' then coalesce(an.reason_en, '') else '' end, r.version
	from intake.refusals r
	left join catalogue.services s on s.id = r.service_id
	left join org.centres c on c.id = r.centre_id
	left join org.authorities a on a.id = r.authority_id
	left join access.users u on u.id = r.decided_by
	left join submission.answers an on an.message_id = r.message_id`

func scanEntry(row pgx.CollectableRow) (e Entry, err error) {
	err = row.Scan(&e.ID, &e.Source, &e.MessageID, &e.ReceiptNumber, &e.Kind, &e.Reason, &e.Detail, &e.ServiceID,
		&e.Service.UK, &e.Service.EN, &e.Place.UK, &e.Place.EN, &e.Applicant, &e.Phone, &e.Email, &e.Recipient, &e.Typed.UK, &e.Typed.EN,
		&e.SubmittedAt, &e.CreatedAt, &e.State, &e.DecidedAt, &e.DecidedBy, &e.Note, &e.Told.UK, &e.Told.EN, &e.Version)
	e.ReceiptNumber, e.Detail = plain.Line(e.ReceiptNumber), plain.Line(e.Detail) // of what could not be opened, as a stranger wrote them
	e.Applicant, e.Phone, e.Email = plain.Line(e.Applicant), plain.Line(e.Phone), plain.Line(e.Email)
	return e, err
}

// where is the condition of a filter over the entries r within the actor's rights; its arguments come from filterArgs.
const where = ScopeSQL + `
	and (r.state = 'open') <> @decided
	and r.reason <> all(@hidden::text[])
	and (@q = '' or r.receipt_number like '%' || @q || '%')
	and (@kind = '' or r.kind = @kind)
	and (@reason = '' or r.reason = @reason)
	and (@place::uuid is null or r.centre_id = @place or r.authority_id = @place)
	and (not @no_place or r.centre_id is null and r.authority_id is null)
	and (@until::timestamptz is null or r.created_at <= @until)`

func filterArgs(actor access.Actor, right access.Action, f Filter, own map[string]any) pgx.NamedArgs {
	args := map[string]any{
		"decided": f.Decided, "hidden": []string{}, "q": likeText(f.Q), "kind": f.Kind, "reason": f.Reason, "place": pg.NullUUID(f.Place),
		"no_place": f.NoPlace, "until": nullTime(f.Until),
	}
	maps.Copy(args, own)
	return arguments(actor, right, args)
}

func nullTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// likeText is a part of a receipt number as it stands in the column: digits in groups, however they were typed.
func likeText(q string) string {
	if number, ok := contract.ParseReceiptNumber(q); ok {
		return number
	}
	return strings.NewReplacer("%", "", "_", "", `\`, "", " ", "").Replace(strings.ToUpper(q))
}

// List returns one page of the entries of the actor's centres, or of all the region's: those that wait, in the order
// of arrival, or those that were decided, the newest first.
func (q *Queue) List(ctx context.Context, actor access.Actor, f Filter) (List, error) {
	if err := access.RequireEver(actor, View); err != nil {
		return List{}, err
	}
	var l List
	err := pg.InSnapshot(ctx, q.pool, func(tx pgx.Tx) (err error) {
		own := map[string]any{"limit": PageSize}
		if !f.Decided {
			if l.Masses, err = loadMasses(ctx, tx, actor); err != nil {
				return err
			}
		}
		if !f.showsAll() {
			own["hidden"] = reasonsOf(l.Masses)
		}
		if err := tx.QueryRow(ctx, `select count(*) from intake.refusals r where `+where, filterArgs(actor, View, f, own)).Scan(&l.Total); err != nil {
			return err
		}
		l.Page, l.Pages = Clamp(f.Page, l.Total)
		order := ` order by r.created_at, r.id`
		if f.Decided {
			order = ` order by r.decided_at desc, r.id`
		}
		own["offset"] = (l.Page - 1) * PageSize
		rows, err := tx.Query(ctx, selectEntry+` where `+where+order+` limit @limit offset @offset`, filterArgs(actor, View, f, own))
		if err != nil {
			return err
		}
		l.Entries, err = pgx.CollectRows(rows, scanEntry)
		return err
	})
	return l, pg.Fault("intake queue", err)
}

func reasonsOf(masses []Mass) []string {
	reasons := []string{}
	for _, m := range masses {
		reasons = append(reasons, m.Reason)
	}
	return reasons
}

func loadMasses(ctx context.Context, tx pgx.Tx, actor access.Actor) ([]Mass, error) {
	rows, err := tx.Query(ctx, `
		select r.reason, r.kind, coalesce(c.name, a.name, ''), coalesce(c.name_en, a.name_en, ''),
		       coalesce(c.id, a.id, '00000000-0000-0000-0000-000000000000'), count(*), min(r.created_at)
		from intake.refusals r left join org.centres c on c.id = r.centre_id left join org.authorities a on a.id = r.authority_id
		where r.state = 'open' and `+ScopeSQL+` and r.reason in (
			select r.reason from intake.refusals r where r.state = 'open' and r.reason = any(@always::text[] || @often::text[]) and `+ScopeSQL+`
			group by r.reason having count(*) > @many or r.reason = any(@always::text[]))
		group by r.reason, r.kind, c.id, a.id order by count(*) desc, r.reason, r.kind limit 200`,
		arguments(actor, View, map[string]any{"always": always, "often": often, "many": many}))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (m Mass, err error) {
		err = row.Scan(&m.Reason, &m.Kind, &m.Place.UK, &m.Place.EN, &m.PlaceID, &m.Number, &m.Oldest)
		return m, err
	})
}

// Places lists the centres and authorities that entries of the actor's belong to.
func (q *Queue) Places(ctx context.Context, actor access.Actor) ([]Place, error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, err
	}
	rows, err := q.pool.Query(ctx, `
		select c.id, c.name, c.name_en from org.centres c
		where exists (select from intake.refusals r where r.centre_id = c.id and `+ScopeSQL+`)
		union all select a.id, a.name, a.name_en from org.authorities a
		where exists (select from intake.refusals r where r.authority_id = a.id and `+ScopeSQL+`) order by name limit 500`, arguments(actor, View, nil))
	if err != nil {
		return nil, pg.Fault("places of the intake queue", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Place, err error) {
		err = row.Scan(&c.ID, &c.Name.UK, &c.Name.EN)
		return c, err
	})
	return list, pg.Fault("places of the intake queue", err)
}

// Count says how many entries wait for the actor.
func (q *Queue) Count(ctx context.Context, actor access.Actor) (n int, err error) {
	if err := access.RequireEver(actor, Handle); err != nil {
		return 0, err
	}
	err = q.pool.QueryRow(ctx, `select count(*) from intake.refusals r where r.state = 'open' and `+ScopeSQL,
		arguments(actor, Handle, nil)).Scan(&n)
	return n, pg.Fault("intake queue", err)
}

// Get returns one entry.
func (q *Queue) Get(ctx context.Context, actor access.Actor, id uuid.UUID) (Entry, error) {
	if err := access.RequireEver(actor, View); err != nil {
		return Entry{}, err
	}
	e, err := get(ctx, q.pool, actor, View, id)
	if err != nil || e.ServiceID == nil || e.Detail == "" {
		return e, err
	}
	e.Fields, err = fieldsOf(ctx, q.pool, *e.ServiceID)
	return e, err
}

// fieldsOf names the fields of a service's newest forms: what waits in the queue was filled in on one of them.
func fieldsOf(ctx context.Context, db pg.Queryer, service uuid.UUID) (map[string]locale.Text, error) {
	rows, err := db.Query(ctx, `
		select schema from catalogue.forms where service_id = $1 and state in ('published', 'withdrawn') order by effective_from desc, number desc limit 5`, service)
	if err != nil {
		return nil, pg.Fault("forms of service", err)
	}
	schemas, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		return nil, pg.Fault("forms of service", err)
	}
	names := map[string]locale.Text{}
	for _, schema := range schemas {
		form, err := forms.Parse(schema)
		if err != nil {
			continue // a form of a version that can no longer be read leaves its fields their ids
		}
		for _, step := range form.Steps {
			for _, field := range step.Fields {
				if _, named := names[field.Name]; !named {
					names[field.Name] = field.Title
				}
			}
		}
	}
	return names, nil
}

func arguments(actor access.Actor, right access.Action, own map[string]any) pgx.NamedArgs {
	return access.ScopeOf(actor, right).Args(own)
}

// get returns the entry if the actor's right covers it; NotFound otherwise, as if there were none.
func get(ctx context.Context, db pg.Queryer, actor access.Actor, right access.Action, id uuid.UUID) (Entry, error) {
	rows, err := db.Query(ctx, selectEntry+` where r.id = @id and `+ScopeSQL, arguments(actor, right, map[string]any{"id": id}))
	if err != nil {
		return Entry{}, pg.Fault("entry of intake queue", err)
	}
	e, err := pgx.CollectExactlyOneRow(rows, scanEntry)
	return e, pg.Fault("entry of intake queue", err)
}

// Others counts the entries about the same message.
func (q *Queue) Others(ctx context.Context, e Entry) (n int, err error) {
	err = q.pool.QueryRow(ctx, `select count(*) from intake.refusals where message_id = $1 and id <> $2`, e.MessageID, e.ID).Scan(&n)
	return n, pg.Fault("other entries", err)
}

// Waiting says how many messages wait to be opened, and what for when they wait long.
func (q *Queue) Waiting(ctx context.Context, actor access.Actor) (n int, why string, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return 0, "", err
	}
	err = q.pool.QueryRow(ctx, `
		select count(*), coalesce(max(waiting_for), '') from intake.messages
		where state = 'waiting' and received_at < now() - interval '1 minute'`).Scan(&n, &why)
	return n, why, pg.Fault("waiting messages", err)
}

// Decide carries out what a member of staff decided about the entry they saw at version.
func (q *Queue) Decide(ctx context.Context, actor access.Actor, id uuid.UUID, version int, v Verdict) error {
	if err := errors.Join(access.RequireEver(actor, Handle), v.check()); err != nil {
		return err
	}
	return pg.InTx(ctx, q.pool, func(tx pgx.Tx) error {
		e, err := get(ctx, tx, actor, Handle, id)
		if err != nil {
			return err
		}
		if !e.May(v.Decision) {
			return fault.New(fault.Conflict, "intake.decided_already")
		}
		if err := e.checkWords(v); err != nil {
			return err
		}
		if err := settle(ctx, tx, actor, e, version, v); err != nil {
			return err
		}
		if err := apply(ctx, tx, e, v); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "intake.submission." + string(v.Decision), ObjectType: "submission", ObjectID: e.MessageID.String(), Reason: v.Note,
			Detail: map[string]string{"receipt": e.ReceiptNumber, "was": e.Reason},
		})
	})
}

var states = map[Decision]string{Retry: "retried", Refuse: "refused", Close: "closed", Open: "retried"}

func settle(ctx context.Context, tx pgx.Tx, actor access.Actor, e Entry, version int, v Verdict) error {
	tag, err := tx.Exec(ctx, `
		update intake.refusals set state = $3, decided_at = now(), decided_by = $4, note = $5, typed = $6, typed_en = $7, record = null, version = version + 1
		where id = $1 and version = $2 and state = 'open'`,
		e.ID, version, states[v.Decision], actor.UserID, v.Note, v.Reason.UK, v.Reason.EN)
	if err != nil {
		return pg.Fault("decide", err)
	}
	if tag.RowsAffected() == 0 {
		return fault.New(fault.Conflict, "intake.decided_already")
	}
	return nil
}

// apply changes the message and what the citizen is told.
func apply(ctx context.Context, tx pgx.Tx, e Entry, v Verdict) error {
	switch v.Decision {
	case Retry:
		released, err := release(ctx, tx, []uuid.UUID{e.MessageID})
		if err == nil && released == 0 { // nobody would open it, although the entry is settled
			return fault.New(fault.Conflict, "intake.decided_already")
		}
		return err
	case Open:
		var opened *uuid.UUID
		err := tx.QueryRow(ctx, "select intake.open_conflict($1)", e.ID).Scan(&opened)
		if err == nil && opened == nil {
			return fault.New(fault.Conflict, "intake.decided_already")
		}
		return pg.Fault("open conflict", err)
	case Refuse:
		words, err := e.say(v)
		if err := errors.Join(err, refuse(ctx, tx, e)); err != nil {
			return err
		}
		return answer(ctx, tx, e.MessageID, e.ReceiptNumber, e.Kind, Answer{Outcome: OutcomeRefused}, words)
	case Close:
		if e.ownsMessage() {
			if err := setState(ctx, tx, e, "closed"); err != nil {
				return err
			}
		}
		words, err := e.say(v)
		if err != nil {
			return err
		}
		return tellClosed(ctx, tx, []uuid.UUID{e.ID}, words)
	}
	return fault.New(fault.Invalid, "")
}

// tellClosed tells the citizens of closed entries what became of what they sent. The answer of a message that is inside
// whole is left to the entry that is about it. Where the id of a conflict is another message's, the answer has an id of its
// own: the public site finds it by the number, for whoever has no answer under the id.
func tellClosed(ctx context.Context, tx pgx.Tx, entries []uuid.UUID, words said) error {
	_, err := tx.Exec(ctx, `
		update submission.answers a set outcome = $2, reason = $3, reason_en = $4, sealed = $5, answered_at = now()
		from intake.refusals r
		where r.id = any($1) and a.message_id = r.message_id and a.outcome = 'held'
		  and (r.source = 'refused' or not exists (select from intake.messages m where m.id = r.message_id))`,
		entries, OutcomeClosed, words.own.UK, words.own.EN, words.sealed)
	if err != nil {
		return pg.Fault("answer of closed entries", err)
	}
	_, err = tx.Exec(ctx, `
		insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en)
		select gen_random_uuid(), r.receipt_number, r.kind, $2, $3, $4 from intake.refusals r
		where r.id = any($1) and r.source = 'conflict' and exists (select from intake.messages m where m.id = r.message_id)`,
		entries, OutcomeClosed, words.own.UK, words.own.EN)
	return pg.Fault("answer of closed conflicts", err)
}

// refuse marks the message of an entry as refused. One that came damaged is not inside; when it has come whole since,
// what is to be told is the business of whoever decides about that one.
func refuse(ctx context.Context, tx pgx.Tx, e Entry) error {
	if e.ownsMessage() {
		return setState(ctx, tx, e, "refused")
	}
	var whole bool
	err := tx.QueryRow(ctx, `select exists (select from intake.messages where id = $1)`, e.MessageID).Scan(&whole)
	if err == nil && whole {
		return fault.New(fault.Conflict, "intake.came_whole")
	}
	return pg.Fault("message of entry", err)
}

// release lets the worker open messages once more; a person has seen them, so they need no allowance. It returns how
// many it let go.
func release(ctx context.Context, tx pgx.Tx, messages []uuid.UUID) (int64, error) {
	tag, err := tx.Exec(ctx, `
		update intake.messages set state = 'waiting', failures = 0, next_attempt_at = now(), finished_at = null, released = true
		where id = any($1) and state = 'held'`, messages)
	if err == nil {
		_, err = tx.Exec(ctx, "select pg_notify('intake_message', '')")
	}
	return tag.RowsAffected(), pg.Fault("release messages", err)
}

func setState(ctx context.Context, tx pgx.Tx, e Entry, state string) error {
	_, err := tx.Exec(ctx, `update intake.messages set state = $2, finished_at = now() where id = $1 and state = 'held'`, e.MessageID, state)
	return pg.Fault("message of entry", err)
}

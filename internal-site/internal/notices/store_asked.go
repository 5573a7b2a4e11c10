package notices

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/checks"
	"portal.example/internal-site/internal/questions"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// asked reads what a notice of a question or a check depends on, as it stands now.
func (s *Store) asked(ctx context.Context, n Notice) (a Asked, err error) {
	err = s.pool.QueryRow(ctx, `
		with asked as (
			select number, receipt_number, tracked, centre_id, authority_id, state, email, phone, language, $6::text as module
			from questions.threads where id = $1
			union all
			select number, receipt_number, tracked, centre_id, null, state, email, phone, language, $7 from checks.packages where id = $2
		)
		select a.number, a.receipt_number, a.tracked, a.state = 'closed', coalesce(c.name, h.name), coalesce(c.name_en, h.name_en),
		       coalesce(c.address, h.address), coalesce(c.address_en, h.address_en), coalesce(c.phones, h.phones), a.phone, a.email, a.language,
		       exists (select from notices.outbox o where (o.thread_id = $1 or o.package_id = $2) and o.event_id <> $3 and o.at > $4 and o.state <> 'dropped'),
		       exists (select from notices.outbox o where o.event_id = $3 and o.told_at is not null),
		       not exists (select from modules.switches m where m.module in ($5, a.module) and not m.enabled and (m.centre_id is null or m.centre_id = a.centre_id))
		from asked a left join org.centres c on c.id = a.centre_id left join org.authorities h on h.id = a.authority_id`,
		n.ThreadID, n.PackageID, n.EventID, n.At, contract.ModuleNotices, contract.ModuleQuestions, contract.ModuleChecks).Scan(
		&a.Number, &a.Receipt, &a.Tracked, &a.Closed, &a.Place.UK, &a.Place.EN, &a.Address.UK, &a.Address.EN, &a.Phones,
		&a.Contact.Phone, &a.Contact.Email, &a.Contact.Language, &a.Newer, &a.Told, &a.On)
	return a, pg.Fault("facts of a question or a check", err)
}

// ofAsked is where the notices stand of a question or a check that the actor may see.
type ofAsked struct {
	from       string
	view, tell access.Action
	object     string // for the trail
}

var (
	ofQuestion = ofAsked{`from notices.outbox o join questions.threads t on t.id = o.thread_id left join access.users u on u.id = o.told_by
		where t.id = @id and ` + questions.ScopeSQL, questions.View, questions.AnswerTo, "question"}
	ofCheck = ofAsked{`from notices.outbox o join checks.packages p on p.id = o.package_id left join access.users u on u.id = o.told_by
		where p.id = @id and ` + checks.ScopeSQL, checks.View, checks.AnswerTo, "check"}
)

// OfQuestion lists what whoever asked a question was told of its answers, or was to be, newest first; nothing when the actor may not see it.
func (d *Desk) OfQuestion(ctx context.Context, actor access.Actor, id uuid.UUID) ([]Notice, error) {
	return d.ofAsked(ctx, actor, ofQuestion, id)
}

// OfCheck is OfQuestion of documents that were sent to be checked.
func (d *Desk) OfCheck(ctx context.Context, actor access.Actor, id uuid.UUID) ([]Notice, error) {
	return d.ofAsked(ctx, actor, ofCheck, id)
}

func (d *Desk) ofAsked(ctx context.Context, actor access.Actor, of ofAsked, id uuid.UUID) ([]Notice, error) {
	args := access.ScopeOf(actor, of.view).Args(map[string]any{"id": id})
	rows, _ := d.pool.Query(ctx, `select `+noticeColumns+` `+of.from+` order by o.at desc, o.event_id desc`, pgx.NamedArgs(args))
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (n Notice, err error) { return n, row.Scan(n.fields()...) })
	return list, pg.Fault("notices of a question or a check", err)
}

// ToldOfQuestion records that the actor told whoever asked by telephone what the last notice says, which did not arrive. What arrived, or a
// colleague recorded, is a Conflict.
func (d *Desk) ToldOfQuestion(ctx context.Context, actor access.Actor, id uuid.UUID) error {
	return d.toldOfAsked(ctx, actor, ofQuestion, id)
}

// ToldOfCheck is ToldOfQuestion of documents that were sent to be checked.
func (d *Desk) ToldOfCheck(ctx context.Context, actor access.Actor, id uuid.UUID) error {
	return d.toldOfAsked(ctx, actor, ofCheck, id)
}

func (d *Desk) toldOfAsked(ctx context.Context, actor access.Actor, of ofAsked, id uuid.UUID) error {
	if err := access.RequireEver(actor, of.tell); err != nil {
		return err
	}
	return pg.InTx(ctx, d.pool, func(tx pgx.Tx) error {
		args := pgx.NamedArgs(access.ScopeOf(actor, of.tell).Args(map[string]any{"id": id, "now": d.now(), "by": actor.UserID, "how": ByPhone}))
		var event uuid.UUID
		if err := tx.QueryRow(ctx, `select o.event_id `+of.from+` order by o.at desc, o.event_id desc limit 1`, args).Scan(&event); err != nil {
			return pg.Fault("find notice", err)
		}
		args["event"] = event
		tag, err := tx.Exec(ctx, `update notices.outbox set told_at = @now, told_by = @by, told_how = @how
			where event_id = @event and told_at is null and state in ('failed', 'unknown')`, args)
		if err != nil {
			return pg.Fault("record that somebody was told", err)
		}
		if tag.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "notices.told_already")
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "notices.notice.tell", ObjectType: of.object, ObjectID: id.String(), Detail: map[string]string{"notice": event.String(), "how": string(ByPhone)},
		})
	})
}

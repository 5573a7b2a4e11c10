package notices

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Desk is the outbox as staff see it. It runs with the role of the staff site, which sends nothing.
type Desk struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewDesk makes a desk over pool.
func NewDesk(pool *pgxpool.Pool) *Desk { return &Desk{pool, time.Now} }

// At returns a copy of the desk whose clock is now.
func (d *Desk) At(now func() time.Time) *Desk { return &Desk{d.pool, now} }

const noticeColumns = `o.event_id, coalesce(o.case_id, '00000000-0000-0000-0000-000000000000'), coalesce(o.booking_id, '00000000-0000-0000-0000-000000000000'),
	coalesce(o.thread_id, '00000000-0000-0000-0000-000000000000'), coalesce(o.package_id, '00000000-0000-0000-0000-000000000000'), o.about, o.kind, o.at, o.state, o.channel, o.reason, o.detail, o.attempts, o.sent_at, o.delivered_at,
	o.told_at, coalesce(u.full_name, ''), coalesce(o.told_how, '')`

func (n *Notice) fields() []any {
	return []any{
		&n.EventID, &n.CaseID, &n.BookingID, &n.ThreadID, &n.PackageID, &n.About, &n.Kind, &n.At, &n.State, &n.Channel, &n.Reason, &n.Detail, &n.Attempts, &n.SentAt, &n.DeliveredAt,
		&n.ToldAt, &n.ToldBy, &n.ToldHow,
	}
}

// OfCase lists what the applicant of a case was told, or was to be, newest first; nothing when the actor may not see it.
func (d *Desk) OfCase(ctx context.Context, actor access.Actor, caseID uuid.UUID) ([]Notice, error) {
	args := access.ScopeOf(actor, View).Args(map[string]any{"case": caseID})
	rows, _ := d.pool.Query(ctx, `select `+noticeColumns+`
		from notices.outbox o join cases.cases c on c.id = o.case_id left join access.users u on u.id = o.told_by
		where o.case_id = @case and `+ScopeSQL+` order by o.at desc, o.event_id desc`, pgx.NamedArgs(args))
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (n Notice, err error) { return n, row.Scan(n.fields()...) })
	return list, pg.Fault("notices of a case", err)
}

// Undelivered is a notice that did not reach its applicant, with what staff need to tell them otherwise.
type Undelivered struct {
	Notice
	Number    string
	Service   locale.Text
	Applicant string
	Phone     string
	Email     string
}

// PerPage is how many rows a page of the list has.
const PerPage = 50

// undelivered is what did not arrive and nobody has told otherwise.
const undelivered = `o.state in ('failed', 'unknown') and o.told_at is null and o.case_id is not null`

const selectUndelivered = `select ` + noticeColumns + `, c.number, s.name, s.name_en,
	       coalesce(nullif(a.entity, ''), concat_ws(' ', a.surname, nullif(a.given_name, ''), nullif(a.patronymic, ''))), a.phone, a.email
	from notices.outbox o join cases.cases c on c.id = o.case_id join catalogue.services s on s.id = c.service_id
	join cases.applicants a on a.id = c.applicant_id left join access.users u on u.id = o.told_by
	where `

func scanUndelivered(row pgx.CollectableRow) (u Undelivered, err error) {
	return u, row.Scan(append(u.fields(), &u.Number, &u.Service.UK, &u.Service.EN, &u.Applicant, &u.Phone, &u.Email)...)
}

// One returns a notice that the actor may see, whatever became of it.
func (d *Desk) One(ctx context.Context, actor access.Actor, event uuid.UUID) (Undelivered, error) {
	rows, _ := d.pool.Query(ctx, selectUndelivered+`o.event_id = @event and `+ScopeSQL, pgx.NamedArgs(access.ScopeOf(actor, View).Args(map[string]any{"event": event})))
	u, err := pgx.CollectExactlyOneRow(rows, scanUndelivered)
	return u, pg.Fault("get notice", err)
}

// Undelivered lists a page of what did not reach applicants of the actor's centres, oldest first, and says how many there are.
func (d *Desk) Undelivered(ctx context.Context, actor access.Actor, page int) (list []Undelivered, total int, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, 0, err
	}
	args := pgx.NamedArgs(access.ScopeOf(actor, View).Args(map[string]any{"limit": PerPage, "offset": PerPage * (max(page, 1) - 1)}))
	err = pg.InSnapshot(ctx, d.pool, func(tx pgx.Tx) error {
		if total, err = countUndelivered(ctx, tx, args); err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, selectUndelivered+undelivered+` and `+ScopeSQL+` order by o.at, o.event_id limit @limit offset @offset`, args)
		list, err = pgx.CollectRows(rows, scanUndelivered)
		return err
	})
	return list, total, pg.Fault("notices that did not arrive", err)
}

// CountUndelivered is the length of that list.
func (d *Desk) CountUndelivered(ctx context.Context, actor access.Actor) (int, error) {
	return countUndelivered(ctx, d.pool, pgx.NamedArgs(access.ScopeOf(actor, View).Args(nil)))
}

func countUndelivered(ctx context.Context, db pg.Queryer, args pgx.NamedArgs) (n int, err error) {
	err = db.QueryRow(ctx, `select count(*) from notices.outbox o join cases.cases c on c.id = o.case_id where `+undelivered+` and `+ScopeSQL, args).Scan(&n)
	return n, pg.Fault("count notices that did not arrive", err)
}

// Object returns where a notice belongs, for access.Can.
func (d *Desk) Object(ctx context.Context, event uuid.UUID) (access.Object, error) {
	var centre uuid.UUID
	err := d.pool.QueryRow(ctx, `select c.centre_id from notices.outbox o join cases.cases c on c.id = o.case_id where o.event_id = $1`, event).Scan(&centre)
	return Object(centre), pg.Fault("object of a notice", err)
}

// Told records that the actor told the applicant another way. What a colleague recorded already is a Conflict.
func (d *Desk) Told(ctx context.Context, actor access.Actor, event uuid.UUID, how How) error {
	o, err := d.Object(ctx, event)
	if err != nil {
		return err
	}
	if err := access.Require(actor, Tell, o); err != nil {
		return err
	}
	if !slices.Contains(Ways, how) {
		return fault.InvalidFields(fault.FieldError{Field: "how", Key: "notices.how_required"})
	}
	return pg.InTx(ctx, d.pool, func(tx pgx.Tx) error {
		var caseID, centre uuid.UUID
		err := tx.QueryRow(ctx, `update notices.outbox o set told_at = $2, told_by = $3, told_how = $4
			from cases.cases c where c.id = o.case_id and o.event_id = $1 and `+undelivered+` returning c.id, c.centre_id`,
			event, d.now(), actor.UserID, how).Scan(&caseID, &centre)
		if err := pg.Fault("record that somebody was told", err); fault.Is(err, fault.NotFound) {
			return fault.New(fault.Conflict, "notices.told_already")
		} else if err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "notices.notice.tell", ObjectType: "case", ObjectID: caseID.String(), CentreID: &centre, Detail: map[string]string{"notice": event.String(), "how": string(how)},
		})
	})
}

package outbox

import (
	"cmp"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Queue adds to the batch what the applicant is to be told of the event, and nothing when it is not one to tell.
func Queue(b *pgx.Batch, e Event) {
	kind := told[e.Kind]
	switch {
	case kind == "":
	case !e.Held.IsZero():
		b.Queue(`insert into notices.outbox (event_id, case_id, kind, at, next_at) values ($1, $2, $3, $4, $5)`, e.ID, e.CaseID, kind, e.At, e.Held)
	default:
		b.Queue(`insert into notices.outbox (event_id, case_id, kind, at) values ($1, $2, $3, $4)`, e.ID, e.CaseID, kind, e.At)
	}
}

// QueueBooking adds to the batch what whoever has an appointment is to be told of it; of one time that it comes near once.
func QueueBooking(b *pgx.Batch, a Appointment) {
	b.Queue(`insert into notices.outbox (event_id, booking_id, about, kind, at, next_at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
		uuid.Must(uuid.NewV7()), a.BookingID, a.BeginsAt, a.Kind, a.At, a.Held)
}

// Untold holds for the notices o of answers that did not arrive, that nobody has told of otherwise, and after which no other was sent.
const Untold = `o.state in ('failed', 'unknown') and o.told_at is null and o.case_id is null and o.booking_id is null
	and not exists (select from notices.outbox n where (n.thread_id = o.thread_id or n.package_id = o.package_id) and n.at > o.at and n.state <> 'dropped')`

// QueueAnswer adds to the batch that whoever asked a question, or sent documents to be checked, is to be told of an answer.
func QueueAnswer(b *pgx.Batch, a Answer) {
	kind, end := "question", "_answered"
	if a.ThreadID == uuid.Nil {
		kind = "check"
	}
	if a.Closed {
		end = "_closed"
	}
	b.Queue(`insert into notices.outbox (event_id, thread_id, package_id, kind, at) values ($1, nullif($2::uuid, $4), nullif($3::uuid, $4), $5, $6)`,
		uuid.Must(uuid.NewV7()), a.ThreadID, a.PackageID, uuid.Nil, kind+end, a.At)
}

// QueueChoice adds to the batch how the applicant of a new case wants to be told.
func QueueChoice(b *pgx.Batch, caseID uuid.UUID, c Choice) {
	if c != (Choice{}) {
		b.Queue(`insert into notices.choices (case_id, channel, language) values ($1, $2, $3)`, caseID, c.Channel, cmp.Or(c.Language, "uk"))
	}
}

// QueueTaken adds to the batch that somebody's case went to somebody else.
func QueueTaken(b *pgx.Batch, user, caseID uuid.UUID, at time.Time) {
	b.Queue(`insert into notices.taken (user_id, case_id, at) values ($1, $2, $3)
		on conflict (user_id, case_id) do update set at = excluded.at`, user, caseID, at)
}

package reception

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/shared/pg"
)

const (
	// remindBefore is how long before its time somebody is reminded of an appointment. Who has booked or moved it later than that knows of it.
	remindBefore = 24 * time.Hour
	// remindUntil is when it is too late for that.
	remindUntil = 2 * time.Hour
	// mostReminders bounds those that are written at once.
	mostReminders = 500
)

// Remind puts reminders of appointments that have come near into the outbox, once for each time that one has. Whoever left no contact, or whose
// appointment cannot be kept, gets none.
func (s *Store) Remind(ctx context.Context) error {
	for {
		n, err := s.remindSome(ctx)
		if err != nil || n < mostReminders {
			return err
		}
	}
}

func (s *Store) remindSome(ctx context.Context) (n int, err error) {
	now := s.now()
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select b.id, b.begins_at from reception.bookings b
			where b.state = 'booked' and b.stands and b.begins_at > $1 and b.begins_at <= $2 and coalesce(b.moved_at, b.made_at) <= b.begins_at - $3::interval
			and (b.email <> '' or b.phone <> '')
			and not exists (select from notices.outbox o where o.booking_id = b.id and o.about = b.begins_at and o.kind = 'booking_near')
			order by b.begins_at, b.id limit $4`, now.Add(remindUntil), now.Add(remindBefore), remindBefore, mostReminders)
		if err != nil {
			return pg.Fault("appointments that come near", err)
		}
		batch := &pgx.Batch{}
		var id uuid.UUID
		var at time.Time
		_, err = pgx.ForEachRow(rows, []any{&id, &at}, func() error {
			outbox.QueueBooking(batch, outbox.Appointment{BookingID: id, Kind: outbox.BookingNear, BeginsAt: at, At: now, Held: now})
			return nil
		})
		if n = batch.Len(); err != nil || n == 0 {
			return pg.Fault("appointments that come near", err)
		}
		return pg.Fault("remind of appointments", tx.SendBatch(ctx, batch).Close())
	})
	return n, err
}

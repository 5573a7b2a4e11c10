package reception

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Falling says that a change of the offer was not made, since it leaves appointments without their places and whoever asked for it has not
// seen which.
type Falling struct{ List []Booking }

// Error implements error.
func (f *Falling) Error() string {
	return fmt.Sprintf("%d appointments lose their places", len(f.List))
}

// Seen stands for just these appointments: whoever sends it back with the change has seen them. They are told, so it changes with their
// number and times.
func (f *Falling) Seen() string {
	sum := sha256.New()
	for _, b := range f.List {
		fmt.Fprintln(sum, b.ID, b.BeginsAt.Unix())
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// fallBy makes a change of the hall and returns which appointments it leaves without their places. Those that had none before are not its
// doing.
func (s *Store) fallBy(ctx context.Context, tx pgx.Tx, before Hall, seen string, do func() error) ([]Booking, error) {
	toCome, err := toComeAt(ctx, tx, before.CentreID, s.now())
	if err != nil {
		return nil, err
	}
	o, err := opening(ctx, tx, before.CentreID)
	if err != nil {
		return nil, err
	}
	if err := do(); err != nil {
		return nil, err
	}
	after, err := hall(ctx, tx, before.CentreID)
	if err != nil {
		return nil, err
	}
	f := Falling{slices.DeleteFunc(after.fallen(o, toCome), func(b Booking) bool { return !before.Stands(o, b) })}
	if len(f.List) > 0 && f.Seen() != seen {
		return nil, &f
	}
	return f.List, nil
}

func fallenDetail(list []Booking) map[string]string {
	if len(list) == 0 {
		return nil
	}
	return map[string]string{"fallen": strconv.Itoa(len(list))}
}

// toComeAt reads the appointments of a centre that begin after a moment, in their order.
func toComeAt(ctx context.Context, tx pgx.Tx, centre uuid.UUID, now time.Time) ([]Booking, error) {
	return bookings(ctx, tx, `centre_id = $1 and begins_at > $2 and state = 'booked' order by begins_at, id`, centre, now)
}

// fallsFor is how long a change of the offer has to stand before whoever it touches gets a letter: one that is taken back at once tells nobody.
const fallsFor = 5 * time.Minute

// markFallen writes which appointments to come cannot be kept, as the hall and its hours are in tx, and tells those for whom that has changed.
func (s *Store) markFallen(ctx context.Context, tx pgx.Tx, h Hall, o Opening) error {
	now := s.now()
	toCome, err := toComeAt(ctx, tx, h.CentreID, now)
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	for _, b := range toCome {
		stands := h.Stands(o, b)
		if stands == b.Stands {
			continue
		}
		kind := outbox.BookingLost
		if stands {
			kind = outbox.BookingStands
		}
		batch.Queue(`update reception.bookings set stands = $2 where id = $1 and state = 'booked'`, b.ID, stands)
		outbox.QueueBooking(batch, outbox.Appointment{BookingID: b.ID, Kind: kind, BeginsAt: b.BeginsAt, At: now, Held: now.Add(fallsFor)})
	}
	if batch.Len() == 0 {
		return nil
	}
	return pg.Fault("mark appointments that cannot be kept", tx.SendBatch(ctx, batch).Close())
}

// FallenByHours are the appointments of a centre that other hours of it leave without their places, as Falling says it. A centre that people do not
// see is never open.
func (s *Store) FallenByHours(ctx context.Context, centre uuid.UUID, schedule hours.Schedule, published bool) (f Falling, err error) {
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		h, err := hall(ctx, tx, centre)
		if err != nil {
			return err
		}
		before, err := opening(ctx, tx, centre)
		if err != nil {
			return err
		}
		toCome, err := toComeAt(ctx, tx, centre, s.now())
		if err != nil {
			return err
		}
		after := Opening{Schedule: schedule, Off: before.Off}
		if !published {
			after.Schedule = hours.Schedule{}
		}
		f.List = slices.DeleteFunc(h.fallen(after, toCome), func(b Booking) bool { return !h.Stands(before, b) })
		return nil
	})
	return f, err
}

// FallenDay says of a centre how many appointments are left without their places.
type FallenDay struct {
	Centre locale.Text
	Count  int
}

// FallenByDays are the centres in which appointments to come are left without their places when nobody works on the dates (midnight UTC), by the
// names of the centres.
func (s *Store) FallenByDays(ctx context.Context, dates []time.Time) ([]FallenDay, error) {
	if len(dates) == 0 {
		return nil, nil
	}
	rows, err := s.pool.Query(ctx, `
		select c.name, c.name_en, count(*) from reception.bookings b join org.centres c on c.id = b.centre_id
		where b.state = 'booked' and b.stands and b.begins_at > $1 and (b.begins_at at time zone 'Europe/Kyiv')::date = any($2)
		group by c.id order by c.name collate "uk-x-icu", c.id`, s.now(), dates)
	if err != nil {
		return nil, pg.Fault("appointments on days off", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d FallenDay, err error) {
		return d, row.Scan(&d.Centre.UK, &d.Centre.EN, &d.Count)
	})
	return list, pg.Fault("appointments on days off", err)
}

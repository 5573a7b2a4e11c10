package reception_test

import (
	"testing"
	"time"

	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/reception"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// Somebody is reminded a day before, once for each time that their appointment has; not of one that was given back or cannot be kept, not without a
// contact, and not of what they booked or moved within the day before.
func TestReminders(t *testing.T) {
	h := offering(t, 1)
	must(t, h.store.SavePlan(t.Context(), h.head, h.Centre, h.read(t).Hall.Version, reception.Plan{Ahead: 7, Notice: 30, Cancel: 30, PerContact: 3, New: 70}))
	d := workdays.DateOf(fixture.Now).AddDate(0, 0, 3)
	at := time.Date(d.Year(), d.Month(), d.Day(), 9, 0, 0, 0, locale.Kyiv())
	book := func(at time.Time, email string) reception.Booking {
		t.Helper()
		b, err := h.store.Book(t.Context(), h.head, h.Centre, reception.Appointment{Group: h.group, At: at, Name: "Ганна", Email: email, Language: locale.UK})
		must(t, err)
		return b
	}
	const anna = "anna@example.org"
	b, silent, gone, lost := book(at, anna), book(at.Add(10*time.Minute), ""), book(at.Add(20*time.Minute), anna), book(at.Add(30*time.Minute), anna)
	reminded := func(want string, list ...reception.Booking) {
		t.Helper()
		for range 2 {
			must(t, h.store.Remind(t.Context()))
		}
		for _, b := range list {
			if got := h.said(t, b); got != want {
				t.Errorf("%s at %s: told %q, want %q", b.Number, h.now, got, want)
			}
		}
	}
	h.now = at.Add(-24*time.Hour - time.Minute)
	reminded("", b, silent, gone, lost)
	must(t, h.store.GiveBack(t.Context(), h.head, h.Centre, gone.ID))
	h.DB.Exec(`update reception.bookings set stands = false where id = $1`, lost.ID)
	h.now = at.Add(-23 * time.Hour)
	late := book(at.Add(40*time.Minute), anna)
	reminded("booking_near", b)
	reminded("", silent, gone, lost, late)

	// It is moved: of its new time somebody is reminded anew, when that comes near.
	move := func(b *reception.Booking, to time.Time) {
		h.DB.Exec(`update reception.bookings set begins_at = $2, ends_at = $2::timestamptz + interval '10 minutes', moved_at = $3 where id = $1`, b.ID, to, h.now)
		b.BeginsAt = to
	}
	move(&b, at.AddDate(0, 0, 2))
	reminded("", b)
	h.now = b.BeginsAt.Add(-20 * time.Hour)
	reminded("booking_near", b)
	move(&b, b.BeginsAt.Add(time.Hour)) // they know of it
	reminded("", b)
	h.now = at.Add(-time.Hour) // the worker of reminders was away
	h.DB.Exec(`delete from notices.outbox`)
	h.DB.Exec(`update reception.bookings set stands = true`)
	reminded("", lost)
}

package reception_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/reception"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// falls tries a change that leaves just these appointments without their places, and returns what says that they were seen.
func (h *hall) falls(t *testing.T, change func(seen string) error, want ...reception.Booking) string {
	t.Helper()
	before := h.read(t).Hall
	var f *reception.Falling
	for _, seen := range []string{"", "something else"} {
		if err := change(seen); !errors.As(err, &f) {
			t.Fatalf("nobody was to be seen first: %v", err)
		}
	}
	ids := func(list []reception.Booking) (ids []uuid.UUID) {
		for _, b := range list {
			ids = append(ids, b.ID)
		}
		return ids
	}
	if !slices.Equal(ids(f.List), ids(want)) {
		t.Errorf("%v lose their places, not %v", f.List, want)
	}
	if after := h.read(t).Hall; after.Version != before.Version || len(after.Plan.Absences) != len(before.Plan.Absences) || len(after.OpenWindows()) != len(before.OpenWindows()) {
		t.Error("something was changed")
	}
	return f.Seen()
}

// said lists what was put into the outbox of an appointment, in its order.
func (h *hall) said(t *testing.T, b reception.Booking) (kinds string) {
	t.Helper()
	must(t, h.DB.Pool.QueryRow(t.Context(), `select coalesce(string_agg(kind, ' ' order by at, event_id), '') from notices.outbox where booking_id = $1 and about = $2`, b.ID, b.BeginsAt).Scan(&kinds))
	return kinds
}

func (h *hall) stands(t *testing.T, b reception.Booking) bool {
	t.Helper()
	return h.count(t, `select count(*) from reception.bookings where id = $1 and stands`, b.ID) == 1
}

// Whatever takes the place of an appointment away shows first whose, and tells them once; whatever gives it back tells that too. An appointment
// that was made meanwhile has to be seen as well, and one that had no place before is nobody's doing.
func TestWhoeverLosesAPlaceIsTold(t *testing.T) {
	h := offering(t, 2)
	version := func() int { return h.read(t).Hall.Version }
	first, other := h.book(t, tomorrow("10:00")), h.book(t, tomorrow("10:00"))
	if first.WindowID == other.WindowID || !first.Stands {
		t.Fatal("both are at one window")
	}
	day := workdays.DateOf(first.BeginsAt)
	away := func(seen string) error {
		return h.store.AddAbsence(t.Context(), h.head, h.Centre, version(), reception.Absence{WindowID: &first.WindowID, First: day, Last: day}, seen)
	}
	seen := h.falls(t, away, first)
	h.DB.Exec(`update reception.bookings set window_id = $2, begins_at = begins_at + interval '1 hour', ends_at = ends_at + interval '1 hour' where id = $1`, other.ID, first.WindowID)
	other.BeginsAt = other.BeginsAt.Add(time.Hour)
	var f *reception.Falling
	if err := away(seen); !errors.As(err, &f) || len(f.List) != 2 {
		t.Fatalf("somebody who booked meanwhile was not seen: %v", err)
	}
	must(t, away(f.Seen()))
	must(t, h.store.SetInRow(t.Context(), h.head, h.Centre, version(), 4)) // looks at all of them again
	must(t, h.store.Follow(t.Context()))
	if h.stands(t, first) || h.said(t, first) != "booking_lost" || h.said(t, other) != "booking_lost" {
		t.Errorf("stands %t, told %q and %q", h.stands(t, first), h.said(t, first), h.said(t, other))
	}
	retire := func(seen string) error {
		return h.store.Retire(t.Context(), h.head, h.Centre, version(), reception.Windows, first.WindowID, seen)
	}
	must(t, h.store.AddAbsence(t.Context(), h.head, h.Centre, version(), reception.Absence{First: day, Last: day}, "")) // they have lost their places already
	for range 2 {
		must(t, h.store.DropAbsence(t.Context(), h.head, h.Centre, version(), h.read(t).Hall.Plan.Absences[0].ID))
	}
	if !h.stands(t, first) || h.said(t, first) != "booking_lost booking_stands" {
		t.Errorf("stands %t, told %q", h.stands(t, first), h.said(t, first))
	}
	w, _ := h.read(t).Hall.Window(first.WindowID)
	w.Groups, w.Appoints = []uuid.UUID{h.second(t)}, nil
	h.falls(t, func(seen string) error { return h.store.SaveWindow(t.Context(), h.head, h.Centre, version(), w, seen) }, first, other)
	must(t, h.store.Release(t.Context(), h.head, h.Centre, first.WindowID))
	must(t, retire(h.falls(t, retire, first, other)))
	if h.stands(t, first) || h.said(t, first) != "booking_lost booking_stands booking_lost" {
		t.Errorf("stands %t, told %q", h.stands(t, first), h.said(t, first))
	}
}

// second adds a group and returns its id.
func (h *hall) second(t *testing.T) uuid.UUID {
	t.Helper()
	must(t, h.store.SaveGroup(t.Context(), h.head, h.Centre, h.read(t).Hall.Version, reception.Group{Letter: "Б", Name: locale.Text{UK: "Земля"}, Minutes: 10}))
	groups := h.read(t).Hall.OpenGroups()
	return groups[len(groups)-1].ID
}

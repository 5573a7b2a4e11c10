package reception

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/plain"
	"portal.example/shared/workdays"
)

// Limits of the plan. MaxAhead bounds how many times there are at all.
const (
	MaxAhead      = 90
	maxNotice     = 7 * 24 * 60
	maxShare      = 90
	maxPerContact = 10
	maxBetween    = 30
	maxReason     = 200
	maxAbsences   = 200
)

func (p Plan) check() error {
	c := &check{}
	c.that(p.Ahead >= 0 && p.Ahead <= MaxAhead, "ahead", "reception.number_range", 0, MaxAhead)
	c.that(p.Notice >= 0 && p.Notice <= maxNotice, "notice", "reception.number_range", 0, maxNotice)
	c.that(p.Cancel >= 0 && p.Cancel <= maxNotice, "cancel", "reception.number_range", 0, maxNotice)
	c.that(p.Share >= 0 && p.Share <= maxShare, "share", "reception.number_range", 0, maxShare)
	c.that(p.PerContact >= 1 && p.PerContact <= maxPerContact, "per_contact", "reception.number_range", 1, maxPerContact)
	c.that(p.Between >= -maxBetween && p.Between <= maxBetween, "between", "reception.number_range", -maxBetween, maxBetween)
	c.that(p.New >= 1 && p.New <= 100, "new", "reception.number_range", 1, 100)
	return c.err()
}

func (a Absence) check(h Hall, today time.Time) error {
	c := &check{}
	c.that(!a.First.IsZero(), "first", "reception.day_required")
	c.that(!a.Last.IsZero(), "last", "reception.day_required")
	c.that(a.Last.IsZero() || !a.Last.Before(a.First), "last", "reception.days_turned")
	c.that(a.Last.IsZero() || !a.Last.Before(today), "last", "reception.days_over")
	c.that(utf8.RuneCountInString(a.Reason) <= maxReason, "reason", "form.too_long", maxReason)
	c.that(len(h.Plan.Absences) < maxAbsences, "first", "reception.too_many", maxAbsences)
	if a.WindowID != nil {
		w, known := h.Window(*a.WindowID)
		c.that(known && !w.Retired, "window", "reception.window_gone")
	}
	return c.err()
}

// check says what is wrong with what somebody wants to book, besides its time.
func (a Appointment) check(h Hall, services []uuid.UUID) error {
	c := &check{}
	c.that(a.Name != "", "name", "reception.booking_name_required")
	c.that(utf8.RuneCountInString(a.Name) <= maxName, "name", "form.too_long", maxName)
	c.that(a.Name == "" || plain.IsLine(a.Name), "name", "reception.booking_name_required")
	c.that(a.Email == "" || plain.IsEmail(a.Email), "email", "reception.email_wrong")
	c.that(a.Phone == "" || plain.IsPhone(a.Phone), "phone", "reception.phone_wrong")
	g := h.Group(a.Group)
	c.that(g.ID == a.Group && !g.Retired, "group", "reception.group_gone")
	c.that(a.Service == nil || slices.Contains(services, *a.Service), "service", "reception.service_unknown")
	c.that(a.furtherKnown(h, services), "further", "reception.further_wrong", contract.MaxMatters)
	return c.err()
}

// furtherKnown says whether the further matters are a few of open groups, of services that are known, and none is there twice.
func (a Appointment) furtherKnown(h Hall, services []uuid.UUID) bool {
	all := a.Matters()
	for i, m := range all {
		if g := h.Group(m.GroupID); i > 0 && (g.ID != m.GroupID || g.Retired || m.ServiceID != nil && !slices.Contains(services, *m.ServiceID) || slices.ContainsFunc(all[:i], m.Same)) {
			return false
		}
	}
	return len(all) <= contract.MaxMatters
}

// place is where and when all that is wanted is done: a time that is offered, with the whole length free. Its group is that of the first matter.
func (a Appointment) place(h Hall, o Opening, now time.Time, bookings []Booking) (Slot, error) {
	at := func(list []Booking) []Place {
		return h.Fitting(slices.DeleteFunc(h.Places(o, workdays.DateOf(a.At), now, list), func(p Place) bool { return !p.BeginsAt.Equal(a.At) }), a.Matters())
	}
	if len(at(nil)) == 0 {
		return Slot{}, fault.InvalidFields(fault.FieldError{Field: "at", Key: "reception.time_gone"})
	}
	free := at(bookings)
	if len(free) == 0 {
		return Slot{}, fault.InvalidFields(fault.FieldError{Field: "at", Key: "reception.time_taken"})
	}
	return Slot{WindowID: free[0].WindowID, GroupID: a.Group, BeginsAt: free[0].BeginsAt, Minutes: h.Takes(a.Matters())}, nil
}

// newNumber draws a number of an appointment. It opens nothing, so it is short enough to be typed at a kiosk.
func newNumber() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1e8))
	if err != nil {
		return "", fmt.Errorf("draw a number: %w", err)
	}
	digits := fmt.Sprintf("%08d", n)
	return digits[:4] + "-" + digits[4:], nil
}

// ParseNumber reads the number of an appointment as people type it, false when it is none.
func ParseNumber(typed string) (string, bool) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -\u00a0\u2013\u2011.", r) {
			return -1
		}
		return r
	}, typed)
	if !plain.AllDigits(digits, 8) {
		return "", false
	}
	return digits[:4] + "-" + digits[4:], true
}

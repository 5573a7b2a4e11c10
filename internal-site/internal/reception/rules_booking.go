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

	"portal.example/shared/fault"
	"portal.example/shared/plain"
)

// Limits of the plan. MaxAhead bounds how many times there are at all.
const (
	MaxAhead      = 90
	maxNotice     = 7 * 24 * 60
	maxShare      = 90
	maxPerContact = 10
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
	return c.err()
}

// slot is a time that is offered and free for what is wanted.
func (a Appointment) slot(offered []Slot, bookings []Booking) (Slot, error) {
	wanted := slices.DeleteFunc(slices.Clone(offered), func(s Slot) bool { return s.GroupID != a.Group || !s.BeginsAt.Equal(a.At) })
	if len(wanted) == 0 {
		return Slot{}, fault.InvalidFields(fault.FieldError{Field: "at", Key: "reception.time_gone"})
	}
	free := Free(wanted, bookings)
	if len(free) == 0 {
		return Slot{}, fault.InvalidFields(fault.FieldError{Field: "at", Key: "reception.time_taken"})
	}
	return free[0], nil
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

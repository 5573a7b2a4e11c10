// Package bookings is the kind «booking» on the public site: the times that can be booked in the halls of centres, the record that asks
// for one, and what people see of theirs.
//
// types.go, form.go and draft.go are pure; store*.go hold the SQL. It may import internal/submission, internal/tracking, internal/org,
// internal/address, internal/modules, and shared.
package bookings

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
	"portal.example/shared/workdays"
)

// Place is something that can be booked at a centre, with the earliest free time.
type Place struct {
	Centre   locale.Text
	Slug     string // of the centre
	Address  locale.Text
	Group    uuid.UUID
	Name     locale.Text // of the group
	Earliest *time.Time  // nil: nothing is free
}

// Offer is what can be booked of one group at one centre.
type Offer struct {
	Centre   org.Centre
	Group    uuid.UUID
	Name     locale.Text
	Alone    int         // minutes that the first matter takes by itself
	Minutes  int         // that all of it takes
	Further  []Beside    // what else was chosen
	Beside   []Beside    // what else can be; none when as much was chosen as one appointment is for
	Services []uuid.UUID // for which people come; none: not said
	Service  *uuid.UUID  // the one of them that the first matter is; nil: not said
	Cancel   int         // minutes before the time, until which it can be moved or given back
	Times    []time.Time // that are free now, in order
	Spare    bool        // the inside cannot be asked now: a second time is wished for
}

// Beside is something that can be booked together with something else.
type Beside struct {
	contract.Matter

	Group   locale.Text
	Service locale.Text // zero: the group as such
	Minutes int         // that it takes by itself
}

// First is the first of the matters.
func (o Offer) First() contract.Matter {
	return contract.Matter{GroupID: o.Group, ServiceID: o.Service}
}

// groups are those of all that was chosen, each once.
func (o Offer) groups() []uuid.UUID {
	list := []uuid.UUID{o.Group}
	for _, f := range o.Further {
		if !slices.Contains(list, f.GroupID) {
			list = append(list, f.GroupID)
		}
	}
	return list
}

// Days are the dates (midnight UTC) on which something is free, in order.
func (o Offer) Days() (list []time.Time) {
	for _, at := range o.Times {
		if day := workdays.DateOf(at); len(list) == 0 || !list[len(list)-1].Equal(day) {
			list = append(list, day)
		}
	}
	return list
}

// On are the free times of a date.
func (o Offer) On(day time.Time) (list []time.Time) {
	for _, at := range o.Times {
		if workdays.DateOf(at).Equal(day) {
			list = append(list, at)
		}
	}
	return list
}

// Near are the free times nearest to a moment, at most so many, in order.
func (o Offer) Near(at time.Time, most int) []time.Time {
	list := slices.Clone(o.Times)
	slices.SortStableFunc(list, func(a, b time.Time) int { return cmp.Compare(a.Sub(at).Abs(), b.Sub(at).Abs()) })
	list = list[:min(len(list), most)]
	slices.SortFunc(list, time.Time.Compare)
	return list
}

// other are the times of the next day after one, or of an earlier one: for a second wish.
func (o Offer) other(day time.Time) []time.Time {
	days := slices.DeleteFunc(o.Days(), func(d time.Time) bool { return d.Equal(day) })
	if len(days) == 0 {
		return nil
	}
	if i := slices.IndexFunc(days, func(d time.Time) bool { return d.After(day) }); i >= 0 {
		return o.On(days[i])
	}
	return o.On(days[len(days)-1])
}

// Draft is the wish for an appointment while it is written. Make it with NewDraft.
type Draft struct {
	submission.OnePage

	offer Offer
	day   time.Time
	kept  keptDraft
}

// keptDraft is what a sealed draft holds.
type keptDraft struct {
	submission.KeptPage

	Group uuid.UUID `json:"group"`
}

// NewDraft is an empty wish for a time of the day.
func NewDraft(o Offer, day time.Time) *Draft {
	d := &Draft{OnePage: submission.OnePage{Answers: forms.Answers{}}, offer: o, day: day}
	d.Form = func() (*forms.Form, error) { return o.form(day) }
	return d
}

// Told is what the receipt of a wish for an appointment says: for when, and each matter.
type Told struct {
	At      time.Time  `json:"at"`
	Second  *time.Time `json:"second,omitempty"`
	Minutes int        `json:"minutes"` // that all of it takes
	Matters []Named    `json:"matters"`
}

// Named is a matter in words, with the minutes that it takes by itself.
type Named struct {
	Name    locale.Text `json:"name"`
	Minutes int         `json:"minutes"`
}

// Name is the service where the matter is one, or its group.
func (b Beside) Name() locale.Text {
	if b.Service.IsZero() {
		return b.Group
	}
	return b.Service
}

// Booking is an appointment as its holder sees it.
type Booking struct {
	ID        uuid.UUID
	Number    string
	CentreID  uuid.UUID
	GroupID   uuid.UUID
	ServiceID *uuid.UUID
	Further   []contract.Matter // what else it is for
	Also      []locale.Text     // the same in words
	Name      locale.Text       // of the group; zero when it is not offered any more
	BeginsAt  time.Time
	Minutes   int
	State     string // booked, arrived, cancelled, refused
	Why       string // it was refused: taken, gone, limit, contact, new
	Said      string // what became of the last change: moved, move_ and why not, late, held
	Stands    bool   // false: the centre cannot keep it, and another time is to be chosen
	Cancel    int    // minutes before the time, until which it can be moved or given back
	Documents []locale.Text
}

var _ tracking.Shown = (*Booking)(nil)

// Open implements tracking.Shown: nothing of an appointment is sealed.
func (*Booking) Open(seal.Code) error { return nil }

// Changes says whether the appointment can still be moved or given back.
func (b *Booking) Changes(now time.Time) bool {
	return b.State == "booked" && !now.After(b.Until()) && !b.Begun(now)
}

// Until is the last moment at which the appointment can be moved or given back. One that cannot be kept can be until its time.
func (b *Booking) Until() time.Time {
	if !b.Stands {
		return b.BeginsAt
	}
	return b.BeginsAt.Add(-time.Duration(b.Cancel) * time.Minute)
}

// Lost says whether the centre cannot keep the appointment, which is not over.
func (b *Booking) Lost(now time.Time) bool { return b.State == "booked" && !b.Stands && !b.Past(now) }

// Begun says whether its time has come: from then on nothing is changed.
func (b *Booking) Begun(now time.Time) bool { return !now.Before(b.BeginsAt) }

// Missed says whether the time has passed and nobody came.
func (b *Booking) Missed(now time.Time) bool { return b.State == "booked" && b.Past(now) }

// Past says whether the time has passed.
func (b *Booking) Past(now time.Time) bool { return b.EndsAt().Before(now) }

// EndsAt is when the appointment is over.
func (b *Booking) EndsAt() time.Time { return b.BeginsAt.Add(time.Duration(b.Minutes) * time.Minute) }

// Change moves an appointment, or gives it back when To is nil. Its sender holds the code.
type Change struct {
	submission.Draft

	Booking *Booking
	To      *time.Time
	Held    seal.Code
}

// Act is what the change asks for.
func (c *Change) Act() string {
	if c.To == nil {
		return contract.BookingGivesUp
	}
	return contract.BookingMoves
}

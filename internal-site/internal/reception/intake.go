package reception

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/workdays"
)

// Subject is the subject of answers to bookings.
const Subject = "booking"

// Why a place could not be had, and what became of a change, as they leave.
const (
	whyTaken   = "taken"   // somebody else has it
	whyGone    = "gone"    // it is not offered (any more)
	whyLimit   = "limit"   // the contact has enough of them
	whyContact = "contact" // enough people whom nobody can reach have booked for that day
	whyNew     = "new"     // enough people have booked for that day online whose contact has never come

	saidMoved = "moved"
	saidLate  = "late" // it was too late to move or give back
	saidHeld  = "held" // staff have to look at the change
)

// Intake takes bookings that arrive online.
type Intake struct{ now func() time.Time }

// NewIntake makes the intake's handler of bookings.
func NewIntake() Intake { return Intake{time.Now} }

// At returns a copy whose clock is now.
func (Intake) At(now func() time.Time) Intake { return Intake{now} }

// Kind implements intake.Handler.
func (Intake) Kind() string { return contract.KindBooking }

// Handle implements intake.Handler. A place that cannot be had is an answer like another: nobody in the centre could give it.
func (h Intake) Handle(ctx context.Context, tx intake.Tx, o intake.Opened) (intake.Answer, error) {
	r, ok := o.Record.(*contract.Booking)
	if !ok {
		return intake.Answer{}, fmt.Errorf("record of kind %s is no booking", o.Record.Kind())
	}
	known, err := bookings(ctx, tx, `message_id = $1 or last_message = $1`, o.ID)
	if err != nil {
		return intake.Answer{}, err
	}
	if len(known) > 0 {
		return intake.Registered(Subject, known[0].ID, known[0].Number), nil
	}
	if r.Act != contract.BookingMakes {
		return h.change(ctx, tx, o, r)
	}
	if err := intake.RefusePlace(checkPlace(ctx, tx, r)); err != nil {
		return intake.Answer{}, err
	}
	b, err := h.take(ctx, tx, o, r)
	if err != nil {
		return intake.Answer{}, err
	}
	if err := markOnline(ctx, tx, b, o); err != nil {
		return intake.Answer{}, err
	}
	return intake.Registered(Subject, b.ID, b.Number), b.record(ctx, tx, audit.System("intake"), "reception.booking."+string(b.State))
}

// take books the first of the wished times that can be had. When none can, it is refused.
func (h Intake) take(ctx context.Context, tx intake.Tx, o intake.Opened, r *contract.Booking) (b Booking, err error) {
	a := Appointment{Group: *r.GroupID, Service: r.ServiceID, Further: r.Further, Name: r.Name, Email: r.Email, Phone: r.Phone, Language: r.Language}
	why, there := "", Hall{}
	for _, at := range []*time.Time{r.At, r.Second} {
		if at == nil {
			continue
		}
		a.At = *at
		b, err = book(ctx, tx, r.CentreID, a, h.now(), func(hall Hall) error {
			there = hall
			return hall.mayBook(ctx, tx, a, o.FiledAt, h.now())
		})
		if err == nil {
			return b, nil
		}
		if why = whyNot(err); why == "" {
			return b, err
		}
	}
	a.At = *r.At
	return refuse(ctx, tx, there, a, why, h.now())
}

// errLimit ends a booking of a contact that has enough of them, errContact one without a contact on a day that has enough of those, and errNew
// one of a contact that has never come on a day that has enough of those.
var (
	errLimit   = errors.New("the contact has enough appointments")
	errContact = errors.New("the day has enough appointments of people whom nobody can reach")
	errNew     = errors.New("the day has enough appointments of contacts that have never come")
)

// mayBook says whether somebody may book online: early enough when they sent it, while their contact has fewer than are allowed anywhere, and
// while the day has room for them.
func (h Hall) mayBook(ctx context.Context, tx intake.Tx, a Appointment, filed, now time.Time) error {
	if err := h.noticed(a.At, filed); err != nil {
		return err
	}
	if err := holdContact(ctx, tx, a.Email, a.Phone); err != nil {
		return err
	}
	n, err := toCome(ctx, tx, a.Email, a.Phone, now)
	if err == nil && n >= h.Plan.PerContact {
		return errLimit
	}
	if err != nil {
		return err
	}
	return h.hasRoom(ctx, tx, a.Email, a.Phone, workdays.DateOf(a.At), len(a.Matters()))
}

// noticed says whether a time was wished for early enough.
func (h Hall) noticed(at, filed time.Time) error {
	if at.Before(filed.Add(time.Duration(h.Plan.Notice) * time.Minute)) {
		return fault.InvalidFields(fault.FieldError{Field: "at", Key: "reception.time_gone"})
	}
	return nil
}

// hasRoom says whether a date takes one more person with the contact, who comes for so many matters. All who leave none have Hall.Unreached of a day together, and all
// whose contact has never come have Hall.New: nobody takes a whole day by inventing one name, or one contact, after another. Staff may
// book the rest for whoever telephones.
func (h Hall) hasRoom(ctx context.Context, tx intake.Tx, email, phone string, date time.Time, matters int) error {
	known, err := hasCome(ctx, tx, email, phone)
	if err != nil || known {
		return err
	}
	o, err := opening(ctx, tx, h.CentreID)
	if err != nil {
		return err
	}
	unreached, all, err := newOn(ctx, tx, h.CentreID, date)
	switch {
	case err != nil:
		return err
	case email == "" && phone == "" && unreached > 0 && unreached+matters > h.Unreached(o, date):
		return errContact
	case all > 0 && all+matters > h.New(o, date):
		return errNew
	}
	return nil
}

// whyNot is the reason of a refusal that whoever booked is told; "" for a trouble of ours.
func whyNot(err error) string {
	var wrong *fault.Error
	switch {
	case errors.Is(err, errLimit):
		return whyLimit
	case errors.Is(err, errContact):
		return whyContact
	case errors.Is(err, errNew):
		return whyNew
	case !errors.As(err, &wrong) || wrong.Kind != fault.Invalid:
		return ""
	}
	for _, f := range wrong.Fields {
		if f.Key == "reception.time_taken" {
			return whyTaken
		}
	}
	return whyGone
}

// change moves or gives back an appointment whose code the sender holds.
func (h Intake) change(ctx context.Context, tx intake.Tx, o intake.Opened, r *contract.Booking) (intake.Answer, error) {
	if err := org.HoldCalendar(ctx, tx); err != nil { // before the times, as everybody who books
		return intake.Answer{}, err
	}
	if err := holdTimes(ctx, tx, r.CentreID); err != nil {
		return intake.Answer{}, err
	}
	list, err := bookings(ctx, tx, ofHolder+` for update`, *r.BookingID, r.CentreID, o.CodeHash)
	if err != nil {
		return intake.Answer{}, err
	}
	if err := intake.RefusePlace(intake.Offered(map[string]bool{"booking_id": len(list) == 1})); err != nil {
		return intake.Answer{}, err
	}
	b := list[0]
	answer := intake.Registered(Subject, b.ID, b.Number)
	said, err := h.changed(ctx, tx, b, r, o.FiledAt)
	if err != nil {
		return answer, err
	}
	if err := markChanged(ctx, tx, b.ID, o.ID, said); err != nil {
		return answer, err
	}
	return answer, b.record(ctx, tx, audit.System("intake"), "reception.booking."+r.Act)
}

// changed does it, and says what became of it: "" when it was given back, or had ended before. Whether it was in time is judged by when it
// was sent, as the link may have been down since; what has begun is not changed any more. Until then it is never too late for one that the centre
// cannot keep.
func (h Intake) changed(ctx context.Context, tx intake.Tx, b Booking, r *contract.Booking, filed time.Time) (string, error) {
	plan, err := hall(ctx, tx, b.CentreID)
	if err != nil {
		return "", err
	}
	switch {
	case b.State != Booked:
		return "", nil
	case r.At != nil && b.Stands && r.At.Equal(b.BeginsAt): // the button was pressed twice; one that is lost goes to another window
		return saidMoved, nil
	case !h.now().Before(b.BeginsAt), b.Stands && filed.Add(time.Duration(plan.Plan.Cancel)*time.Minute).After(b.BeginsAt):
		return saidLate, nil
	case r.Act == contract.BookingGivesUp:
		return "", giveBack(ctx, tx, b, h.now(), nil)
	}
	if err := move(ctx, tx, plan, b, *r.At, filed, h.now()); err != nil {
		if why := whyNot(err); why != "" {
			return "move_" + why, nil
		}
		return "", err
	}
	return saidMoved, nil
}

// maxChanges is how many changes of one appointment are taken beside the allowance for messages of people whom nobody knows.
const maxChanges = 20

// Proven implements intake.Prover: whoever holds the code of an appointment is not kept from changing it by what others send.
func (Intake) Proven(ctx context.Context, tx intake.Tx, r contract.Record, codeHash []byte) (bool, error) {
	b, ok := r.(*contract.Booking)
	if !ok || b.Act == contract.BookingMakes {
		return false, nil
	}
	n, err := changesOf(ctx, tx, b, codeHash)
	return err == nil && n < maxChanges, missing(err)
}

// Held implements intake.Prover: its holder follows the appointment and not the message.
func (Intake) Held(ctx context.Context, tx intake.Tx, r contract.Record, codeHash []byte) error {
	b, ok := r.(*contract.Booking)
	if !ok || b.Act == contract.BookingMakes {
		return nil
	}
	return markHeld(ctx, tx, b, codeHash)
}

// missing leaves out that there is no such appointment.
func missing(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// Package outbox is what other domains know of notices: it puts what an applicant is to be told into the transaction of
// the act that causes it. Sending, wording and pages are the business of internal/notices, which nobody needs to import
// for it. It may import pgx and shared; store.go holds the SQL.
package outbox

import (
	"time"

	"github.com/google/uuid"
)

// Event is something that happened to a case.
type Event struct {
	ID     uuid.UUID // of the event, so that it is told once
	CaseID uuid.UUID
	Kind   string // as internal/cases names it
	At     time.Time
	// Held is until when the act can be taken back: nothing is told before. Zero for an act that stands at once.
	Held time.Time
}

// Appointment is something that happened to an appointment, of which whoever has it is told.
type Appointment struct {
	BookingID uuid.UUID
	Kind      string    // BookingLost, BookingStands or BookingNear
	BeginsAt  time.Time // of the appointment: once it has another time, there is nothing to tell of this one
	At        time.Time
	Held      time.Time // nothing is told before
}

// What happens to appointments.
const (
	BookingLost   = "booking_lost"   // the centre cannot keep it
	BookingStands = "booking_stands" // it can be kept again
	BookingNear   = "booking_near"   // it comes near
)

// Answer is an answer to a question or to documents that were sent to be checked, of which whoever asked is told. One of the ids is not Nil.
type Answer struct {
	ThreadID  uuid.UUID
	PackageID uuid.UUID
	Closed    bool // there is none, and why
	At        time.Time
}

// told are the kinds of event that applicants are told of, with the notice that tells it. All others are for staff, or follow
// from one of these.
var told = map[string]string{
	"registered": "registered", "suspended": "suspended", "message": "message", "decided": "decided", "result_ready": "result_ready",
	"decision_corrected": "decision_corrected", "decision_withdrawn": "decision_withdrawn", "result_withdrawn": "result_withdrawn",
	"extended": "extended", "result_waits": "result_waits", "uncollected": "uncollected",
}

// Choice is how the applicant of a case wants to be told. The zero value is Ukrainian and whatever contact there is.
type Choice struct {
	Channel  string // email, sms or none; "" leaves it to the portal
	Language string // uk or en; "" is uk
}

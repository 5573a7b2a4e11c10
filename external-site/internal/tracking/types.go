// Package tracking is what a citizen may see of an application with its number and secret code, without an account:
// whether it was handed over, registered, what stage it is at, what was decided, and the sealed result.
//
// It reads the replica and the receipts of this node and never writes. Whoever has no code learns nothing, not even
// whether a number exists. types.go and rules.go hold no SQL. It may import shared and external-site/internal/documents.
package tracking

import (
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// Place is how far an application has come.
type Place string

// The places, in order.
const (
	Sent       Place = "sent"       // waits on this node
	Delivered  Place = "delivered"  // inside, not answered yet
	Held       Place = "held"       // a member of staff looks at it
	Refused    Place = "refused"    // not accepted; the reason is said
	Registered Place = "registered" // a case
	InProgress Place = "in_progress"
	Suspended  Place = "suspended"
	Decided    Place = "decided"
	Issued     Place = "issued"
	Closed     Place = "closed"
)

// Status is everything a citizen sees of one application.
type Status struct {
	ReceiptNumber string // "" for an application made at the counter
	CaseNumber    string // "" until there is a case
	Service       locale.Text
	ServiceCode   string
	Centre        locale.Text
	Authority     locale.Text
	SentAt        *time.Time
	DeliveredAt   *time.Time
	Answer        *Answer
	Case          *Case
	Stages        []Stage
	Events        []Event
	Results       []Result
	Experience    *Experience
}

// Answer is what the intake said.
type Answer struct {
	Outcome    string // registered, held, refused
	Reason     locale.Text
	AnsweredAt time.Time
}

// Case is the registered case.
type Case struct {
	ID           uuid.UUID
	State        string
	Outcome      string // granted, refused, or "" until decided
	FiledAt      time.Time
	RegisteredAt time.Time
	DueOn        time.Time // midnight UTC of the day
	DecidedAt    *time.Time
	ClosedAt     *time.Time
}

// Stage is one step of the technological card in this case.
type Stage struct {
	Position   int
	Name       locale.Text
	Authority  locale.Text // zero: the centre itself
	Days       int
	State      string // waiting, active, done, skipped
	StartedAt  *time.Time
	DueOn      *time.Time
	FinishedAt *time.Time
}

// Event is something that happened, in words for the applicant.
type Event struct {
	At   time.Time
	Kind string
	Text locale.Text
}

// Result is a decision to download, sealed to the applicant's code.
type Result struct {
	ID       uuid.UUID
	FileName string
	Size     int64 // of the sealed bytes
	SHA256   string
	Ready    bool // the bytes are on this node

	key string
}

// Experience is how long decided cases of the same service took, in whole days. Medians, as averages mislead.
type Experience struct {
	Cases                 int
	Shortest, Median, Max int
}

// Place says how far the application has come.
func (s Status) Place() Place {
	switch {
	case s.Case != nil:
		return Place(s.Case.State)
	case s.Answer != nil && s.Answer.Outcome == "refused":
		return Refused
	case s.Answer != nil && s.Answer.Outcome == "held":
		return Held
	case s.Answer != nil: // registered, but the case has not come yet
		return Registered
	case s.DeliveredAt != nil:
		return Delivered
	}
	return Sent
}

// Moving says whether the next change may be a matter of seconds.
func (s Status) Moving() bool { p := s.Place(); return p == Sent || p == Delivered }

// Final says whether nothing more is to come.
func (s Status) Final() bool { p := s.Place(); return p == Closed || p == Refused }

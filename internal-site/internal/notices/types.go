// Package notices tells applicants how their cases go, by e-mail and SMS. What is to be told is put into the outbox by
// internal/notices/outbox in the transaction of the act; here it is worded, sent and followed until it arrived, and staff
// see what did not. Whoever follows a case from a cabinet of the public site gets copies (internal/notices/follow takes what they want). types.go and rules*.go are pure, store*.go hold the SQL, worker.go sends through the channels that
// internal/notices/mail and internal/notices/sms are. Staff are told in the site: bell.go. It may import internal/access,
// internal/audit, internal/cases (for its rights), internal/org and shared.
package notices

import (
	"context"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// Kind is what a notice tells of: the kind of the case's event.
type Kind string

// The kinds.
const (
	Registered  Kind = "registered"
	Suspended   Kind = "suspended"
	Message     Kind = "message"
	Decided     Kind = "decided"
	ResultReady Kind = "result_ready"
	Extended    Kind = "extended" // the term of the case
	ResultWaits Kind = "result_waits"
	Uncollected Kind = "uncollected" // the result, in its storage term
	// What was wrong and has been put right.
	DecisionCorrected Kind = "decision_corrected"
	DecisionWithdrawn Kind = "decision_withdrawn"
	ResultWithdrawn   Kind = "result_withdrawn"
)

// Kinds lists every kind.
var Kinds = []Kind{Registered, Suspended, Message, Decided, ResultReady, Extended, ResultWaits, Uncollected, DecisionCorrected, DecisionWithdrawn, ResultWithdrawn}

// State is how far a notice got.
type State string

// The states of a notice.
const (
	Waiting   State = "waiting"
	Sending   State = "sending"   // handed to the channel, answer not known yet
	Sent      State = "sent"      // the mail or SMS server took it
	Delivered State = "delivered" // the SMS centre says that the phone has it
	Failed    State = "failed"
	Unknown   State = "unknown" // it may have left: the worker or the line broke off before the server answered
	Dropped   State = "dropped" // there was nothing to tell any more
)

// ChannelName names a way to tell.
type ChannelName string

// The channels.
const (
	Email ChannelName = "email"
	SMS   ChannelName = "sms"
)

// Notice is one row of the outbox.
type Notice struct {
	EventID     uuid.UUID
	CaseID      uuid.UUID  // of these four one is not Nil: what it tells of, a case,
	BookingID   uuid.UUID  // an appointment,
	ThreadID    uuid.UUID  // a question
	PackageID   uuid.UUID  // or documents that were sent to be checked
	About       *time.Time // when the appointment begins, by what is told
	Kind        Kind
	At          time.Time // of the event
	State       State
	Channel     ChannelName
	Reason      string // name of a message; "" when there is nothing to explain
	Detail      string // what the server answered
	Attempts    int
	SentAt      *time.Time
	DeliveredAt *time.Time
	ToldAt      *time.Time
	ToldBy      string // full name
	ToldHow     How
}

// How is a way in which staff told an applicant themselves.
type How string

// The ways.
const (
	ByPhone  How = "phone"
	AtVisit  How = "visit"
	ByPost   How = "post"
	Needless How = "needless" // the applicant knows already, or need not
)

// Ways lists every way.
var Ways = []How{ByPhone, AtVisit, ByPost, Needless}

// Facts are what a notice depends on, as they stand at the moment of sending.
type Facts struct {
	Number   string
	State    string // of the case
	Outcome  string
	Counter  bool // the case was filed at the counter
	Tracked  bool // the applicant holds a code for the public site
	Service  locale.Text
	Centre   locale.Text
	Address  locale.Text // of the centre
	Phones   []string    // of the centre
	Undone   bool        // the act was taken back
	Newer    bool        // a later notice of the same case says more
	IssuedAt *time.Time  // when the result was handed over
	Until    *time.Time  // the day until which the result is stored, once it is said
	On       bool        // the module is switched on for the centre
	Contact  Contact
}

// Contact is how an applicant can be reached, and wants to be.
type Contact struct {
	Phone, Email string
	Choice       string // email, sms, none or ""
	Language     locale.Lang
}

// Letter is a notice that is ready to leave.
type Letter struct {
	ID      uuid.UUID // of the event: the same letter has the same id at every attempt
	To      string    // address or number
	Subject string    // of e-mail
	Text    string
}

// Receipt is what a channel knows of a letter that the server took.
type Receipt struct {
	MessageIDs []string // of the SMS centre, one for each part; none for e-mail
}

// Channel sends letters. Send calls handing once, when everything before the letter itself went well and nothing of it has
// left yet; when handing fails the letter must not leave. A *Failure says what became of a letter that was not taken.
type Channel interface {
	Send(ctx context.Context, l Letter, handing func() error) (Receipt, error)
}

// Fate is what is to be done with a letter that the server did not take.
type Fate int

// The fates.
const (
	Later   Fate = iota // nothing left; it may be tried again
	Never               // the server refuses it for good
	Nowhere             // nobody knows whether it left, so it must not be sent again
)

// Failure is why a letter was not taken, in the server's own words. Detail names no address.
type Failure struct {
	Fate   Fate
	Reason string // name of a message
	Detail string
}

// Error implements error.
func (f *Failure) Error() string { return f.Reason + ": " + f.Detail }

// Package tracking is what a citizen may see of a submission with its number and secret code, without an account:
// whether it was handed over, what the intake said, and what became of it inside. What a subject shows beyond that is
// its Follower's business; the one for cases is here: stages, decision, the sealed result.
//
// It reads the replica and the receipts of this node and never writes. Whoever has no code learns nothing, not even
// whether a number exists. types.go and rules.go hold no SQL. It may import shared, and internal/documents, internal/modules
// and internal/org of this site.
package tracking

import (
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/region"
	"portal.example/shared/seal"
	"portal.example/shared/workdays"
)

// Place is how far a submission has come.
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
	Declined   Place = "declined" // decided: the service is refused
	Issued     Place = "issued"
	Closed     Place = "closed"
	TakenBack  Place = "withdrawn" // the applicant took the application back

	Open     Place = "open"     // a question that waits for its answer
	Answered Place = "answered" // a question
)

// Status is everything a citizen sees of one submission.
type Status struct {
	Kind          string // in shared/contract; "" as long as nothing tells it
	Subject       string // what it became inside, "" when it did not (yet)
	ReceiptNumber string // "" for what was opened at the counter
	Number        string // the subject's own; "" until there is one
	Service       locale.Text
	ServiceCode   string
	Centre        locale.Text
	Authority     locale.Text
	SentAt        *time.Time
	DeliveredAt   *time.Time
	Answer        *Answer
	Reached       Place // how far the subject has come; "" without one
	Final         bool  // nothing more is to come of the subject
	Version       string
	CentreID      uuid.UUID // where it is; Nil when it is at no centre, or has not come there yet

	// What cases show.
	Case       *Case
	Stages     []Stage
	Events     []Event
	Results    []Result
	Experience []Experience   // by outcome; only outcomes with cases enough
	CentreAt   *org.Centre    // how to reach the centre; nil when it is not published
	DecidesAt  *org.Authority // and the authority that decides
	Appeals    region.Appeals // how a refusal is appealed; zero unless there is one

	Term     Term       // what the last day was counted from
	Waited   []Waited   // with whom the case lay
	Expected *time.Time // the day on which similar cases are usually decided; nil when nothing can be said

	Replies []Reply // what the applicant sent about the case from here, the newest first
	Rated   bool    // the applicant has answered a survey about the case from here

	// Shown is what another subject shows, for the page that knows it; nil without one.
	Shown Shown
}

// Shown is the part of a status that a subject of another kind brings.
type Shown interface {
	// Open opens what is sealed to the code.
	Open(seal.Code) error
}

// Answer is what the intake said.
type Answer struct {
	Outcome    string      // registered, held, refused, closed
	Reason     locale.Text // the portal's own words
	AnsweredAt time.Time
	// Said is what staff wrote, empty until it was opened with the code.
	Said       locale.Text
	Unreadable bool // the bytes of Said are damaged, or sealed to another code

	sealed []byte
}

// Case is the registered case.
type Case struct {
	ID           uuid.UUID
	CentreID     uuid.UUID
	State        string
	Outcome      string // Granted, Denied, or "" until decided
	FiledAt      time.Time
	RegisteredAt time.Time
	DueOn        time.Time // midnight UTC of the day
	DecidedAt    *time.Time
	ClosedAt     *time.Time
}

// The outcomes of a case.
const (
	Granted = "granted"
	Denied  = "refused"
	// WasTakenBack is the outcome of a case that ended at its applicant's wish.
	WasTakenBack = "withdrawn"
)

// The states of a stage that decide what is told of it.
const (
	stageWaiting = "waiting" // it has not begun
	stageActive  = "active"
	stageSkipped = "skipped"
)

// Stage is one step of the technological card in this case.
type Stage struct {
	Position   int
	Name       locale.Text
	Authority  locale.Text // zero: the centre itself
	Days       int
	DaysIn     workdays.Unit
	State      string // waiting, active, done, skipped
	StartedAt  *time.Time
	DueOn      *time.Time
	FinishedAt *time.Time
	// ExpectedOn is the day on which a stage ahead should end, roughly; nil when nothing can be said.
	ExpectedOn *time.Time
}

// Rule says how the days of the stage are counted, as inside.
func (s Stage) Rule() workdays.Rule { return workdays.Span{Days: s.Days, In: s.DaysIn}.Rule() }

// The kinds of event that the page knows; whatever else happens is told as it comes.
const (
	eventStageStarted  = "stage_started"
	eventStageFinished = "stage_finished"
	eventSuspended     = "suspended"
	eventResumed       = "resumed"
	eventExtended      = "extended"
	eventMessage       = "message"
	eventDecided       = "decided"
	eventResultReady   = "result_ready"
	eventReplied       = "replied"
	eventWithdrawal    = "withdrawal_asked"
)

// Event is something that happened, in words for the applicant: the portal's own, and what a member of staff wrote.
type Event struct {
	At   time.Time
	Kind string
	Text locale.Text
	// Said is what staff wrote, empty until it was opened with the code.
	Said       string
	Unreadable bool // the bytes of Said are damaged, or sealed to another code
	// Asked is what the applicant is asked for by a suspension, nil until it was opened with the code.
	Asked *contract.Asked

	sealed, asked []byte
}

// Reply is something that the applicant sent about the case, and how far it has come.
type Reply struct {
	Receipt     string
	SentAt      time.Time
	DeliveredAt *time.Time // when it was inside
	Outcome     string     // what the intake said: registered, held, refused, closed; "" while it has said nothing
	Reason      locale.Text
	Envelope    string // hex SHA-256 of what was sent
}

// UnderWay says whether the inside has said nothing of the reply yet.
func (r Reply) UnderWay() bool { return r.Outcome == "" }

// Result is a decision to download, sealed to the applicant's code.
type Result struct {
	ID       uuid.UUID
	Title    locale.Text // what the authority calls it: a result, or a decision with its number and date
	FileName string
	Number   int   // among several, from 1, signatures not counted; 0 when it is the only one
	Size     int64 // of the sealed bytes, a few hundred more than of the document
	SHA256   string
	At       time.Time
	Ready    bool // the bytes are on this node
	// Of is the file that this one is the electronic signature of, "" when it is none; Signed says that there is one beside.
	Of     string
	Signed bool

	key string
}

// Experience is how long decided cases of the same service took from filing to decision, in whole days of Kyiv, without
// those in which the work stood still. Granted and refused cases are counted apart, since refusals are often quicker. The
// median stands for all, as averages mislead.
type Experience struct {
	Outcome               string
	Cases                 int
	Shortest, Median, Max int
}

// Place says how far the submission has come.
func (s Status) Place() Place {
	switch {
	case s.Reached != "":
		return s.Reached
	case s.Answer != nil && s.Answer.Outcome == "refused":
		return Refused
	case s.Answer != nil && s.Answer.Outcome == "closed":
		return Closed
	case s.Answer != nil && s.Answer.Outcome == "registered": // but the subject has not come yet
		return Registered
	case s.Answer != nil: // held, in conflict, or something that this release does not know: a member of staff looks at it
		return Held
	case s.DeliveredAt != nil:
		return Delivered
	}
	return Sent
}

// Waiting says whether something is still to come, so that it makes sense to look again.
func (s Status) Waiting() bool { return !s.Ended() }

// Moving says whether the next change may be a matter of seconds.
func (s Status) Moving() bool {
	p := s.Place()
	return p == Sent || p == Delivered || len(s.Replies) > 0 && s.Replies[0].UnderWay()
}

// Ended says whether nothing more is to come.
func (s Status) Ended() bool { return s.Final || s.Place() == Refused || s.Place() == Closed }

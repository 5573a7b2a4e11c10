// Package cases is the work on applications: registration, stages by the technological card, terms,
// decisions, results and what the applicant may read of it. types.go, rules.go and machine.go are pure;
// store*.go hold the SQL; intake.go takes what arrives online. It may import shared, internal/audit, internal/access,
// internal/decisions, internal/documents, internal/intake, internal/notices/outbox, internal/offices and internal/org.
package cases

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// State is where a case stands.
type State string

// The states, in the order a case passes them.
const (
	Registered State = "registered"
	InProgress State = "in_progress"
	Suspended  State = "suspended"
	Decided    State = "decided"
	Issued     State = "issued"
	Closed     State = "closed"
)

// States lists every state.
var States = []State{Registered, InProgress, Suspended, Decided, Issued, Closed}

// Outcome is what was decided.
type Outcome string

// The outcomes; "" until there is one.
const (
	Granted Outcome = "granted"
	Refused Outcome = "refused"
	// Withdrawn: the applicant took the application back, and nothing was decided.
	Withdrawn Outcome = "withdrawn"
)

// Channel is how an application arrived.
const (
	Counter = "counter"
	Online  = "online"
)

// Applicant is a person, an entrepreneur or an entity. Hardly any field can be demanded: some people have no
// patronymic, some no tax number.
type Applicant struct {
	ID        uuid.UUID
	Kind      string // person, entrepreneur or entity
	Surname   string
	GivenName string
	// Patronymic is empty for people who have none.
	Patronymic string
	Entity     string // name of the entity
	TaxNumber  string // РНОКПП
	EDRPOU     string
	UNZR       string
	Passport   string
	// Document is the kind of document that Passport is the number of, as shared/contract names it; "": a passport of Ukraine.
	Document string
	// NoTaxNumber says that the applicant has no РНОКПП, or a mark in the passport that it was refused.
	NoTaxNumber bool
	Address     string
	Phone       string
	Email       string
	// Representative acts for the applicant; without a surname nobody does.
	Representative Representative
}

// Representative is who acts for an applicant, and by what.
type Representative struct {
	Surname, GivenName, Patronymic string

	Basis    string // law or attorney, as shared/contract names them
	Document string // what proves it, as the applicant wrote it
}

// Name is the representative's full name, surname first; "" when nobody acts for the applicant.
func (r Representative) Name() string { return joinWords(r.Surname, r.GivenName, r.Patronymic) }

// Name is how lists name the applicant: the entity, or surname first.
func (a Applicant) Name() string {
	if a.Entity != "" {
		return a.Entity
	}
	return joinWords(a.Surname, a.GivenName, a.Patronymic)
}

// Signatory is the person who signed the application of an entity; "" when a person applies for themselves.
func (a Applicant) Signatory() string {
	if a.Entity == "" {
		return ""
	}
	return joinWords(a.Surname, a.GivenName, a.Patronymic)
}

// Filing is an application as it arrives for registration.
type Filing struct {
	MessageID     *uuid.UUID // the submission it came from; nil at the counter
	ReceiptNumber string
	Channel       string
	ServiceID     uuid.UUID
	CentreID      uuid.UUID
	FormID        *uuid.UUID
	Applicant     Applicant
	Answers       json.RawMessage // the form as it was filled in
	FiledAt       time.Time
	CodeHash      []byte        // SHA-256 of the applicant's secret code; nil when there is none
	Recipient     string        // age recipient derived from that code
	Told          outbox.Choice // how the applicant wants to be told
	Clerk         string        // full name of who registers it, for the events; "": the name that the trail knows
	// Received are files that are in the object store already; Register writes their rows.
	Received []documents.File
	// Received over the counter by whom; nil for a case that is in nobody's hands yet.
	Receiver *Receiver
}

// Receiver is the clerk who receives an application over the counter, and has done so while the visitor stood there: the case is in their
// hands, and the stage of its reception is done.
type Receiver struct {
	access.Actor
	// HandOver ends the handing over as well, where the centre has such a stage before an authority's.
	HandOver bool
}

// Case is one application under work.
type Case struct {
	ID            uuid.UUID
	Number        string
	CentreID      uuid.UUID
	AuthorityID   uuid.UUID
	ServiceID     uuid.UUID
	CardID        uuid.UUID
	TechCardID    *uuid.UUID
	FormID        *uuid.UUID
	ApplicantID   uuid.UUID
	Channel       string
	MessageID     *uuid.UUID
	ReceiptNumber string
	State         State
	Outcome       Outcome
	Grounds       []string // of a refusal: ids of the card, and OtherGround
	DecisionNote  string
	Answers       json.RawMessage
	FiledAt       time.Time
	RegisteredAt  time.Time
	DueOn         time.Time // a date, midnight UTC
	DecidedAt     *time.Time
	ClosedAt      *time.Time
	AssignedTo    *uuid.UUID
	InternalNotes string
	Recipient     string
	Tracked       bool
	Version       int
	OtherGround   string    // the words of a ground that the card does not name
	Proposal      *Proposal // a decision that is worded and waits for its signature; nil when there is none
	IssuedPaper   string    // number and date of the paper that was handed over; empty where the result was a file
	Extensions    []Extension
	StoredUntil   *time.Time // the day until which the result is stored, once the applicant was reminded of it
	UncollectedAt *time.Time // since when it has been stored for longer than that
}

// Object returns where the case belongs, for access.Can. The authorities of its stages take part.
func (c Case) Object(stages []Stage) access.Object {
	o := access.Object{Own: []access.Place{access.InCentre(c.CentreID), access.InAuthority(c.AuthorityID)}}
	for _, s := range stages {
		if s.AuthorityID != nil {
			o.Part = append(o.Part, access.InAuthority(*s.AuthorityID))
		}
	}
	return o
}

// StageState is where one stage stands.
type StageState string

// The states of a stage.
const (
	StageWaiting StageState = "waiting"
	StageActive  StageState = "active"
	StageDone    StageState = "done"
	StageSkipped StageState = "skipped"
)

// Stage is one row of the technological card in a particular case.
type Stage struct {
	ID          uuid.UUID
	CaseID      uuid.UUID
	Position    int
	Name        string
	NameEN      string
	Action      string     // shared/contract.Action…
	AuthorityID *uuid.UUID // nil: the centre itself
	Official    string
	Days        int
	State       StageState
	StartedAt   *time.Time
	DueOn       *time.Time
	FinishedAt  *time.Time
	FinishedBy  *uuid.UUID
	Note        string
	DaysIn      workdays.Unit // "": as the law says for so many days
	Plan        *Plan         // nil: the stage follows the one before it, whatever the case
	Outcome     string        // id of the way in which it ended, where the plan names some
}

// Title is the stage's name in both languages.
func (s Stage) Title() locale.Text { return locale.Text{UK: s.Name, EN: s.NameEN} }

// Span is the term of the stage as it is counted.
func (s Stage) Span() workdays.Span { return workdays.Span{Days: s.Days, In: s.DaysIn} }

// Rule says how the days of the stage are counted.
func (s Stage) Rule() workdays.Rule { return s.Span().Rule() }

// EventKind says what happened to a case.
type EventKind string

// The kinds of event.
const (
	EventRegistered    EventKind = "registered"
	EventAssigned      EventKind = "assigned"
	EventStageStarted  EventKind = "stage_started"
	EventStageFinished EventKind = "stage_finished"
	EventSuspended     EventKind = "suspended"
	EventResumed       EventKind = "resumed"
	EventMessage       EventKind = "message"
	EventResultReady   EventKind = "result_ready"
	EventDecided       EventKind = "decided"
	EventIssued        EventKind = "issued"
	EventClosed        EventKind = "closed"
	EventNote          EventKind = "note"
	EventHandedBack    EventKind = "handed_back"
	EventReminded      EventKind = "reminded"
	EventRecounted     EventKind = "recounted"         // a change of the calendar moved a last day
	EventUndone        EventKind = "undone"            // an act that was taken back; Was says what it had been
	EventTakenBack     EventKind = "taken_back"        // what the applicant may have read was taken back
	EventReturned      EventKind = "stage_returned"    // the work went back to an earlier stage
	EventSkipped       EventKind = "stage_skipped"     // a stage is not for this case
	EventInserted      EventKind = "stage_inserted"    // a stage that the card does not have
	EventDropped       EventKind = "stage_dropped"     // and was taken out again
	EventAsked         EventKind = "request_sent"      // an authority is asked for something
	EventAnswered      EventKind = "request_answered"  // it has answered, or refused
	EventRecalled      EventKind = "request_withdrawn" // whoever asked needs it no more

	EventReplied         EventKind = "replied"          // the applicant answered
	EventWithdrawalAsked EventKind = "withdrawal_asked" // the applicant wants the application back
	EventWithdrawn       EventKind = "withdrawn"        // the case ended at the applicant's wish
	EventReopened        EventKind = "reopened"
	EventPapersAdded     EventKind = "papers_added" // to a case at its end
)

// Event is one thing that happened. A published one is for the applicant to read: Text, the portal's own words, leaves
// as it is, and what staff wrote leaves only as Sealed.
type Event struct {
	ID        uuid.UUID
	CaseID    uuid.UUID
	At        time.Time
	Kind      EventKind
	Text      locale.Text
	Typed     string // what a member of staff wrote; it may name people
	Sealed    []byte // Typed, sealed to the applicant's code; nil when they hold none or are not to read it
	Asked     []byte // what a suspension asks for, a contract.Asked sealed to that code
	ActorID   *uuid.UUID
	Actor     string
	Published bool
	About     string     // name of a colleague: who had the case before, or got it
	InsteadOf string     // name of the official for whom the actor stood in
	Was       EventKind  // of an undone event: its kind before
	UndoneAt  *time.Time // of an undone event
	Grounds   []string   // of a decision that refuses, as Case.Grounds; nil elsewhere

	held  time.Time // nothing is told of it before, since its act can still be taken back
	tells EventKind // what applicants are told that it is, where they are told more exactly; "" is its kind
}

// Package counter is the reception of visitors in a service centre (прийом заявників): who came, for what, with which
// documents, until a case is registered or the documents are refused. types.go, rules.go and recognise.go are pure;
// store*.go hold the SQL. It may import shared, internal/access, internal/audit, internal/cases, internal/documents,
// internal/intake and internal/org.
//
// Source: the law of Ukraine on administrative services, article 9 (the exhaustive list of documents), and the model
// regulations of service centres (the description of received documents in two copies).
package counter

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// State is where a visit stands.
type State string

// The states of a visit.
const (
	Open       State = "open"
	Registered State = "registered" // a case was registered
	Refused    State = "refused"    // the documents were not accepted
	Left       State = "left"       // the visitor went away
)

// Visit is one visitor at the counter.
type Visit struct {
	ID        uuid.UUID
	CentreID  uuid.UUID
	OpenedBy  uuid.UUID
	Clerk     string // name of whoever opened it
	OpenedAt  time.Time
	SavedAt   time.Time
	State     State
	ServiceID *uuid.UUID
	Content   Content
	CaseID    *uuid.UUID
	EndedAt   *time.Time
	Version   int
	Origin    Origin
	OriginID  *uuid.UUID // of what it began with; nil for whoever walked in
	EndedBy   string     // name of whoever ended it; "" while it is open, and of visits that ended before this was kept
}

// Origin is what a visit began with.
type Origin string

// The origins of visits.
const (
	WalkIn     Origin = "walk_in" // the visitor came, and nothing was known before
	FromIntake Origin = "intake"  // an application that came online and waits for a person
	Booked     Origin = "booked"  // an appointment
	Called     Origin = "called"  // a ticket of the queue
)

// Start is how a visit begins with something that is known before the visitor stands at the counter. It is the contract with
// whatever knows it: the page at /counter/start?origin=…&id=… shows what the Starter of that origin returns, and begins the
// visit when the clerk says so. An address never holds anything about a person: it names the origin and the id of what is known,
// and the Starter, which checks whether the clerk may know it, returns the rest.
type Start struct {
	Origin Origin
	ID     uuid.UUID // of the entry, appointment or ticket: at most one open visit belongs to it
	// Centre is where the visitor is expected; the zero id leaves it to the clerk's own centre.
	Centre  uuid.UUID
	Service *uuid.UUID // nil: not known
	// Who is the applicant as far as known, each field as it would be typed.
	Who Person
	// Answers are those of the service's application form, by the names of its fields; nil where none are known.
	Answers json.RawMessage
	// Sent are the lines of the card that the files answer which the applicant sent, by the ids of the files; "" is beside the list.
	Sent map[string]string
}

// Object returns where the visit belongs, for access.Can.
func (v Visit) Object() access.Object {
	return access.Object{Own: []access.Place{access.InCentre(v.CentreID)}}
}

// Content is what has been taken down of a visitor, whether it is right or not.
type Content struct {
	Who Person `json:"who"`
	// Sought is what the visitor is looked for by, until something else is done; its results are part of the page.
	Sought string `json:"sought,omitempty"`
	// ServiceSought is the same for the service.
	ServiceSought string `json:"service_sought,omitempty"`
	// Answers is the application form of the service, AnswersOf the number of the earlier case that it was filled in from.
	Answers   Typed           `json:"answers,omitempty"`
	AnswersOf string          `json:"answers_of,omitempty"`
	Lines     map[string]Line `json:"lines,omitempty"` // by id of the card's document
	// Sent says which line of the list each file answers that the applicant sent online, by the ids of the files; "" is beside the
	// list, and LeftOut takes it over with none.
	Sent map[string]string `json:"sent,omitempty"`
	// Extra is what was brought beside the list: nobody can be asked for it.
	Extra string `json:"extra,omitempty"`
	// Earlier is the application that this one repeats; nil when it repeats none.
	Earlier *uuid.UUID `json:"earlier,omitempty"`
	// Shortfall says why the application is accepted although a required document is missing.
	Shortfall string `json:"shortfall,omitempty"`
	// Refusal is why the documents were not accepted.
	Refusal Refusal `json:"refusal,omitzero"`
	// Pressed is the form that was saved last, by the hash of all that it brought, so that the same form is known when it comes twice.
	Pressed string `json:"pressed,omitempty"`
}

// Made is what a visit has become.
type Made struct {
	CaseID uuid.UUID
	// Code is for the visitor's slip and is kept nowhere; zero when the applicant has one already, of an application that came online.
	Code seal.Code
	// Before says that the same form had made the case before: nothing of this one was kept, its electronic copies neither.
	Before bool
}

// Person is who came, as it was typed; Check says what is wrong with it and Normal writes it as it is kept.
type Person struct {
	contract.Applicant
	UNZR string `json:"unzr,omitempty"`
}

// Given is how a document of the list was brought.
type Given string

// How a document is brought; "" is not answered yet.
const (
	Original  Given = "original"
	Copy      Given = "copy"
	Shown     Given = "shown"   // the original was shown and given back
	Missing   Given = "missing" // required, and not there
	NotNeeded Given = "not_needed"
	Extra     Given = "extra" // brought beside the list; never an answer to one of its lines
	BySent    Given = "sent"  // a file came with the application; only where there is one
)

// Givens lists the answers in the order of the page.
var Givens = []Given{Original, Copy, Shown, Missing, NotNeeded}

// Line is what was brought of one document of the list.
type Line struct {
	Given  Given  `json:"given,omitempty"`
	Sheets string `json:"sheets,omitempty"` // as it was typed
}

// Refusal is why documents were not accepted at the counter.
type Refusal struct {
	Ground string `json:"ground,omitempty"` // id of a ground of the card
	Text   string `json:"text,omitempty"`
}

// Service is what a visitor can ask for in a centre, with the card in force today.
type Service struct {
	ID         uuid.UUID
	Code       string
	Name       locale.Text
	Applicants []string // kinds of applicants; none: all
	CardID     uuid.UUID
	Card       contract.Card
	Sheet      *Sheet // the application form; nil when the service has none
	HandsOver  bool   // the centre's second stage hands the case over to an authority
}

// Offer is one line of a choice of services.
type Offer struct {
	ID   uuid.UUID
	Code string
	Name locale.Text
}

// Known is somebody whom the centre has served before.
type Known struct {
	CaseID uuid.UUID // the latest case
	Person Person
	Cases  int
	Open   int // how many of them are not closed
	Last   time.Time
}

// Earlier is a case of the same person.
type Earlier struct {
	ID           uuid.UUID
	Number       string
	Over         bool // issued or closed
	Service      locale.Text
	ServiceID    uuid.UUID
	RegisteredAt time.Time
}

// Scan is an electronic copy made at the counter.
type Scan struct {
	ID         uuid.UUID
	Line       string // id of the card's document; "": not on the list
	FileName   string
	MediaType  string
	Size       int64
	SHA256     string
	ObjectKey  string
	Notes      string
	UploadedBy uuid.UUID
	UploadedAt time.Time
}

// LeftOut is what stands instead of a line where a file that the applicant sent is not taken over.
const LeftOut = "-"

// Sent is a file of an application that came online and that the visit takes over.
type Sent struct {
	intake.SentFile
	Line string // id of the card's document that it answers; "": beside the list, LeftOut: it is not taken over
}

// Why is the last part of the key of the words that say why a file cannot be had.
func (f Sent) Why() string {
	switch f.Reason {
	case intake.ReasonFileMissing, intake.ReasonFileDamaged, intake.ReasonFileType, intake.ReasonMalware, intake.ReasonNotScanned:
		return strings.TrimPrefix(f.Reason, "intake.reason.")
	}
	return "other"
}

// Waits says whether the file will be taken over and is still to be opened.
func (f Sent) Waits() bool { return f.State == intake.FileWanted && f.Line != LeftOut }

// Kept says whether the file will be the case's.
func (f Sent) Kept() bool { return f.State == intake.FileOpened && f.Line != LeftOut }

// Received is one line of the description of received documents.
type Received struct {
	Position int
	Line     string
	Name     locale.Text
	Given    Given
	Sheets   int
}

// Brought is what the counter knows of a case: what was received with it, and why it was accepted although something was
// missing. A case that came another way has none of it.
type Brought struct {
	Received  []Received
	Shortfall string
}

// Receipt is what the visitor takes along: the papers of a registered case.
type Receipt struct {
	CaseID       uuid.UUID
	Number       string
	RegisteredAt time.Time
	DueOn        time.Time
	Service      locale.Text
	Centre       locale.Text
	Address      locale.Text
	Phones       []string
	Applicant    string
	Represented  string // who acted for the applicant; "": nobody
	Clerk        string
	Shortfall    string
	Received     []Received
	Tracked      bool
}

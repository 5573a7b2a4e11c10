// Package requests is what authorities are asked for the work on a case (міжвідомчий запит): a document or information, with
// a term, and the answer or the reasoned refusal. The authority that is asked sees what the request carries and nothing else
// of the case. types.go and rules.go are pure; store*.go hold the SQL. It may import shared, internal/access, internal/audit,
// internal/cases, internal/documents and internal/org.
package requests

import (
	"strconv"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// State is where a request stands.
type State string

// The states of a request.
const (
	Asked     State = "asked"
	Answered  State = "answered"
	Refused   State = "refused"   // by the authority, with a ground
	Withdrawn State = "withdrawn" // by whoever asked
)

// States lists every state.
var States = []State{Asked, Answered, Refused, Withdrawn}

// Fact is something of a case that a request carries. It is copied when the request is made, so that the authority that is
// asked needs no sight of the case.
type Fact struct {
	Key   string      `json:"key"`
	Label locale.Text `json:"label"`
	Value locale.Text `json:"value"`
}

// Request is one request to an authority.
type Request struct {
	ID         uuid.UUID
	CaseID     uuid.UUID
	CaseNumber string
	Position   int
	Asker      access.Place
	AskerName  locale.Text
	Authority  uuid.UUID
	Name       locale.Text // of the authority that is asked
	Document   locale.Text // on the card's list; zero when the request asks in its own words alone
	Asked      string
	Facts      []Fact
	Files      []documents.File // of the case, that go along
	Grounds    []contract.Ground
	Days       int
	DaysIn     workdays.Unit // working or calendar days
	DueOn      time.Time
	DueWas     *time.Time // before a change of the calendar moved it
	AskedAt    time.Time
	AskedBy    uuid.UUID
	By         string // name of whoever asked
	State      State
	Person     *uuid.UUID // who works on the answer
	Who        string     // their name
	RemindedAt *time.Time
	Ground     string // of a refusal: one of OwnGrounds, or OfCard and the id of one of Grounds
	Answer     string
	File       *documents.File // the document that was asked for
	EndedAt    *time.Time
	EndedBy    string // name of whoever answered, refused or withdrew
	Version    int
}

// Number is how people name the request: the number of the case and its own place there.
func (r Request) Number() string { return numberOf(r.CaseNumber, r.Position) }

func numberOf(of string, position int) string { return of + "/" + strconv.Itoa(position) }

// Span is the term of the answer as it is counted.
func (r Request) Span() workdays.Span { return workdays.Span{Days: r.Days, In: r.DaysIn} }

// Late says whether the answer is overdue on a date.
func (r Request) Late(today time.Time) bool { return r.State == Asked && r.DueOn.Before(today) }

// Object returns where the request belongs, for access.Can: to whoever asks and whoever is asked.
func (r Request) Object() access.Object {
	places := []access.Place{r.Asker, access.InAuthority(r.Authority)}
	return access.Object{Own: places, Part: places}
}

// Draft is a request as it is typed.
type Draft struct {
	Authority uuid.UUID
	Document  string // id of the card's document that is asked for; "" for none
	Asked     string
	Days      int
	DaysIn    workdays.Unit // zero: working days
	Facts     []string      // keys of the facts that it carries
	Files     []uuid.UUID
	Composed  bool // Asked was begun on the page of the case, where its draft is dropped now
}

// Offer is what a request of a case may be made of.
type Offer struct {
	CaseID      uuid.UUID
	Number      string
	Asker       access.Place
	Facts       []Fact
	Files       []documents.File
	Documents   []contract.Document
	Authorities []Authority
	grounds     []contract.Ground
}

// Authority is somebody who can be asked.
type Authority struct {
	ID   uuid.UUID
	Name locale.Text
}

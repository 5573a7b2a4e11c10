package contract

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/google/uuid"

	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// Card is the content of one version of an information card (інформаційна картка): everything that a citizen
// is told about a service besides its name, authority and centres. Stored as catalogue.cards.content.
// Source: the law of Ukraine on administrative services, article 8.
type Card struct {
	Description locale.Text   `json:"description"` // sanitised HTML: headings, paragraphs, lists, links, tables
	Conditions  locale.Text   `json:"conditions"`  // who may receive the service, and when
	Documents   []Document    `json:"documents"`   // the exhaustive list
	Filing      []locale.Text `json:"filing"`      // manners of filing
	Fee         Fee           `json:"fee"`         //
	Term        Term          `json:"term"`        //
	Suspension  []Ground      `json:"suspension"`  // grounds for suspending the work
	Refusal     []Ground      `json:"refusal"`     // grounds for refusal; a reasoned refusal cites one
	Result      locale.Text   `json:"result"`      // what the applicant receives
	Delivery    []locale.Text `json:"delivery"`    // ways to receive the result
	Contacts    locale.Text   `json:"contacts"`    // where to ask, besides the centre and the authority
	Acts        []ActRef      `json:"acts"`        // legal acts that the service rests on
	Templates   []FileRef     `json:"templates"`   // forms and samples to download
	// Payout is what the applicant is paid: amount and how it comes. Zero for a service that pays nothing.
	Payout locale.Text `json:"payout,omitzero"`
	// Questions are asked before anybody begins: whether the service is for them.
	Questions []CardQuestion `json:"questions,omitempty"`
	// Online are other ways to receive the service online, such as the state portal.
	Online     []OnlineWay `json:"online,omitempty"`
	SourcePage string      `json:"source_page,omitempty"` // file the description was imported from
}

// Document is one entry of the exhaustive list of documents.
type Document struct {
	ID       string      `json:"id"` // stable within the service, e.g. "passport"
	Name     locale.Text `json:"name"`
	Note     locale.Text `json:"note"`     // where to get it, how many copies, when it is needed
	Required bool        `json:"required"` // false: only in the cases that Note names
	Form     string      `json:"form"`     // "original", "copy", "show" (original is only shown) or ""
}

// CardQuestion is asked before an application: yes or no.
type CardQuestion struct {
	ID     string      `json:"id"`     // stable within the service
	Text   locale.Text `json:"text"`   // ends with a question mark
	Stop   string      `json:"stop"`   // the answer after which the service is not for whoever gave it: "yes" or "no"
	Advice locale.Text `json:"advice"` // what to do after that answer
}

// Answers to a CardQuestion.
const (
	AnswerYes = "yes"
	AnswerNo  = "no"
)

// OnlineWay is another place where the service is to be had online.
type OnlineWay struct {
	Name locale.Text `json:"name"`
	URL  string      `json:"url"` // https
}

// Fee says whether the service is paid for.
type Fee struct {
	Paid    bool        `json:"paid"`
	Amount  string      `json:"amount"` // hryvnias, decimal with two digits ("127.50"); "" when it depends
	Grounds locale.Text `json:"grounds"`
	Account locale.Text `json:"account"` // where to pay
	// NotStated: the source says nothing about payment, so nobody may be told that the service is free.
	// Only imported cards have it; whoever edits the fee knows better.
	NotStated bool `json:"not_stated,omitempty"`
}

// Term is the statutory term of the service. A term that does not say in which days it runs follows the law on
// administrative procedure, article 42: under 10 days in working days, longer ones in calendar days.
type Term struct {
	Days   int           `json:"days"` // 0: at once, while the applicant waits; -1: not stated
	DaysIn workdays.Unit `json:"days_in,omitempty"`
	Note   locale.Text   `json:"note"`
	// Tacit says that the law takes silence for consent: when the term is missed, and ten working days more. It is for a person to say so.
	Tacit bool `json:"tacit,omitempty"`
}

// Span is the term as it is counted.
func (t Term) Span() workdays.Span { return workdays.Span{Days: t.Days, In: t.DaysIn} }

// Ground is one ground for refusal or suspension.
type Ground struct {
	ID   string      `json:"id"` // stable within the service
	Text locale.Text `json:"text"`
}

// ActRef names a legal act of law.acts and the place in it.
type ActRef struct {
	ID   uuid.UUID   `json:"id"`
	Note locale.Text `json:"note"` // articles and points
}

// FileRef names a file of documents.files.
type FileRef struct {
	ID    uuid.UUID   `json:"id"`
	Title locale.Text `json:"title"`
}

// TechCard is the content of one version of a technological card (технологічна картка).
// Stored as catalogue.tech_cards.content.
type TechCard struct {
	Stages        []TechStage   `json:"stages"`
	StatutoryDays int           `json:"statutory_days"`
	StatutoryIn   workdays.Unit `json:"statutory_in,omitempty"`
}

// Statutory is the statutory term as it is counted.
func (c TechCard) Statutory() workdays.Span {
	return workdays.Span{Days: c.StatutoryDays, In: c.StatutoryIn}
}

// Actions of an official at a stage, by the letter the printed card uses.
const (
	ActionExecutes  = "executes"   // В, виконує
	ActionTakesPart = "takes_part" // У, бере участь
	ActionAgrees    = "agrees"     // П, погоджує
	ActionApproves  = "approves"   // З, затверджує
)

// TechStage is one row of a technological card. Rows stand in an order in which they can be done; stages.go says which of them run
// at the same time and which are left out.
type TechStage struct {
	ID          string      `json:"id,omitempty"` // by which other rows of the card name it
	Name        locale.Text `json:"name"`
	Official    locale.Text `json:"official"` // position, not a person
	Unit        locale.Text `json:"unit"`     // department
	AuthorityID *uuid.UUID  `json:"authority_id,omitempty"`
	Action      string      `json:"action"`
	Days        int         `json:"days"`
	// DaysIn says in which days the term runs; where it does not, the law says it by the term's length.
	DaysIn workdays.Unit `json:"days_in,omitempty"`

	// After are the stages that this one waits for. Empty waits for all rows above it; FromTheStart waits for none.
	After []string `json:"after,omitempty" form:"-"`
	// Outcomes are the ways in which the stage can end; whoever ends it chooses one. Empty: it just ends.
	Outcomes []StageOutcome `json:"outcomes,omitempty" form:"-"`
	// When says in which cases the stage is done; nil is every case.
	When *StageCondition `json:"when,omitempty" form:"-"`
}

// Span is the term of the stage as it is counted.
func (s TechStage) Span() workdays.Span { return workdays.Span{Days: s.Days, In: s.DaysIn} }

// OverTerm says whether the sum of the stages alone is more than the statutory term allows. Calendar days do not add up to working
// ones, so that a sum with them says nothing of a term in working days.
func (c TechCard) OverTerm() bool {
	calendar := slices.ContainsFunc(c.Longest(), func(i int) bool { return c.Stages[i].Span().Rule() == workdays.CalendarDays })
	return c.StatutoryDays > 0 && c.TotalDays() > c.StatutoryDays && (c.Statutory().Rule() == workdays.CalendarDays || !calendar)
}

// Person is an official whom citizens may address. Stored in the `people` lists of centres and authorities.
type Person struct {
	Name      string      `json:"name"`
	Position  locale.Text `json:"position"`
	Phone     string      `json:"phone"`
	Email     string      `json:"email"`
	Reception locale.Text `json:"reception"` // days and hours, place
}

// Key tells the officials of one body apart in addresses. It is made of the name alone, so that a link outlives other changes.
func (p Person) Key() string {
	sum := sha256.Sum256([]byte(p.Name))
	return hex.EncodeToString(sum[:6])
}

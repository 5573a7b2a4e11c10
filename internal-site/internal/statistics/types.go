// Package statistics says how long cases take, which of them are late, and where they stand. It counts the rows that internal/cases writes
// for cases that have come to their end (cases.measures, cases.stage_measures) and the turns of open ones; it changes nothing. types.go and
// rules.go are pure, store*.go hold the SQL. It may import shared and internal/access.
package statistics

import (
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/locale"
)

// By is what figures are broken down by.
type By string

// The breakdowns.
const (
	ByCentre    By = "centre"
	ByAuthority By = "authority"
	ByService   By = "service"
	ByMonth     By = "month" // of the end
	ByChannel   By = "channel"
	ByApplicant By = "applicant" // the kind of applicant
	ByHour      By = "hour"      // of the registration, in Kyiv: 09 is from nine to ten
	ByWeekday   By = "weekday"   // of the registration: 1 is Monday
)

// Breakdowns lists them.
var Breakdowns = []string{
	string(ByCentre), string(ByAuthority), string(ByService), string(ByMonth), string(ByChannel), string(ByApplicant), string(ByHour), string(ByWeekday),
}

// Unit is in which days durations are counted.
type Unit string

// The units.
const (
	Working  Unit = "working"
	Calendar Unit = "calendar"
)

// Units lists them.
var Units = []string{string(Working), string(Calendar)}

// Compared is the period that another is compared with.
type Compared string

// The periods; "" is none.
const (
	WithBefore Compared = "before"
	WithYear   Compared = "year" // the same days of the year before
)

// Comparisons lists them.
var Comparisons = []string{string(WithBefore), string(WithYear)}

// Question asks for figures of the cases that came to their end in a period. Zero ids narrow nothing.
type Question struct {
	From, To  time.Time // days, both included; midnight UTC
	By        By
	In        Unit
	Centre    uuid.UUID
	Authority uuid.UUID
	Service   uuid.UUID
}

// What says which of the cases of a question a list shows.
type What string

// The lists behind figures.
const (
	Decided   What = "decided" // granted or refused
	InTime    What = "in_time" // those that were decided by their last day
	Late      What = "late"    // and the others
	Issued    What = "issued"  // decided and handed over
	Paused    What = "paused"  // decided, after they had stood still
	Withdrawn What = "withdrawn"
)

// Whats lists them.
var Whats = []string{string(Decided), string(InTime), string(Late), string(Issued), string(Paused), string(Withdrawn)}

// Figures are what is known of the cases of one line.
type Figures struct {
	Key       string // an id, a month as 2006-01, an hour as 09, a day of the week as 1, or a word
	Name      locale.Text
	Decided   int
	Late      int
	Withdrawn int
	Took      Histogram // from registration to the decision, of those that were decided
	Handed    Histogram // from registration to the handing over, of those of them whose result was handed over
	Stood     Histogram // how long they stood still, of those of them that did
}

// ID is the key of a line about a place or a service.
func (f Figures) ID() uuid.UUID {
	id, _ := uuid.Parse(f.Key)
	return id
}

// InTime is how many were decided by their last day.
func (f Figures) InTime() int { return f.Decided - f.Late }

// Choice is a place or a service that a question can be narrowed to.
type Choice struct {
	ID   uuid.UUID
	Name locale.Text
}

// Case is a line of the list behind a figure. It names no applicant.
type Case struct {
	ID           uuid.UUID
	Number       string
	Service      locale.Text
	Centre       locale.Text
	Authority    locale.Text
	Outcome      string
	RegisteredOn time.Time
	DueOn        time.Time
	CompletedOn  time.Time
	IssuedOn     *time.Time
	Took         int // days in the unit of the question
	Handed       *int
	Stood        int
	Late         bool

	centre, authority uuid.UUID
}

// Object is where the case belongs, for access.Can.
func (c Case) Object() access.Object {
	return access.Object{Own: []access.Place{access.InCentre(c.centre), access.InAuthority(c.authority)}}
}

// Place is a place in a list: behind one case and before the next. The zero value is the beginning, where the latest ends are.
type Place struct {
	Day time.Time
	ID  uuid.UUID
}

// Place is the place of the case in its list.
func (c Case) Place() Place { return Place{Day: c.CompletedOn, ID: c.ID} }

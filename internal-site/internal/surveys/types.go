// Package surveys is what the region asks people about the centres' work: surveys that staff make without code, the answers after
// finished cases, and their figures. An answer is kept without whose case it was about (shared/doc/decisions/0054); figures leave only
// when there are answers enough, words never.
//
// types.go, rules.go and rights.go are pure; store*.go hold the SQL; intake.go takes what arrives. It may import shared,
// internal/access, internal/audit and internal/intake.
package surveys

import (
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// State is where a survey stands.
type State string

// The states, in order.
const (
	Draft     State = "draft"     // staff change it
	Published State = "published" // people answer between its days
	Closed    State = "closed"    // only its results are shown
)

// Survey is one survey.
type Survey struct {
	ID           uuid.UUID
	Title        locale.Text
	About        locale.Text // before the first question
	ServiceID    *uuid.UUID  // nil: about any
	Service      locale.Text
	CentreID     *uuid.UUID // nil: about any
	Centre       locale.Text
	Questions    []contract.SurveyQuestion
	FirstDay     time.Time  // a date, midnight UTC
	LastDay      *time.Time // nil: until it is closed
	ResultsAfter bool       // nobody sees results before it is closed
	State        State
	Version      int

	Answered int // by whom the actor may see it
	keys     int // of questions, given so far
}

// Filter says which answers are counted. Zero fields filter nothing.
type Filter struct {
	Service, Centre uuid.UUID
	From, To        time.Time // dates
	Q               string    // in the words of an answer
}

// Results are what was answered.
type Results struct {
	Survey   Survey
	Answered int
	Tallies  contract.Tallies
	Hidden   bool // until the survey is closed; there is nothing but how many answered
}

// Answer is something that was answered in words.
type Answer struct {
	Question string // key
	Text     string
	Day      time.Time
	Service  locale.Text
	Centre   locale.Text
}

// PageSize is the number of answers in words on a page.
const PageSize = 20

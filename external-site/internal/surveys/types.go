// Package surveys is the kind «rating» on the public site: what somebody is asked after their case has ended, the record that is made of
// it, and the figures that everybody may read.
//
// types.go, form.go and draft.go are pure; store.go holds the SQL. It may import internal/submission and internal/modules, and shared.
package surveys

import (
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// Survey is what people are asked.
type Survey struct {
	ID        uuid.UUID
	Title     locale.Text
	About     locale.Text // before the first question
	Questions []contract.SurveyQuestion
}

// Rated is the case that somebody rates, with the code that they hold.
type Rated struct {
	Case uuid.UUID
	Code seal.Code
}

// Draft is the answers to a survey while they are written. Make it with NewDraft.
type Draft struct {
	submission.OnePage

	survey Survey
	about  Rated
	kept   keptDraft
}

// keptDraft is what a sealed draft holds. The code is not in it: whoever sends the answers shows it again.
type keptDraft struct {
	submission.KeptPage

	Survey uuid.UUID `json:"survey"`
	Case   uuid.UUID `json:"case"`
}

// NewDraft is an empty answer.
func NewDraft(survey Survey, about Rated) *Draft {
	d := &Draft{OnePage: submission.OnePage{Answers: forms.Answers{}, Form: survey.Form}, survey: survey, about: about}
	d.Missing = d.nothing
	return d
}

// Figures are what was answered, as everybody may know it: of everything, or of one service or centre.
type Figures struct {
	Survey   Survey
	Of       locale.Text // the service or the centre; zero: everything
	Href     string      // its page; "" without one
	Answered int
	Tallies  contract.Tallies
	Day      time.Time // on which they were counted
	Open     bool      // people still answer
}

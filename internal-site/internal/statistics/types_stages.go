package statistics

import (
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// StageFigures are what is known of the stages of one party, or of one stage of a service, in the cases that came to their end in a period.
type StageFigures struct {
	Party uuid.UUID
	Name  locale.Text // of the party
	Stage locale.Text // zero where all stages of the party are told of
	Late  int         // done after their last day
	Took  Histogram   // from the beginning of the stage to its end
}

// Done is how many stages were done.
func (f StageFigures) Done() int { return f.Took.Total() }

// StageFilter narrows the stages of a question to those that one figure counts.
type StageFilter struct {
	Question
	Party uuid.UUID
	Stage string // name; "": all of the party
	Late  bool   // only those that were done after their last day
}

// Stage is a line of the list behind a figure of stages.
type Stage struct {
	Case
	Position   int
	Party      locale.Text
	Name       locale.Text
	StartedAt  time.Time
	FinishedAt time.Time
	StageDue   *time.Time
}

// StagePlace is a place in a list of stages. The zero value is its beginning.
type StagePlace struct {
	Place
	Position int
}

// Place is the place of the stage in its list.
func (s Stage) Place() StagePlace { return StagePlace{s.Case.Place(), s.Position} }

// Standing is how many open cases wait for one party now, and of how many of them its last day is over.
type Standing struct {
	Party uuid.UUID // Nil: the applicants, while the work stands still or the result waits to be collected
	Name  locale.Text
	Open  int
	Late  int
}

// StandingFilter narrows the open cases to those that one number counts. Of the question only what it is narrowed to is looked at.
type StandingFilter struct {
	Question
	Party uuid.UUID // Nil: the applicants
	Late  bool
}

// Waiting is a line of the list of open cases.
type Waiting struct {
	Case
	Since time.Time
	Until *time.Time // until when the party has to act; nil where there is no day
}

// Place is the place of the case in its list.
func (w Waiting) Place() Place {
	if w.Until == nil {
		return Place{Day: NoDay, ID: w.ID}
	}
	return Place{Day: *w.Until, ID: w.ID}
}

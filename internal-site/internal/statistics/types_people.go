package statistics

import (
	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// PersonFigures are what is known of the work of one person in one party: of the stages that they ended in cases that came to their end in a period,
// and of the open cases in which they have to act now.
type PersonFigures struct {
	Party     uuid.UUID
	PartyName locale.Text
	Person    uuid.UUID // Nil: nobody, since the portal did it or nobody has taken the case
	Name      string
	Late      int       // stages that were ended after their last day
	Took      Histogram // from the beginning of each stage to its end, without the time in which the case stood still
	Open      int
	Overdue   int // of those that are open
}

// Done is how many stages were ended.
func (f PersonFigures) Done() int { return f.Took.Total() }

// NoPerson is Whose of a line that is nobody's.
const NoPerson = "none"

// PersonFilter narrows the stages of a question, or the open cases, to those that one figure of people counts.
type PersonFilter struct {
	Question
	Party uuid.UUID
	Whose string // id of a person, or NoPerson; "": of everybody
	Late  bool
}

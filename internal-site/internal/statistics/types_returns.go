package statistics

import (
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// ByDocument breaks returns down by the documents that were asked for: one that asked for several is counted with each of them.
const ByDocument By = "document"

// ReturnBreakdowns lists what returns are broken down by.
var ReturnBreakdowns = []string{string(ByDocument), string(ByCentre), string(ByAuthority), string(ByService), string(ByMonth)}

// What a line by document is about where it is none of the card's documents. A document has a longer name than that.
const (
	AskedAnswers = "*" // answers of the form were asked for
	AskedInWords = ""  // nothing was asked for by name: it was said in words, or the work waits for somebody else
)

// The lists behind figures of returns.
const (
	AllReturns    What = "returned"
	OpenReturns   What = "returned_open"  // the work stands still
	ClosedReturns What = "returned_ended" // it went on, or the application was taken back
)

// ReturnWhats lists them.
var ReturnWhats = []string{string(AllReturns), string(OpenReturns), string(ClosedReturns)}

// ReturnFigures are what is known of the times that work was suspended, of one line. A case that was returned twice has two of them.
type ReturnFigures struct {
	Key      string // an id, a month as 2006-01, or KeyOf a document's name; "" of all lines together
	Name     locale.Text
	Returned int
	Open     int
	Stood    Histogram // how long the work stood still, of those that have ended
}

// Ended is how many have ended.
func (f ReturnFigures) Ended() int { return f.Returned - f.Open }

// ReturnFilter narrows the returns of a question to those that one figure counts.
type ReturnFilter struct {
	Question
	What     What
	Document string // KeyOf the document's name; "": any
}

// Return is a line of the list behind a figure of returns.
type Return struct {
	Case      // Outcome, Took and the like are not filled in; CompletedOn is the day of the return
	Event     uuid.UUID
	Documents []locale.Text // that were asked for, as the card names them
	Answers   bool          // answers of the form were asked for as well
	Asking    string        // what the clerk wrote, which may name people
	EndedOn   *time.Time    // nil while the work stands still
	Days      *int          // that it stood still, in the unit of the question; the same
}

// ReturnPlace is a place in a list of returns. The zero value is its beginning.
type ReturnPlace struct {
	Place
	Event uuid.UUID
}

// Place is the place of the return in its list.
func (r Return) Place() ReturnPlace { return ReturnPlace{r.Case.Place(), r.Event} }

package statistics

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// ByGround breaks refusals down by the grounds that their cards name: one that rests on several is counted with each of them.
const ByGround By = "ground"

// RefusalBreakdowns lists what refusals are broken down by.
var RefusalBreakdowns = []string{string(ByGround), string(ByCentre), string(ByAuthority), string(ByService), string(ByMonth)}

// KeyOf names a ground or a document in addresses, in which its words would be too long.
func KeyOf(words string) string {
	sum := sha256.Sum256([]byte(words))
	return hex.EncodeToString(sum[:])
}

// The lists behind figures of refusals.
const (
	AllRefusals What = "refused"
	Outside     What = "outside"   // those that rest, or rested once, on a ground that the card does not name
	Annulled    What = "annulled"  // those that were withdrawn, or whose case was opened again with a reason
	Corrected   What = "corrected" // those whose grounds or reasoning were corrected, and that stood otherwise
	Doubtful    What = "doubtful"  // those that may have been unlawful: all of the three
)

// RefusalWhats lists them.
var RefusalWhats = []string{string(AllRefusals), string(Outside), string(Annulled), string(Corrected), string(Doubtful)}

// RefusalFigures are what is known of the decisions that refused, of one line. A case that was refused twice has two of them.
type RefusalFigures struct {
	Key       string // an id, a month as 2006-01, or KeyOf; "" of all lines together
	Name      locale.Text
	Refused   int
	Outside   int
	Annulled  int
	Corrected int
	Doubtful  int
}

// RefusalFilter narrows the refusals of a question to those that one figure counts.
type RefusalFilter struct {
	Question
	What   What
	Ground string // KeyOf; "": any
}

// Refusal is a line of the list behind a figure of refusals.
type Refusal struct {
	Case         // Outcome, Took and the like are not filled in
	Event        uuid.UUID
	Grounds      []locale.Text // of the card; a zero one is a ground that it does not name
	Outside      bool
	Reasoning    string // what the official wrote, with the words of a ground that the card does not name; it may name people
	Overturned   string // "", corrected, reopened or withdrawn
	OverturnedOn *time.Time
	Why          string // the reason of that, which may name people
}

// RefusalPlace is a place in a list of refusals. The zero value is its beginning.
type RefusalPlace struct {
	Place
	Event uuid.UUID
}

// Place is the place of the refusal in its list.
func (r Refusal) Place() RefusalPlace { return RefusalPlace{r.Case.Place(), r.Event} }

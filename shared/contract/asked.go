package contract

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// Asked is what an applicant is asked to bring or to correct while the work on their case stands still. It names documents
// and answers of one person, so it leaves the inside only as JSON sealed to the applicant's secret code.
type Asked struct {
	ID        uuid.UUID       `json:"id"`
	Ground    locale.Text     `json:"ground"` // of the card; zero when staff gave one in their own words
	Text      string          `json:"text"`   // what staff wrote
	Documents []AskedDocument `json:"documents"`
	Fields    []AskedField    `json:"fields"`
	Form      json.RawMessage `json:"form,omitempty"` // the fields as a form of one page, see forms.Excerpt; none without fields
	Until     string          `json:"until"`          // the last day, as 2026-12-05
}

// AskedDocument is a document that is wanted, by its id in the card.
type AskedDocument struct {
	ID   string      `json:"id"`
	Name locale.Text `json:"name"`
}

// AskedField is an answer that is to be corrected.
type AskedField struct {
	Name  string      `json:"name"`
	Title locale.Text `json:"title"`
	Was   string      `json:"was"` // what the applicant had answered, in words; "" when nothing
}

// UntilDay is the last day for the reply as midnight UTC; zero when the text is no day.
func (a Asked) UntilDay() time.Time {
	day, err := time.Parse(time.DateOnly, a.Until)
	if err != nil {
		return time.Time{}
	}
	return day
}

// Limits of what may be asked at once.
const (
	MaxAskedFields    = 20
	MaxAskedDocuments = 8
	// MaxAsked bounds the JSON of an Asked: the form of its fields with all their options is the largest part.
	MaxAsked = 64 << 10
)

// Package cardview is the one rendering of an information card for citizens. The public service page shows it, and
// staff see the very same as the preview of a draft, so what was approved is what is published.
//
// It turns a View into HTML in one language and knows nothing of pages, HTTP or a database. It may import
// shared/ui, shared/contract, shared/hours, shared/locale, bluemonday and the standard library.
package cardview

import (
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
)

// View is everything that a card says. Only Card is required; what is missing is left out, and what the law wants
// on every card is then said to be missing.
type View struct {
	Code       string // identifier of the service
	Applicants []string
	Card       contract.Card
	Stages     *contract.TechCard // what happens after filing
	Edition    Edition
	Authority  *Body
	Centres    []Body
	Nearby     *ui.Nearby                // for whom the centres are ordered; nil: nobody is asked
	Acts       map[uuid.UUID]Act         // those that Card.Acts names
	Files      map[uuid.UUID]File        // those that Card.Templates names
	Samples    []ui.Sample               // filled samples of the forms
	Bodies     map[uuid.UUID]locale.Text // authorities that stages name
	Now        time.Time                 // for «open now»
}

// Edition is which version of the card this is; zero for a draft.
type Edition struct {
	Number        int
	EffectiveFrom time.Time
}

// Body is a centre or an authority with its contacts.
type Body struct {
	Name       locale.Text
	Href       string // its page; may be empty
	Address    locale.Text
	Directions locale.Text
	Phones     []string
	Email      string
	Site       string
	Schedule   hours.Schedule
	Latitude   string // degrees; "" when unknown
	Longitude  string
}

// Act is a legal act.
type Act struct {
	Title     locale.Text
	Kind      string // constitution, code, law, resolution, order, decision, act
	Number    string
	Issuer    string
	AdoptedOn *time.Time
	URL       string // of its official text, "" nowhere
	Href      string // its page on this site; "" where it has none
}

// File is a form or sample to download.
type File struct {
	Title  locale.Text
	Format string // PDF
	Size   int64
	Href   string // "" when the bytes are not there yet
}

package catalogue

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
)

// Elsewhere is a service that people look for on the portal and that others give: whoever types its name or one of the words is told by whom.
type Elsewhere struct {
	ID        uuid.UUID
	Code      string // by which imports know it
	Name      locale.Text
	Words     string // phrases between commas, semicolons or line ends
	Provider  locale.Text
	URL       string
	Phone     string
	Address   locale.Text
	How       locale.Text
	Published bool
	CheckedOn *time.Time // a date, midnight UTC; nil: nobody has looked since it was imported
	ReviewOn  *time.Time // the day on which somebody has to look again; nil: at once
	Version   int        // 0 before it was saved
	UpdatedAt time.Time
}

// Limits of what is said of a service that others give, in characters.
const (
	maxWords   = 4000
	maxPhrase  = 200 // the search of the public site reads no more of one
	maxAddress = 500
	maxHow     = 2000
)

// elsewherePhone also takes the short numbers of hot lines.
var elsewherePhone = regexp.MustCompile(`^[+(]?[0-9][0-9 ().-]{2,24}$`)

// Tidy makes what was typed fit to be kept.
func (e Elsewhere) Tidy() Elsewhere {
	line := func(t locale.Text) locale.Text { return locale.Text{UK: plain.Line(t.UK), EN: plain.Line(t.EN)} }
	e.Name, e.Provider, e.Address = line(e.Name), line(e.Provider), line(e.Address)
	e.How = locale.Text{UK: plain.Lines(e.How.UK), EN: plain.Lines(e.How.EN)}
	e.Words = plain.Lines(e.Words)
	e.URL, e.Phone = strings.TrimSpace(e.URL), plain.Line(e.Phone)
	return e
}

// Phrases are the words by which it is found, besides its names.
func (e Elsewhere) Phrases() (phrases []string) {
	for phrase := range strings.FieldsFuncSeq(e.Words, func(r rune) bool { return strings.ContainsRune(",;|\n", r) }) {
		if phrase = strings.TrimSpace(phrase); phrase != "" {
			phrases = append(phrases, phrase)
		}
	}
	return phrases
}

// Due says whether somebody has to look on the day whether it is still true.
func (e Elsewhere) Due(today time.Time) bool { return e.ReviewOn == nil || !e.ReviewOn.After(today) }

// Check says what is wrong with it on the day, a date.
func (e Elsewhere) Check(today time.Time) error {
	p := &problems{}
	p.check(e.Name.UK != "", "name.uk", "catalogue.name_required")
	p.check(e.Provider.UK != "", "provider.uk", "catalogue.provider_required")
	p.check(e.URL == "" || plain.IsLink(e.URL), "url", "catalogue.link_form")
	p.check(e.Phone == "" || elsewherePhone.MatchString(e.Phone), "phone", "catalogue.phone_form")
	p.both("name", e.Name, maxName)
	p.both("provider", e.Provider, maxName)
	p.both("address", e.Address, maxAddress)
	p.both("how", e.How, maxHow)
	p.length(e.Words, "words", maxWords)
	for _, phrase := range e.Phrases() {
		p.check(utf8.RuneCountInString(phrase) <= maxPhrase, "words", "catalogue.phrase_long", maxPhrase)
	}
	switch {
	case e.CheckedOn == nil:
		p.check(false, "checked", "catalogue.checked_required")
	case e.CheckedOn.After(today):
		p.check(false, "checked", "catalogue.checked_future")
	}
	p.take(checkReview(e.CheckedOn, e.ReviewOn))
	return fault.InvalidFields(p.list...)
}

// maxReview is how long nobody has to look, in years: who gives a service changes more often than that.
const maxReview = 3

func checkReview(checked, review *time.Time) error {
	p := &problems{}
	switch {
	case review == nil:
		p.check(false, "review", "catalogue.review_required")
	case checked != nil && !review.After(*checked):
		p.check(false, "review", "catalogue.review_before")
	case checked != nil && review.After(checked.AddDate(maxReview, 0, 0)):
		p.check(false, "review", "catalogue.review_far", maxReview)
	}
	return fault.InvalidFields(p.list...)
}

// both holds a text in both languages against the limit.
func (p *problems) both(field string, t locale.Text, limit int) {
	p.length(t.UK, field+".uk", limit)
	p.length(t.EN, field+".en", limit)
}

// ElsewhereFilter is what the list is asked for; zero values ask for everything.
type ElsewhereFilter struct {
	Q          string
	Review     string // due, later
	Published  string // yes, no
	Page, Size int
}

package law

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
)

// Limits of what is said of an act and its editions, in characters; MaxText is in bytes.
const (
	maxTitle  = 2000
	maxNumber = 100
	maxIssuer = 300
	maxNotes  = 2000
	maxNote   = 1000
	maxReason = 1000
	MaxText   = 8 << 20

	maxParagraphs = 50_000 // of an edition; the longest code has a fifth of that
	maxParagraph  = 20_000 // bytes: pages and comparisons show whole paragraphs
	named         = 40     // letters of a paragraph by which it is named
)

// problems collects field errors.
type problems struct{ list []fault.FieldError }

func (p *problems) check(ok bool, field, key string, args ...any) {
	if !ok {
		p.list = append(p.list, fault.FieldError{Field: field, Key: key, Args: args})
	}
}

func (p *problems) length(text, field string, limit int) {
	p.check(utf8.RuneCountInString(text) <= limit, field, "form.too_long", limit)
}

// Tidy makes what was typed fit to be kept.
func (a Act) Tidy() Act {
	a.Title = locale.Text{UK: plain.Line(a.Title.UK), EN: plain.Line(a.Title.EN)}
	a.Number = strings.TrimSpace(strings.TrimLeft(plain.Line(a.Number), "№ "))
	a.Issuer, a.URL, a.Notes = plain.Line(a.Issuer), strings.TrimSpace(a.URL), plain.Lines(a.Notes)
	return a
}

// Check says what is wrong with an act on the day, a date.
func (a Act) Check(today time.Time) error {
	p := &problems{}
	p.check(a.Title.UK != "", "title.uk", "law.title_required")
	p.check(slices.Contains(Kinds, a.Kind), "kind", "form.choice")
	p.check(slices.Contains(Levels, a.Level), "level", "form.choice")
	p.check(a.URL == "" || plain.IsLink(a.URL), "url", "law.link_form")
	p.check(a.AdoptedOn == nil || !a.AdoptedOn.After(today), "adopted", "law.adopted_future")
	p.length(a.Title.UK, "title.uk", maxTitle)
	p.length(a.Title.EN, "title.en", maxTitle)
	p.length(a.Number, "number", maxNumber)
	p.length(a.Issuer, "issuer", maxIssuer)
	p.length(a.Notes, "notes", maxNotes)
	return fault.InvalidFields(p.list...)
}

// Tidy makes what was typed fit to be kept: the text is paragraphs without empty lines at their ends.
func (n NewEdition) Tidy() NewEdition {
	n.Note = plain.Line(n.Note)
	n.Text = strings.Join(Paragraphs(n.Text), "\n")
	return n
}

// Check says what is wrong with an edition that comes with a file or without one.
func (n NewEdition) Check(withFile bool) error {
	p := &problems{}
	p.check(n.InForceOn != nil, "in_force", "law.in_force_required")
	p.check(n.Text != "" || withFile, "text", "law.text_required")
	p.check(len(n.Text) <= MaxText, "text", "law.text_long", MaxText>>20)
	paragraphs := strings.Split(n.Text, "\n")
	p.check(len(paragraphs) <= maxParagraphs, "text", "law.text_paragraphs", maxParagraphs)
	if i := slices.IndexFunc(paragraphs, func(one string) bool { return len(one) > maxParagraph }); i >= 0 {
		p.check(false, "text", "law.paragraph_long", i+1, beginning(paragraphs[i], named), maxParagraph/1000)
	}
	p.length(n.Note, "note", maxNote)
	return fault.InvalidFields(p.list...)
}

func checkReason(reason string) error {
	p := &problems{}
	p.check(reason != "", "reason", "law.reason_required")
	p.length(reason, "reason", maxReason)
	return fault.InvalidFields(p.list...)
}

// Paragraphs are those of a text as it was typed, without what nobody sees.
func Paragraphs(text string) (list []string) {
	for line := range strings.Lines(plain.Visible(text)) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

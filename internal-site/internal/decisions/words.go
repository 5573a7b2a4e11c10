package decisions

import (
	"embed"
	"strings"
	"time"

	"portal.example/shared/locale"
)

// Words are the messages of this domain in both languages.
//
//go:embed words
var Words embed.FS

var words = locale.MustLoad(Words)

// said are the words of documents. Documents are in Ukrainian, and so are the names of fields in their templates.
var said = words.In(locale.UK)

//go:embed standard
var standard embed.FS

// Standard is the portal's own template of a document with the outcome.
func Standard(o Outcome) string {
	text, err := standard.ReadFile("standard/" + string(o) + ".txt")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// Name is what the field is called in templates.
func (f Field) Name() string { return said.T("decisions.field." + string(f)) }

// Says is what was decided, in a word of the document.
func Says(o Outcome) string { return said.T("decisions." + string(o)) }

// AppealDays says how long an appeal can be made.
func AppealDays(days int) string { return said.T("decisions.appeal_days", days) }

// TitleOf is what a decision of that number is called, in both languages: it leaves as the title of a sealed file.
func TitleOf(number string, at time.Time) locale.Text {
	title := func(p *locale.Printer) string { return p.T("decisions.title", number, p.DateShort(at)) }
	return locale.Text{UK: title(said), EN: title(words.In(locale.EN))}
}

package cardview

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/workdays"
)

// Words is the catalogue of a card; load it beside a site's own.
//
//go:embed words
var Words embed.FS

//go:embed card.gohtml
var cardTemplate string

// Renderer renders cards in every language. It is safe for concurrent use.
type Renderer struct {
	sets map[locale.Lang]*template.Template
}

// New parses the template for the languages of the catalogue, which must hold ui.Words and Words.
func New(catalogue *locale.Catalogue) (*Renderer, error) {
	r := &Renderer{sets: map[locale.Lang]*template.Template{}}
	for _, lang := range locale.Langs {
		p := catalogue.In(lang)
		components, err := ui.NewComponents(p)
		if err != nil {
			return nil, err
		}
		r.sets[lang], err = template.New("card").Funcs(components.Funcs()).Funcs(funcs(p)).Parse(cardTemplate)
		if err != nil {
			return nil, fmt.Errorf("card: %w", err)
		}
	}
	return r, nil
}

func funcs(p *locale.Printer) template.FuncMap {
	return template.FuncMap{
		"applicants":  func(types []string) string { return applicants(p, types) },
		"term":        func(s workdays.Span) string { return term(p, s) },
		"stageOrder":  func(c *contract.TechCard, i int) string { return StageOrder(p, *c, i) },
		"stagesTotal": func(c *contract.TechCard) string { return stagesTotal(p, *c) },
		"fee":         func(f contract.Fee) string { return fee(p, f) },
		"openNow":     func(s hours.Schedule, now time.Time) Opening { return OpenNow(p, s, now) },
		"week":        func(s hours.Schedule) []WeekRow { return Week(p, s) },
		"otherDays":   func(s hours.Schedule, now time.Time) []OtherDay { return OtherDays(p, s, now, cardAhead) },
		"lines":       lines,
		"hoursTable":  func(rows []WeekRow) ui.Table { return hoursTable(p, rows) },
		"prose":       func(t locale.Text) template.HTML { return prose(p.Lang(), t) },
		"paragraph":   func(t locale.Text) paragraphs { return newParagraphs(p.Lang(), t) },
	}
}

// cardAhead is how many days ahead a card names days with other hours; the page of the centre says more.
const cardAhead = 30

// Section is one heading of a rendered card, for a table of contents.
type Section struct {
	ID  string
	Key string // key of its text
}

// page is what the template sees.
type page struct {
	View
	Acts     []actRow
	Files    []File
	Contents []Section
}

// Body names the authority of a stage.
func (p page) Body(id *uuid.UUID) locale.Text {
	if id == nil {
		return locale.Text{}
	}
	return p.Bodies[*id]
}

// Render returns the card as HTML: key facts, contents, and every section with an h2.
func (r *Renderer) Render(lang locale.Lang, v View) (template.HTML, error) {
	if lang != locale.EN {
		lang = locale.UK
	}
	data := page{View: v, Acts: v.acts(), Files: v.files(), Contents: v.contents()}
	var b bytes.Buffer
	if err := r.sets[lang].Execute(&b, data); err != nil {
		return "", fmt.Errorf("card: %w", err)
	}
	return template.HTML(b.String()), nil // #nosec G203 -- written by html/template
}

// contents lists the sections that the card has.
func (v View) contents() []Section {
	c := v.Card
	var list []Section
	for _, s := range []struct {
		id   string
		show bool
	}{
		{"description", !c.Description.IsZero()},
		{"conditions", !c.Conditions.IsZero()},
		{"documents", true},
		{"templates", len(v.files())+len(v.Samples) > 0},
		{"filing", len(c.Filing) > 0},
		{"online", len(c.Online) > 0},
		{"term", true},
		{"fee", true},
		{"stages", v.Stages != nil && len(v.Stages.Stages) > 0},
		{"result", !c.Result.IsZero() || len(c.Delivery) > 0},
		{"suspension", len(c.Suspension) > 0},
		{"refusal", true},
		{"centres", len(v.Centres) > 0},
		{"authority", v.Authority != nil || !c.Contacts.IsZero()},
		{"acts", len(v.acts()) > 0},
	} {
		if s.show {
			list = append(list, Section{ID: s.id, Key: "card.section." + s.id})
		}
	}
	return list
}

// prose is a description as it may be shown, marked with its language where it is not translated.
func prose(lang locale.Lang, t locale.Text) template.HTML {
	html, in := t.In(lang)
	mark := ""
	if in != lang {
		mark = fmt.Sprintf(` lang="%s"`, in)
	}
	return template.HTML(fmt.Sprintf(`<div class="portal-prose"%s>%s</div>`, mark, Sanitize(html))) // #nosec G203 -- sanitised
}

// paragraphs are the lines of a text and the language they are in, "" for the page's own.
type paragraphs struct {
	Lang  locale.Lang
	Lines []string
}

func newParagraphs(lang locale.Lang, t locale.Text) paragraphs {
	s, in := t.In(lang)
	if in == lang {
		in = ""
	}
	return paragraphs{Lang: in, Lines: lines(s)}
}

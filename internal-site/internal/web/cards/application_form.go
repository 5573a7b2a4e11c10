package cards

import (
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

// formPages are the pages of application forms: those of every kind of version, and those on which questions are written.
type formPages struct{ pages[forms.Sketch] }

func (h handlers) applicationForms() formPages {
	return formPages{pages[forms.Sketch]{handlers: h, kind: "forms", versions: h.Forms, own: applicationForm{h}, preview: true}}
}

func (p formPages) routes(service area.Object) []area.Route {
	see, edit := area.Over(catalogue.View, service), area.Over(catalogue.EditCard, service)
	return append(p.pages.routes(service),
		area.GET("/forms/asked.js", see, script),
		area.GET("/forms/:card/preview", see, p.preview),
		area.POST("/forms/:card/preview", see, p.previewPost),
		area.POST("/forms/:card/arrange", edit, p.arrange),
		area.GET("/forms/:card/pages/:page", edit, p.page),
		area.POST("/forms/:card/pages/:page", edit, p.pagePost),
		area.GET("/forms/:card/questions/:question", edit, p.question),
		area.POST("/forms/:card/questions/:question", edit, p.questionPost),
		area.GET("/forms/:card/questions/:question/remove", edit, p.remove),
		area.POST("/forms/:card/questions/:question/remove", edit, p.removePost),
	)
}

// fresh is the part of an address that stands for what is not there yet.
const fresh = "new"

// open is the draft in the address, if it can still be changed by the person.
func (p formPages) open(c *gin.Context) (catalogue.Service, catalogue.Form, error) {
	service, v, err := p.version(c)
	if err != nil {
		return service, v, err
	}
	return service, v, catalogue.Permit(session.Actor(c), catalogue.StepEdit, v.Meta, service)
}

// change keeps a draft that was changed on the page; the version is the one that v was read with. A day that has passed since the draft
// was begun becomes today: whoever writes a question sees no date.
func (p formPages) change(c *gin.Context, v catalogue.Form, change catalogue.FormChange) (catalogue.Form, error) {
	content, err := catalogue.Changed(v.Content, change)
	if err != nil {
		return v, err
	}
	v.Content = p.versions.Tidy(content)
	if today := workdays.DateOf(p.site.Now()); v.EffectiveFrom.Before(today) {
		v.EffectiveFrom = today
	}
	return v, p.versions.Save(c.Request.Context(), session.Actor(c), v)
}

// applicationForm is the subject of the pages of application forms.
type applicationForm struct{ handlers }

func (applicationForm) attach(*gin.Context, catalogue.Service, *forms.Sketch, web.Upload, []byte) error {
	return fault.New(fault.Invalid, "")
}

func (applicationForm) fill(form *web.Form, s forms.Sketch) {
	if s.Minutes > 0 {
		form.Set("minutes", strconv.Itoa(s.Minutes))
	}
}

// read takes what the page about the version says of the form; its questions are written on pages of their own.
func (applicationForm) read(form *web.Form, saved forms.Sketch, s *forms.Sketch) {
	*s = saved.Clone()
	s.Minutes = readNumber(form, "minutes")
}

// readNumber reads a whole number that may be left out.
func readNumber(form *web.Form, name string) int {
	typed := plain.WithoutSpaces(form.Value(name))
	if typed == "" {
		return 0
	}
	n, err := strconv.Atoi(typed)
	form.Check(err == nil && n >= 0 && n <= 1_000_000, name, "form.number")
	return n
}

// formShows is what the page of a form shows besides.
type formShows struct {
	Pages   []shownPage
	Unasked []contract.Document // of the card, without a question for their copies
	Empty   bool                // nothing is asked
}

// shownPage is a page of the form with its questions as people read them.
type shownPage struct {
	forms.SketchPage
	Number    int
	Questions []shownQuestion
}

type shownQuestion struct {
	forms.Question
	Lines []string // what is asked and when
}

// formProblem is what keeps a form from being approved, and where it is mended; Href may be empty.
type formProblem struct{ Text, Href string }

func (h applicationForm) shows(c *gin.Context, s forms.Sketch) (any, error) {
	p, shows := h.site.Printer(c), formShows{Empty: true}
	documents, err := h.documents(c)
	if err != nil {
		return nil, err
	}
	names := namesOf(documents)
	shows.Unasked = catalogue.Unasked(s, documents)
	for i, page := range s.Pages {
		shown := shownPage{SketchPage: page, Number: i + 1}
		for _, q := range page.Questions {
			shown.Questions, shows.Empty = append(shown.Questions, shownQuestion{q, questionLines(p, s, q, names)}), false
		}
		shows.Pages = append(shows.Pages, shown)
	}
	return shows, nil
}

// choices offers nothing: the page about the version has no field to choose from.
func (applicationForm) choices(*gin.Context, catalogue.Service, forms.Sketch) (any, error) {
	return nil, nil //nolint:nilnil // there are none
}

func (h applicationForm) sections(c *gin.Context) (func(forms.Sketch) []catalogue.Section, error) {
	p := h.site.Printer(c)
	names, err := h.documentNames(c)
	return func(s forms.Sketch) []catalogue.Section {
		about := catalogue.Section{Name: "form_about"}
		if s.Minutes > 0 {
			about.Lines = []string{p.T("cards.q.minutes_of", s.Minutes)}
		}
		asked := catalogue.Section{Name: "form_questions"}
		for i, page := range s.Pages {
			asked.Lines = append(asked.Lines, joined(p.T("cards.q.page_n", i+1), page.Title.UK, page.Title.EN, page.Hint.UK, page.Hint.EN))
			for _, q := range page.Questions {
				asked.Lines = append(asked.Lines, joined(append([]string{q.Title.UK, q.Title.EN}, questionLines(p, s, q, names)...)...))
			}
		}
		return []catalogue.Section{about, asked}
	}, err
}

// documents are those of the service's card: of the one that is being prepared, or else of the one in force.
func (h handlers) documents(c *gin.Context) ([]contract.Document, error) {
	service, err := requestService(c)
	if err != nil {
		return nil, err
	}
	return h.Services.CardDocuments(c.Request.Context(), service)
}

func (h handlers) documentNames(c *gin.Context) (map[string]locale.Text, error) {
	documents, err := h.documents(c)
	return namesOf(documents), err
}

func namesOf(documents []contract.Document) map[string]locale.Text {
	names := map[string]locale.Text{}
	for _, d := range documents {
		names[d.ID] = d.Name
	}
	return names
}

// questionLines is a question in words: what is answered, whether it has to be, and when it is asked.
func questionLines(p *locale.Printer, s forms.Sketch, q forms.Question, documents map[string]locale.Text) []string {
	must := p.T("cards.q.may")
	if q.Required {
		must = p.T("cards.q.must")
	}
	lines := []string{p.T("cards.q.kind." + kindOf(q)), must}
	if hint := p.Value(q.Hint); hint != "" {
		lines = append(lines, hint)
	}
	if len(q.Options) > 0 {
		lines = append(lines, optionWords(p, q, nil))
	}
	if name, ok := documents[q.Document]; ok {
		lines = append(lines, p.T("cards.q.document_of", name))
	}
	lines = append(lines, boundLines(p, q)...)
	if _, on := s.Question(when(q).Field); on != nil {
		key := "cards.q.when_answer"
		if on.Widget == forms.WidgetCheckbox {
			key = "cards.q.when_ticked"
		}
		lines = append(lines, p.T(key, on.Title, optionWords(p, *on, q.When.Values)))
	}
	return lines
}

// when is the condition of a question; zero for one that is always asked.
func when(q forms.Question) forms.When {
	if q.When == nil {
		return forms.When{}
	}
	return *q.When
}

// optionWords are the answers with those values, all of them for nil, between slashes.
func optionWords(p *locale.Printer, q forms.Question, values []string) string {
	var words []string
	for _, o := range q.Options {
		if values == nil || contains(values, o.Value) {
			words = append(words, p.Value(o.Label))
		}
	}
	return strings.Join(words, " / ")
}

func contains(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}

// boundLines are the bounds of an answer.
func boundLines(p *locale.Printer, q forms.Question) (lines []string) {
	if q.Widget == forms.WidgetText && q.Format == "" || q.Widget == forms.WidgetTextarea {
		lines = append(lines, p.T("cards.q.up_to", q.MaxLength))
	}
	if q.Minimum != nil {
		lines = append(lines, p.T("cards.q.from", decimal(q.Minimum)))
	}
	if q.Maximum != nil {
		lines = append(lines, p.T("cards.q.till", decimal(q.Maximum)))
	}
	if q.After != "" {
		lines = append(lines, p.T("cards.q.day_from", boundWords(p, q.After)))
	}
	if q.Before != "" {
		lines = append(lines, p.T("cards.q.day_till", boundWords(p, q.Before)))
	}
	return lines
}

package cases

import (
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type caseShowPage struct {
	web.Page
	Form      *web.Form // of whichever act failed
	Case      cases.Case
	Names     cases.Names
	Applicant cases.Applicant
	Stages    []cases.Stage
	Events    []event // the newest first
	Received  []documents.File
	Results   []documents.File // originals
	Answers   []forms.Row
	Raw       []rawAnswer // answers whose form is not known any more
	Deadline  workdays.Deadline
	Late      bool
	Ground    locale.Text // cited by a refusal
	Grounds   []ui.SelectItem
	Can       map[string]bool
	Accept    string
	Active    *cases.Stage
}

// event is a line of the history.
type event struct{ cases.Event }

// SaysItself says that the text is a whole sentence of what happened, which a heading would only repeat.
func (e event) SaysItself() bool {
	switch e.Kind {
	case cases.EventRegistered, cases.EventAssigned, cases.EventStageStarted, cases.EventStageFinished, cases.EventSuspended, cases.EventDecided:
		return true
	default:
		return false
	}
}

// rawAnswer is an answer under the name of its field.
type rawAnswer struct{ Name, Value string }

func (h handlers) show(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	page, err := h.page(c, id, web.NewForm(nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "cases/case_show", page)
}

// page reads everything that a case's page shows.
func (h handlers) page(c *gin.Context, id uuid.UUID, form *web.Form) (*caseShowPage, error) {
	ctx, actor, p := c.Request.Context(), session.Actor(c), h.site.Printer(c)
	w, err := h.Cases.Work(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	names, applicant, files, err := h.Cases.Around(ctx, w)
	if err != nil {
		return nil, err
	}
	page := &caseShowPage{
		Page: web.Page{Breadcrumbs: []ui.Link{{Href: "/cases", Text: p.T("cases.title")}, {Text: w.Case.Number}}},
		Form: form, Case: w.Case, Names: names, Applicant: applicant, Stages: w.Stages, Deadline: w.Deadline(), Can: possible(w, actor),
		Accept: ".pdf,.p7s,.asice,.docx,.jpg,.jpeg,.png",
	}
	page.Late = w.Case.State.Running() && workdays.DateOf(h.site.Now()).After(w.Case.DueOn)
	for i := range w.Stages {
		if w.Stages[i].State == cases.StageActive && page.Active == nil {
			page.Active = &w.Stages[i]
		}
	}
	for i := len(w.Events) - 1; i >= 0; i-- {
		page.Events = append(page.Events, event{w.Events[i]})
	}
	for _, f := range files {
		switch f.Purpose {
		case documents.Received:
			page.Received = append(page.Received, f)
		case documents.Result:
			page.Results = append(page.Results, f)
		case documents.SealedResult, documents.Template:
		}
	}
	page.fillGrounds(p, w.Card.Refusal)
	page.fillAnswers(p, names.FormSchema)
	return page, nil
}

// Step is the number of the stage at which the case stands, 0 when it is at none.
func (page *caseShowPage) Step() int {
	for i := range page.Stages {
		if &page.Stages[i] == page.Active {
			return i + 1
		}
	}
	return 0
}

// possible says which acts the person may do now.
func possible(w *cases.Work, actor access.Actor) map[string]bool {
	can := map[string]bool{}
	for _, act := range cases.Acts {
		can[string(act)] = w.Possible(act) && w.May(actor, act)
	}
	take := string(cases.Take)
	can[take] = can[take] && (w.Case.AssignedTo == nil || *w.Case.AssignedTo != actor.UserID || w.Case.State == cases.Registered)
	return can
}

func (page *caseShowPage) fillGrounds(p *locale.Printer, grounds []contract.Ground) {
	page.Grounds = request.Options(p, p.T("cases.ground_choose"), grounds, func(g contract.Ground) (string, locale.Text) { return g.ID, g.Text })
	for _, g := range grounds {
		if g.ID == page.Case.RefusalGround {
			page.Ground = g.Text
		}
	}
}

// fillAnswers shows the answers in the words of the form they were given on, or as they are when that form
// cannot be read.
func (page *caseShowPage) fillAnswers(p *locale.Printer, schema json.RawMessage) {
	if schema != nil {
		form, err := forms.Parse(schema)
		if err == nil {
			var answers forms.Answers
			if answers, err = form.ParseAnswers(page.Case.Answers); err == nil {
				page.Answers = form.Rows(answers, p)
				return
			}
		}
	}
	var raw map[string]any
	if json.Unmarshal(page.Case.Answers, &raw) != nil {
		return
	}
	for name, value := range raw {
		page.Raw = append(page.Raw, rawAnswer{name, p.Value(value)})
	}
	locale.SortBy(page.Raw, func(a rawAnswer) string { return a.Name })
}

// File names an attachment of an answer.
func (page *caseShowPage) File(id string) *documents.File {
	for i := range page.Received {
		if page.Received[i].ID.String() == id {
			return &page.Received[i]
		}
	}
	return nil
}

package situations

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type situationShowPage struct {
	web.Page
	Situation catalogue.Situation
	Steps     []shownStep
	By        audit.Change
	Edits     bool
	Public    string // its page outside; "" while there is none
}

// shownStep is a step as the page shows it.
type shownStep struct {
	catalogue.SituationStep
	Number      int
	Term        string
	First, Last bool
}

func (h handlers) show(c *gin.Context) error {
	v, err := h.one(c)
	if err != nil {
		return err
	}
	return h.renderOne(c, http.StatusOK, v)
}

func (h handlers) renderOne(c *gin.Context, status int, v catalogue.Situation) error {
	p := h.site.Printer(c)
	page := &situationShowPage{Situation: v, Edits: access.Can(session.Actor(c), catalogue.EditSituations, access.Object{})}
	for i, s := range v.Steps {
		page.Steps = append(page.Steps, shownStep{s, i + 1, termText(p, s.Term, i == 0), i == 0, i == len(v.Steps)-1})
	}
	if v.Published && h.PublicURL != "" {
		page.Public = h.PublicURL + "/life-situations/" + v.Code
	}
	name, _ := v.Name.In(p.Lang())
	page.Breadcrumbs = []ui.Link{{Href: "/situations", Text: p.T("situations.title")}, {Text: name}}
	var err error
	if page.By, err = h.Situations.LastChange(c.Request.Context(), v.ID); err != nil {
		return err
	}
	if status == http.StatusConflict {
		page.Errors = []fault.FieldError{{Key: "situations.changed"}}
	}
	return h.site.Render(c, status, "situations/situation_show", page)
}

// termText says when the law wants a step to be done; "" without a term.
func termText(p *locale.Printer, t catalogue.StepTerm, first bool) string {
	if t.Kind == "" {
		return ""
	}
	since := "previous"
	if first {
		since = "event"
	}
	text := p.T("situations.term."+t.Kind, p.T("situations.unit_of."+t.Unit, t.Count), p.T("situations.since."+since))
	if law, _ := t.Law.In(p.Lang()); law != "" {
		text += " (" + law + ")"
	}
	return text
}

// moveStep changes the place of a step.
func (h handlers) moveStep(c *gin.Context) error {
	v, err := h.one(c)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(form.Value("step"))
	by := ways[form.Value("do")]
	if err != nil || by == 0 {
		return fault.New(fault.Invalid, "")
	}
	err = h.Situations.MoveStep(c.Request.Context(), session.Actor(c), v.ID, request.Version(form), number, by)
	if fault.Is(err, fault.Conflict) {
		return h.renderOne(c, http.StatusConflict, v)
	}
	if err != nil {
		return err
	}
	h.site.Flash(c, "situations.step_moved")
	return web.Redirect(c, path(v))
}

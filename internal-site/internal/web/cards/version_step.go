package cards

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

// confirmed are the steps that take something away: a page asks first, for a reason as well.
var confirmed = map[catalogue.Step]bool{catalogue.StepDiscard: true, catalogue.StepWithdraw: true}

type versionConfirmPage[C any] struct {
	*versionShowPage[C]
	Form    *web.Form
	Done    string // the step, as words call it
	Address string // of the version's page
	// Stops says that nobody can apply for the service online any more once the version is withdrawn.
	Stops bool
}

func (p pages[C]) confirm(step catalogue.Step) web.Handler {
	return func(c *gin.Context) error {
		page, err := p.showPage(c)
		if err != nil {
			return err
		}
		if err := catalogue.Permit(session.Actor(c), step, page.Card.Meta, page.Service); err != nil {
			return err
		}
		form := web.NewForm(nil)
		form.Set("version", strconv.Itoa(page.Card.Version))
		return p.renderConfirm(c, http.StatusOK, step, page, form)
	}
}

func (p pages[C]) renderConfirm(c *gin.Context, status int, step catalogue.Step, show *versionShowPage[C], form *web.Form) error {
	page := &versionConfirmPage[C]{
		versionShowPage: show, Form: form, Done: act(step, show.Card.State), Address: p.base(show.Card.Meta),
		Stops: step == catalogue.StepWithdraw && show.Service.Published && show.Service.Quick && p.inForce(c, show.Card),
	}
	page.Breadcrumbs, page.Errors = nil, form.Errors()
	page.Back = &ui.Link{Href: page.Address, Text: p.site.T(c, "cards.back")}
	return p.site.Render(c, status, "cards/version_confirm", page)
}

// act is the step as words call it: a version that citizens never saw is not withdrawn from them.
func act(step catalogue.Step, from catalogue.CardState) string {
	if step == catalogue.StepWithdraw && from == catalogue.Approved {
		return "revoke"
	}
	return string(step)
}

// inForce says whether the version is the one in force today.
func (p pages[C]) inForce(c *gin.Context, v catalogue.Version[C]) bool {
	now, err := p.versions.InForce(c.Request.Context(), v.ServiceID)
	return err == nil && now.ID == v.ID
}

// step takes a version one step on its way.
func (p pages[C]) step(step catalogue.Step) web.Handler {
	return func(c *gin.Context) error {
		page, err := p.showPage(c)
		if err != nil {
			return err
		}
		form, err := web.ParseForm(c)
		if err != nil {
			return err
		}
		err = p.versions.TakeStep(c.Request.Context(), session.Actor(c), step,
			catalogue.Meta{ID: page.Card.ID, Version: request.Version(form)}, form.Value("reason"))
		switch {
		case err == nil:
			return p.stepDone(c, step, page.Card.Meta, page.Service)
		case fault.Is(err, fault.Conflict):
			page.Errors = []fault.FieldError{{Key: conflictKey(err)}}
			return p.site.Render(c, http.StatusConflict, "cards/version_show", page)
		case !form.Take(err):
			return err
		case confirmed[step]:
			return p.renderConfirm(c, http.StatusUnprocessableEntity, step, page, form)
		}
		for _, e := range form.Errors() {
			e.Field = "" // the fields are on another page
			page.Errors = append(page.Errors, e)
		}
		return p.site.Render(c, http.StatusUnprocessableEntity, "cards/version_show", page)
	}
}

func conflictKey(err error) string {
	if key := fault.MessageKey(err); key == "catalogue.step_refused" {
		return key
	}
	return "cards.stale"
}

// stepDone leads to the version, or to the service when the version is no more.
func (p pages[C]) stepDone(c *gin.Context, step catalogue.Step, m catalogue.Meta, s catalogue.Service) error {
	switch {
	case step == catalogue.StepDiscard:
		p.site.Flash(c, "cards.done.discard")
		return web.Redirect(c, "/services/"+m.ServiceID.String())
	case step == catalogue.StepPublish && m.EffectiveFrom.After(workdays.DateOf(p.site.Now())):
		p.site.Flash(c, "cards.done.publish_later", p.site.Printer(c).Date(m.EffectiveFrom))
	case step == catalogue.StepPublish && !s.Published:
		p.site.Flash(c, "cards.done.publish_unseen")
	default:
		p.site.Flash(c, "cards.done."+act(step, m.State))
	}
	return web.Redirect(c, p.base(m))
}

package retention

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/kept"
	"portal.example/internal-site/internal/retention"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type kindEditPage struct {
	web.Page
	retention.State
	Form *web.Form
	Stop []ui.Choice
}

type kindConfirmPage struct {
	web.Page
	retention.State
	Form   *web.Form
	Change retention.Change
	Goes   kept.Found // what the new term removes
}

// Carried are the fields of the form, to be sent again with the confirmation.
func (p *kindConfirmPage) Carried() (fields []ui.Hidden) {
	for _, name := range []string{"days", "paused", "reason"} {
		for _, v := range p.Form.Values(name) {
			fields = append(fields, ui.Hidden{Name: name, Value: v})
		}
	}
	return fields
}

// edit shows the form with what stands.
func (h handlers) edit(c *gin.Context) error {
	state, err := h.Rules.State(c.Request.Context(), session.Actor(c), c.Param("kind"))
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	form.Set("version", strconv.Itoa(state.Rule.Version))
	if state.Rule.Days > 0 {
		form.Set("days", strconv.Itoa(state.Rule.Days))
	}
	if state.Rule.Paused {
		form.Set("paused", "true")
	}
	return h.site.Render(c, http.StatusOK, "retention/kind_edit", h.editPage(c, form, state))
}

func (h handlers) editPage(c *gin.Context, form *web.Form, state retention.State) *kindEditPage {
	page := &kindEditPage{State: state, Form: form, Stop: []ui.Choice{ui.NewChoice("true", h.site.T(c, "retention.pause"), h.site.T(c, "retention.pause_hint"))}}
	page.Back = &ui.Link{Href: "/retention/" + state.Name, Text: h.site.T(c, "retention.name."+state.Name)}
	return page
}

// typed is the change that a form asks for. An empty term is none.
func typed(form *web.Form, kind string) retention.Change {
	change := retention.Change{
		Kind: kind, Paused: form.Value("paused") == "true", Reason: form.Value("reason"), Seen: request.Version(form), Agreed: form.Value("sure") == "yes",
	}
	if days := form.Value("days"); days != "" {
		n, err := strconv.Atoi(days)
		form.Check(err == nil && n > 0, "days", "retention.days_number")
		change.Days = n
	}
	return change
}

// save checks what was typed, shows what would go, and sets the term once that was confirmed.
func (h handlers) save(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	state, err := h.Rules.State(c.Request.Context(), session.Actor(c), c.Param("kind"))
	if err != nil {
		return err
	}
	change := typed(form, state.Name)
	if form.OK() {
		form.Take(change.Judge(state.Kind))
	}
	switch {
	case !form.OK():
		return h.site.Invalid(c, "retention/kind_edit", form, h.editPage(c, form, state))
	case form.Value("back") != "":
		return h.site.Render(c, http.StatusOK, "retention/kind_edit", h.editPage(c, form, state))
	case !change.Agreed:
		return h.confirm(c, form, state, change)
	}
	return h.set(c, form, state, change)
}

// confirm says what the term would remove, before it is set.
func (h handlers) confirm(c *gin.Context, form *web.Form, state retention.State, change retention.Change) error {
	goes, err := h.Rules.Preview(c.Request.Context(), session.Actor(c), state.Name, change.Days)
	if err != nil {
		return err
	}
	page := &kindConfirmPage{State: state, Form: form, Change: change, Goes: goes}
	page.Back = &ui.Link{Href: "/retention/" + state.Name, Text: h.site.T(c, "retention.name."+state.Name)}
	return h.site.Render(c, http.StatusOK, "retention/kind_confirm", page)
}

func (h handlers) set(c *gin.Context, form *web.Form, state retention.State, change retention.Change) error {
	changed, err := h.Rules.Set(c.Request.Context(), session.Actor(c), change)
	switch {
	case fault.Is(err, fault.Conflict):
		return h.changedSince(c, form, state, err)
	case err != nil && form.Take(err):
		return h.site.Invalid(c, "retention/kind_edit", form, h.editPage(c, form, state))
	case err != nil:
		return err
	case changed:
		h.site.Flash(c, "retention.done")
	default:
		h.site.Flash(c, "retention.same")
	}
	return web.Redirect(c, "/retention/"+state.Name)
}

// changedSince says that a colleague has set the term meanwhile. The form keeps what was typed and is about the rule as it is now.
func (h handlers) changedSince(c *gin.Context, form *web.Form, state retention.State, cause error) error {
	form.Set("version", strconv.Itoa(state.Rule.Version))
	form.Add("", fault.MessageKey(cause))
	web.SetTyped(c, form)
	page := h.editPage(c, form, state)
	page.Errors = form.Errors()
	return h.site.Render(c, http.StatusConflict, "retention/kind_edit", page)
}

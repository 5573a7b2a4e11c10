package modules

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/modules"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type moduleSwitchPage struct {
	web.Page
	Form   *web.Form
	Module contract.Module
	Centre locale.Text // empty: the whole installation
	On     bool        // what is asked for
	Seen   int         // the version of the switch that the page shows
}

// confirm says what switching means before it is done.
func (h handlers) confirm(c *gin.Context) error {
	form, err := web.QueryForm(c)
	if err != nil {
		return err
	}
	page, err := h.switchPage(c, form)
	if err != nil {
		return err
	}
	if err := h.see(c, form, page); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "modules/module_switch", page)
}

// see reads which version of the switch the page is about.
func (h handlers) see(c *gin.Context, form *web.Form, page *moduleSwitchPage) (err error) {
	page.Seen, err = h.Modules.Version(c.Request.Context(), page.Module.Name, request.FormID(form, "centre"))
	return err
}

func (h handlers) switchPage(c *gin.Context, form *web.Form) (*moduleSwitchPage, error) {
	m, err := named(c.Param("module"))
	if err != nil {
		return nil, err
	}
	to := form.Value("to")
	if m.Core || (to != "on" && to != "off") {
		return nil, fault.New(fault.NotFound, "")
	}
	page := &moduleSwitchPage{Form: form, Module: m, On: to == "on"}
	page.Back = &ui.Link{Href: "/modules/" + m.Name, Text: h.site.T(c, "modules.name."+m.Name)}
	if form.Value("centre") == "" {
		return page, nil
	}
	centres, err := h.Orgs.Names(c.Request.Context(), org.Centre)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(centres, func(n org.Name) bool { return n.ID == request.FormID(form, "centre") })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "")
	}
	page.Centre = centres[i].Name
	return page, nil
}

// change carries the decision out.
func (h handlers) change(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	page, err := h.switchPage(c, form)
	if err != nil {
		return err
	}
	if page.Seen, err = strconv.Atoi(form.Value("seen")); err != nil {
		page.Seen = -1 // of no page of ours
	}
	centre := uuid.Nil
	if !page.Centre.IsZero() {
		centre = request.FormID(form, "centre")
	}
	changed, err := h.Modules.Switch(c.Request.Context(), session.Actor(c), modules.Change{
		Module: page.Module.Name, Centre: centre, On: page.On, Reason: form.Value("reason"), Seen: page.Seen,
	})
	switch {
	case fault.Is(err, fault.Conflict):
		return h.changedSince(c, form, page, err)
	case err != nil && !form.Take(err):
		return err
	case !form.OK():
		return h.site.Invalid(c, "modules/module_switch", form, page)
	}
	h.site.Flash(c, saysOf(page.On, changed))
	return web.Redirect(c, "/modules/"+page.Module.Name)
}

// saysOf is the word about a switch that was made, or that stood so already.
func saysOf(on, changed bool) string {
	switch {
	case on && changed:
		return "modules.done_on"
	case changed:
		return "modules.done_off"
	case on:
		return "modules.on_already"
	}
	return "modules.off_already"
}

// changedSince says that a colleague has switched the module meanwhile, with the reason that was typed: the page is about the switch as
// it is now.
func (h handlers) changedSince(c *gin.Context, form *web.Form, page *moduleSwitchPage, cause error) error {
	if err := h.see(c, form, page); err != nil {
		return err
	}
	form.Add("", fault.MessageKey(cause))
	web.SetTyped(c, form)
	page.Errors = form.Errors()
	return h.site.Render(c, http.StatusConflict, "modules/module_switch", page)
}

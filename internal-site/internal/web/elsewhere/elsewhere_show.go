package elsewhere

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

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

type elsewhereShowPage struct {
	web.Page
	Entry   catalogue.Elsewhere
	Shown   ui.Elsewhere
	By      audit.Change
	Phrases []phrase
	Due     bool
	Edits   bool
	Form    *web.Form // when to look again
	DayType string
}

// phrase is something that people type, and where the public site answers to it; "" while citizens do not see it.
type phrase struct{ Text, Href string }

// again is how long what was found true is believed, in months, until somebody says otherwise.
const again = 6

func (h handlers) show(c *gin.Context) error {
	e, err := h.one(c)
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	form.Set("review", h.Elsewhere.Today().AddDate(0, again, 0).Format(time.DateOnly))
	form.Set("version", strconv.Itoa(e.Version))
	return h.renderOne(c, http.StatusOK, e, form)
}

func (h handlers) renderOne(c *gin.Context, status int, e catalogue.Elsewhere, form *web.Form) error {
	p := h.site.Printer(c)
	page := &elsewhereShowPage{
		Entry: e, Shown: shown(e), Phrases: h.phrases(e), Due: e.Due(h.Elsewhere.Today()),
		Edits: access.Can(session.Actor(c), catalogue.EditElsewhere, access.Object{}), Form: form, DayType: request.KindOfDay(form, "review"),
	}
	page.Errors = append(page.Errors, form.Errors()...)
	name, _ := e.Name.In(p.Lang())
	page.Breadcrumbs = []ui.Link{{Href: "/elsewhere", Text: p.T("elsewhere.title")}, {Text: name}}
	var err error
	if page.By, err = h.Elsewhere.LastChange(c.Request.Context(), e.ID); err != nil {
		return err
	}
	if status == http.StatusConflict {
		page.Errors = []fault.FieldError{{Key: "elsewhere.changed"}}
	}
	return h.site.Render(c, status, "elsewhere/elsewhere_show", page)
}

// phrases are the name and the words, each with the search that it leads to.
func (h handlers) phrases(e catalogue.Elsewhere) (list []phrase) {
	for _, text := range append([]string{e.Name.UK, e.Name.EN}, e.Phrases()...) {
		if text == "" {
			continue
		}
		one := phrase{Text: text}
		if e.Published && h.PublicURL != "" {
			one.Href = h.PublicURL + "/services?" + url.Values{"q": {text}}.Encode()
		}
		list = append(list, one)
	}
	return list
}

// confirm keeps the word of somebody who has looked that it is still true.
func (h handlers) confirm(c *gin.Context) error {
	e, err := h.one(c)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	review := day(form, "review")
	if form.OK() {
		err = h.Elsewhere.Confirm(c.Request.Context(), session.Actor(c), e.ID, request.Version(form), review)
	}
	switch {
	case fault.Is(err, fault.Conflict):
		// Whoever presses again has read what is there now.
		form.Set("version", strconv.Itoa(e.Version))
		return h.renderOne(c, http.StatusConflict, e, form)
	case err != nil && !form.Take(err):
		return err
	case !form.OK():
		return h.renderOne(c, http.StatusUnprocessableEntity, e, form)
	}
	h.site.Flash(c, "elsewhere.confirmed")
	return web.Redirect(c, "/elsewhere/"+e.ID.String())
}

// day is what was typed into a field for a day; nil when nothing was, or no day.
func day(form *web.Form, name string) *time.Time {
	at := request.Day(form, name, time.Time{})
	if at.IsZero() {
		return nil
	}
	return &at
}

// both is a text as two fields have it.
func both(uk, en string) locale.Text { return locale.Text{UK: uk, EN: en} }

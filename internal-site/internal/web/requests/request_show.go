package requests

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/requests"
	"portal.example/internal-site/internal/web/download"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type requestShowPage struct {
	web.Page
	Form      *web.Form
	Request   requests.Request
	Late      bool
	MayAnswer bool
	MayRecall bool
	MayRemind bool
	Mine      bool // the reader works on the answer
	Asks      bool // the reader is of the party that asks, so the case is theirs to open
	Carried   []carried
	Grounds   []ui.SelectItem
	Accept    string
}

// carried is a fact that the request carries.
type carried struct {
	Label string
	Value locale.Text
}

// show shows one request with what it carries and its answer.
func (h handlers) show(c *gin.Context) error {
	page, err := h.page(c, web.NewForm(nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "requests/request_show", page)
}

func (h handlers) page(c *gin.Context, form *web.Form) (*requestShowPage, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return nil, err
	}
	actor, p := session.Actor(c), h.site.Printer(c)
	r, err := h.Requests.Get(c.Request.Context(), actor, id)
	if err != nil {
		return nil, err
	}
	page := &requestShowPage{
		Form: form, Request: r, Late: r.Late(workdays.DateOf(h.site.Now())), MayAnswer: r.MayAnswer(actor), MayRecall: r.MayRecall(actor),
		Mine: r.Person != nil && *r.Person == actor.UserID, Asks: r.SeesCase(actor), Accept: ".pdf,.p7s,.asice,.docx,.jpg,.jpeg,.png",
	}
	page.MayRemind = page.MayRecall && !r.RemindedOn(h.site.Now())
	page.Breadcrumbs = []ui.Link{{Href: "/requests", Text: p.T("requests.title")}, {Text: r.Number()}}
	for _, f := range r.Facts {
		page.Carried = append(page.Carried, carried{in(p, f.Label), f.Value})
	}
	page.Grounds = []ui.SelectItem{{Text: p.T("requests.ground_choose")}}
	for _, g := range r.Grounds {
		page.Grounds = append(page.Grounds, ui.SelectItem{Value: requests.OfCard + g.ID, Text: in(p, g.Text)})
	}
	for _, g := range requests.OwnGrounds {
		page.Grounds = append(page.Grounds, ui.SelectItem{Value: g, Text: p.T("requests.ground." + g)})
	}
	return page, nil
}

// again shows the request with what was typed and what is wrong with it.
func (h handlers) again(c *gin.Context, form *web.Form, status int, wrong ...fault.FieldError) error {
	page, err := h.page(c, form)
	if err != nil {
		return err
	}
	page.Errors = wrong
	return h.site.Render(c, status, "requests/request_show", page)
}

// file hands out a file that the request carries, or the answer.
func (h handlers) file(c *gin.Context) error {
	f, err := download.Find(c, h.Requests.File)
	if err != nil {
		return err
	}
	return download.Send(c, h.Vault, f)
}

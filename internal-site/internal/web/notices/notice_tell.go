package notices

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type tellPage struct {
	web.Page
	Form   *web.Form
	Notice notices.Undelivered
	Why    string
	Ways   []ui.Choice
}

func tells(actor access.Actor) bool { return access.MayEver(actor, notices.Tell) }

// show asks how the applicant was told.
func (h handlers) show(c *gin.Context) error {
	page, err := h.page(c, web.NewForm(url.Values{}))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "notices/notice_tell", page)
}

func (h handlers) page(c *gin.Context, form *web.Form) (*tellPage, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return nil, err
	}
	n, err := h.Desk.One(c.Request.Context(), session.Actor(c), id)
	if err != nil {
		return nil, err
	}
	p := h.site.Printer(c)
	page := &tellPage{Form: form, Notice: n, Why: notices.Describe(p, n.Notice)}
	page.Back = &ui.Link{Href: "/notices/undelivered", Text: p.T("notices.undelivered")}
	for _, how := range notices.Ways {
		page.Ways = append(page.Ways, ui.Choice{Value: string(how), Content: ui.Content{Text: p.T("notices.how." + string(how))}})
	}
	return page, nil
}

// tell records how the applicant was told, and leads back to the list.
func (h handlers) tell(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	page, err := h.page(c, form)
	if err != nil {
		return err
	}
	err = h.Desk.Told(c.Request.Context(), session.Actor(c), page.Notice.EventID, notices.How(form.Value("how")))
	if err != nil && !form.Take(err) {
		return err
	}
	if !form.OK() {
		return h.site.Invalid(c, "notices/notice_tell", form, page)
	}
	h.site.Flash(c, "notices.recorded")
	return web.Redirect(c, "/notices/undelivered")
}

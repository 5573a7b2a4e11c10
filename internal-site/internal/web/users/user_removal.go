package users

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// removal is something that is taken off an account on a page that says what follows, never at one click.
type removal struct {
	page  string // its template
	done  string // key of what is said afterwards
	there func(p *userShowPage) bool
	// fill reads what else the page shows; nil: nothing. It is NotFound where there is nothing to take off.
	fill   func(h handlers, c *gin.Context, p *userShowPage) error
	remove func(h handlers, c *gin.Context, p *userShowPage, actor access.Actor) (access.Outcome, error)
}

// ask says what follows.
func (h handlers) ask(r removal) web.Handler {
	return func(c *gin.Context) error {
		return h.asked(c, r, web.NewForm(nil), http.StatusOK)
	}
}

func (h handlers) asked(c *gin.Context, r removal, form *web.Form, status int) error {
	page, err := h.page(c, form)
	if err != nil {
		return err
	}
	account := "/users/" + page.Account.ID.String()
	if page.Self || !r.there(page) {
		return web.Redirect(c, account)
	}
	if r.fill != nil {
		if err := r.fill(h, c, page); err != nil {
			return err
		}
	}
	page.Errors = form.Errors()
	page.Back, page.Breadcrumbs = &ui.Link{Href: account, Text: page.Account.FullName}, nil
	return h.site.Render(c, status, r.page, page)
}

// take does it, or proposes it to a second person.
func (h handlers) take(r removal) web.Handler {
	return func(c *gin.Context) error {
		form, err := web.ParseForm(c)
		if err != nil {
			return err
		}
		if form.Value("sure") == "" {
			return h.asked(c, r, form, http.StatusOK)
		}
		page, err := h.page(c, form)
		if err != nil {
			return err
		}
		outcome, err := r.remove(h, c, page, session.Actor(c))
		if err != nil && !form.Take(err) {
			return err
		}
		if !form.OK() {
			return h.asked(c, r, form, http.StatusUnprocessableEntity)
		}
		return h.told(c, page, outcome, r.done)
	}
}

package users

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type userAddPage struct {
	web.Page
	Form *web.Form
	giving
}

func (h handlers) add(c *gin.Context) error {
	page, err := h.addPage(c, web.NewForm(nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "users/user_add", page)
}

func (h handlers) addPage(c *gin.Context, form *web.Form) (page *userAddPage, err error) {
	page = &userAddPage{Form: form}
	page.Back = &ui.Link{Href: "/users", Text: h.site.T(c, "users.title")}
	page.giving, err = h.giving(c)
	return page, err
}

func (h handlers) addPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	page, err := h.addPage(c, form)
	if err != nil {
		return err
	}
	checkDetails(form)
	grant := page.first(form)
	if form.OK() {
		fresh := detailsOf(form)
		fresh.Login = form.Value("login")
		made, outcome, err := h.Users.Enrol(c.Request.Context(), session.Actor(c), fresh, grant)
		if err == nil {
			return h.added(c, made, outcome)
		}
		if !take(form, "group", err) {
			return err
		}
	}
	return h.site.Invalid(c, "users/user_add", form, page)
}

// first is the group that the new account is to be in; nil when none was chosen.
func (p *userAddPage) first(form *web.Form) *access.Grant {
	if form.Value("group") == "" {
		return nil
	}
	g, err := p.grantOf(form)
	if err != nil {
		form.Take(err)
	}
	return &g
}

// added says what became of a new account. One that waits for a second person is in no place yet, so that whoever
// manages a place alone does not see it, and has no password yet: the second person gets it.
func (h handlers) added(c *gin.Context, made access.OneTime, outcome access.Outcome) error {
	if outcome == access.Proposed {
		h.site.Flash(c, "users.added_proposed")
		return web.Redirect(c, "/users/proposals")
	}
	return h.once(c, made)
}

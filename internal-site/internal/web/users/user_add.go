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
	Min  int
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
	page = &userAddPage{Form: form, Min: access.MinPassword}
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
	form.MaxLen("full_name", 200)
	form.MaxLen("position", 200)
	grant := page.first(form)
	if form.OK() {
		user, outcome, err := h.Users.AddUser(c.Request.Context(), session.Actor(c), access.User{
			Login: form.Value("login"), FullName: form.Value("full_name"), Position: form.Value("position"), Email: form.Value("email"),
			Phone: form.Value("phone"),
		}, secret(form, "password"), grant)
		if err == nil {
			return h.added(c, user, outcome)
		}
		if !take(form, "group", err) {
			return err
		}
	}
	form.Set("password")
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
// manages a place alone does not see it.
func (h handlers) added(c *gin.Context, user access.User, outcome access.Outcome) error {
	if outcome == access.Proposed {
		h.site.Flash(c, "users.added_proposed")
		return web.Redirect(c, "/users/proposals")
	}
	h.site.Flash(c, "users.added")
	return web.Redirect(c, "/users/"+user.ID.String())
}

// secret is a field as it was typed, spaces and all.
func secret(form *web.Form, name string) string {
	if values := form.Values(name); len(values) == 1 {
		return values[0]
	}
	return ""
}

package users

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type userAddPage struct {
	web.Page
	Form *web.Form
	Min  int
}

func (h handlers) add(c *gin.Context) error {
	return h.site.Render(c, http.StatusOK, "users/user_add", h.addPage(c, web.NewForm(nil)))
}

func (h handlers) addPage(c *gin.Context, form *web.Form) *userAddPage {
	page := &userAddPage{Form: form, Min: access.MinPassword}
	page.Back = &ui.Link{Href: "/users", Text: h.site.T(c, "users.title")}
	return page
}

func (h handlers) addPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	form.MaxLen("full_name", 200)
	form.MaxLen("position", 200)
	if form.OK() {
		user, err := h.Users.AddUser(c.Request.Context(), access.User{
			Login: form.Value("login"), FullName: form.Value("full_name"), Position: form.Value("position"), Email: form.Value("email"),
			Phone: form.Value("phone"),
		}, secret(form, "password"), session.Actor(c).Audit())
		if err == nil {
			h.site.Flash(c, "users.added")
			return web.Redirect(c, "/users/"+user.ID.String())
		}
		if !takePassword(form, err) {
			return err
		}
	}
	form.Set("password")
	return h.site.Invalid(c, "users/user_add", form, h.addPage(c, form))
}

// secret is a field as it was typed, spaces and all.
func secret(form *web.Form, name string) string {
	if values := form.Values(name); len(values) == 1 {
		return values[0]
	}
	return ""
}

// takePassword shows field errors, and what is wrong with the password beside its field.
func takePassword(form *web.Form, err error) bool {
	if form.Take(err) {
		return true
	}
	var e *fault.Error
	if !errors.As(err, &e) || e.Kind != fault.Invalid {
		return false
	}
	form.Add("password", e.Key, e.Args...)
	return true
}

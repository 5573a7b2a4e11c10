package signin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

type passwordPage struct {
	web.Page
	Form   *web.Form
	Login  string // for the browser's store of passwords
	Forced bool
	Min    int
	Kept   *kept  // a form that waits until the password is changed
	Next   string // where its writer came from
}

func newPasswordPage(user access.User, form *web.Form, late *kept, next string) *passwordPage {
	return &passwordPage{Form: form, Login: user.Login, Forced: user.MustChange, Min: access.MinPassword, Kept: late, Next: next}
}

func (h handlers) password(c *gin.Context) error {
	user, _ := session.User(c)
	return h.site.Render(c, http.StatusOK, "signin/password", newPasswordPage(user, web.NewForm(nil), nil, ""))
}

func (h handlers) passwordPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	user, _ := session.User(c)
	next, late := localPath(form.Value("next")), h.carried(form)
	present, fresh, again := secret(form, "present"), secret(form, "password"), secret(form, "again")
	form.Check(present != "", "present", "signin.present_required")
	form.Check(fresh != "", "password", "signin.fresh_required")
	form.Check(fresh == again, "again", "signin.again_differs")
	if form.OK() {
		err := h.Users.ChangeOwnPassword(c.Request.Context(), session.Actor(c), present, fresh, web.HashToken(h.site.SessionToken(c)))
		if err != nil && !form.Take(err) {
			return err
		}
	}
	if !form.OK() {
		for _, name := range []string{"present", "password", "again"} {
			form.Set(name)
		}
		return h.site.Invalid(c, "signin/password", form, newPasswordPage(user, form, late, next))
	}
	if late != nil {
		return h.showKept(c, late, next)
	}
	h.site.Flash(c, "signin.password_changed")
	return web.Redirect(c, "/account")
}

// secret is a field as it was typed, spaces and all.
func secret(form *web.Form, name string) string {
	if values := form.Values(name); len(values) == 1 {
		return values[0]
	}
	return ""
}

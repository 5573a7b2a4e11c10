package signin

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// secondPage asks whoever has given the right password for their second factor.
type secondPage struct {
	web.Page
	Form *web.Form
	Next string
	Kept *kept // a form that waits until they are signed in
	Keys bool  // they have passkeys
}

// showSecond shows the form with what is wrong with it, if anything.
func (h handlers) showSecond(c *gin.Context, user access.User, form *web.Form, next string, k *kept) (err error) {
	page := &secondPage{Form: form, Next: next, Kept: k}
	if page.Keys, err = h.Users.HasPasskeys(c.Request.Context(), user.ID); err != nil {
		return err
	}
	if form.OK() {
		return h.site.Render(c, http.StatusOK, "signin/second", page)
	}
	return h.site.Invalid(c, "signin/second", form, page)
}

func (h handlers) second(c *gin.Context) error {
	user, _ := session.User(c)
	if user.Step() != access.FactorStep {
		return web.Redirect(c, "/")
	}
	return h.showSecond(c, user, web.NewForm(nil), localPath(c.Query("next")), nil)
}

func (h handlers) secondPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	who, _ := session.User(c)
	next, late := localPath(form.Value("next")), h.carried(form)
	if web.ShowOnly(c) {
		form.Set("code")
		return h.showSecond(c, who, form, next, late)
	}
	form.Required("code", "signin.code_required")
	if form.OK() {
		owner, err := h.owner(c) // before the session that waits ends
		if err != nil {
			return err
		}
		user, ok, err := h.giveCode(c, form)
		if err != nil {
			return err
		}
		if ok {
			return h.lead(c, user, owner, late, next)
		}
	}
	form.Set("code")
	return h.showSecond(c, who, form, next, late)
}

// giveCode ends the sign-in; ok is false when the form has to be shown again.
func (h handlers) giveCode(c *gin.Context, form *web.Form) (user access.User, ok bool, err error) {
	address, err := clientAddress(c)
	if err != nil {
		return user, false, err
	}
	token := web.NewToken()
	user, err = h.Users.GiveCode(c.Request.Context(), access.SecondStep{
		Code: form.Value("code"), Address: address, Agent: c.Request.UserAgent(),
		TokenHash: web.HashToken(token), Waiting: web.HashToken(h.site.SessionToken(c)),
	})
	var e *fault.Error
	if errors.As(err, &e) && e.Kind == fault.Invalid {
		form.Add("code", e.Key, e.Args...)
		return user, false, nil
	}
	if err != nil {
		return user, false, err
	}
	h.site.StartSession(c, token, access.SessionKnown)
	return user, true, nil
}

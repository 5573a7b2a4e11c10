package cabinet

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

type signInPage struct {
	web.Page
	Form  *web.Form
	Next  string
	Ended bool // the session has ended
	Late  bool // the code of the app did not come in time
	Waits bool // something is saved after it
	Keys  bool // passkeys can be used on this site
}

func (h *handlers) signInPage(c *gin.Context, form *web.Form, next string) *signInPage {
	p := &signInPage{Form: form, Next: next, Ended: c.Query("ended") != "", Late: c.Query("late") != "", Waits: h.waits(c), Keys: h.Accounts.HasPasskeys()}
	h.outside(c, &p.Page)
	return p
}

func (h *handlers) signIn(c *gin.Context) error {
	return h.site.Render(c, http.StatusOK, "cabinet/sign_in", h.signInPage(c, web.NewForm(nil), c.Query("next")))
}

// signInPost opens the account. A login that nobody has and a wrong password are one answer.
func (h *handlers) signInPost(c *gin.Context) error {
	web.Resends(c)
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	l, typed := h.pair(form)
	if form.OK() && !web.ShowOnly(c) {
		var o account.Opened
		err := h.guess(c, l, func() error {
			o, err = h.Accounts.SignIn(c.Request.Context(), l, typed, web.BrowserOf(c.Request.UserAgent()))
			return err
		})
		if err == nil && o.Waits {
			return h.askForCode(c, o.Token, form.Value("next"))
		}
		if err == nil {
			h.remember(c, l)
			if err := h.enter(c, o.Token); err != nil {
				return err
			}
			return web.Redirect(c, h.next(c, form.Value("next")))
		}
		if status, ok := refusal(form, err); ok {
			return h.again(c, status, "cabinet/sign_in", form, h.signInPage(c, form, form.Value("next")))
		}
		return err
	}
	forgetSecrets(form)
	return h.site.Invalid(c, "cabinet/sign_in", form, h.signInPage(c, form, form.Value("next")))
}

// pair reads a login and a password that should exist already.
func (h *handlers) pair(form *web.Form) (account.Login, string) {
	form.Required("login", "cabinet.login_required")
	typed := secret(form, "password")
	form.Check(typed != "", "password", "cabinet.password_required")
	if !form.OK() {
		return account.Login{}, ""
	}
	l, err := account.ParseLogin(form.Value("login"))
	if err != nil { // no account has it, which is no other answer than a wrong password
		form.Add("login", "account.no_match")
	}
	return l, typed
}

// refusal puts into the form why a secret opened nothing; false when it is another error.
func refusal(form *web.Form, err error) (status int, ok bool) {
	switch {
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.TooMany):
		form.Add("login", fault.MessageKey(err))
		return fault.Status(err), true
	}
	return 0, false
}

// again shows a form that was refused. What is not found is no missing page, but a mistake in the form.
func (h *handlers) again(c *gin.Context, status int, page string, form *web.Form, data web.Data) error {
	forgetSecrets(form)
	if status == http.StatusNotFound {
		return h.site.Invalid(c, page, form, data)
	}
	web.SetTyped(c, form)
	data.Base().Errors = form.Errors()
	return h.site.Render(c, status, page, data)
}

package cabinet

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
	"portal.example/shared/web"
)

type registerPage struct {
	web.Page
	Form  *web.Form
	Min   int
	Waits bool
}

func (h *handlers) registerPage(c *gin.Context, form *web.Form) *registerPage {
	p := &registerPage{Form: form, Min: account.MinPassword, Waits: h.waits(c)}
	h.outside(c, &p.Page)
	return p
}

func (h *handlers) register(c *gin.Context) error {
	return h.site.Render(c, http.StatusOK, "cabinet/register", h.registerPage(c, web.NewForm(nil)))
}

// registerPost makes an account. Nothing that it says tells whether somebody else has the login.
func (h *handlers) registerPost(c *gin.Context) error {
	web.Resends(c)
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	to := h.change(form)
	if !form.OK() || web.ShowOnly(c) {
		forgetSecrets(form)
		return h.site.Invalid(c, "cabinet/register", form, h.registerPage(c, form))
	}
	if err := h.limits.starts.AllowFrom(h.site.Client(c)); err != nil {
		return err
	}
	var entry account.Entry
	err = h.guess(c, to.Login, func() error {
		entry, err = h.Accounts.Register(c.Request.Context(), to.Login, to.Shown, to.Password, web.BrowserOf(c.Request.UserAgent()))
		return err
	})
	switch {
	case fault.MessageKey(err) == "account.taken":
		form.Add("login", "account.taken")
	case fault.Is(err, fault.TooMany):
		form.Add("login", fault.MessageKey(err))
	case err != nil:
		return err
	default:
		h.count(c, to.Login) // a pair that opened nothing so far, which is what guessing looks like, too
		return h.welcome(c, to.Login, entry, "cabinet.registered")
	}
	return h.again(c, fault.Status(err), "cabinet/register", form, h.registerPage(c, form))
}

// change reads a login and a password that are to be.
func (h *handlers) change(form *web.Form) account.Change {
	to := account.Change{Shown: form.Value("login"), Password: secret(form, "password")}
	form.Required("login", "cabinet.login_required")
	var err error
	if to.Login, err = account.ParseLogin(to.Shown); err != nil {
		form.Add("login", fault.MessageKey(err))
	}
	form.Check(to.Password != "", "password", "cabinet.fresh_required")
	if err := account.CheckPassword(to.Login, to.Password); err != nil {
		addRefusal(form, "password", err)
	}
	form.Check(to.Password == secret(form, "again"), "again", "cabinet.again_differs")
	return to
}

// addRefusal puts what a domain refused beside the field.
func addRefusal(form *web.Form, field string, err error) {
	var refused *fault.Error
	if asFault(err, &refused) {
		form.Add(field, refused.Key, refused.Args...)
	}
}

type codePage struct {
	web.Page
	DoneKey  string // what has been done
	Code     []string
	FullCode string
	Next     string
}

// welcome opens the account in the browser and shows its recovery code, which nobody can show again.
func (h *handlers) welcome(c *gin.Context, l account.Login, entry account.Entry, done string) error {
	h.remember(c, l)
	if err := h.enter(c, entry.Token); err != nil {
		return err
	}
	h.tellTried(c, entry.Tried)
	return h.showCode(c, entry.Recovery, done, h.next(c, ""))
}

func (h *handlers) showCode(c *gin.Context, code seal.Code, done, next string) error {
	p := &codePage{DoneKey: done, Code: code.Groups(), FullCode: code.Reveal(), Next: next}
	h.own(c, &p.Page)
	web.SetTyped(c, nil)
	return h.site.Render(c, http.StatusOK, "cabinet/code", p)
}

package signin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// factorPasskeyPage asks for the name of a new passkey and for the password.
type factorPasskeyPage struct {
	web.Page
	Form  *web.Form
	Login string
	Waits bool // nothing else is open before there is a second factor
}

func (h handlers) factorPasskey(c *gin.Context) error {
	return h.showFactorPasskey(c, http.StatusOK, web.NewForm(nil))
}

func (h handlers) showFactorPasskey(c *gin.Context, status int, form *web.Form) error {
	user, _ := session.User(c)
	page := &factorPasskeyPage{Form: form, Login: user.Login, Waits: user.Step() == access.EnrolStep}
	page.Back, page.Errors = h.backTo(c, session.EnrolPath, "signin.factors"), form.Errors()
	return h.site.Render(c, status, "signin/factor_passkey", page)
}

// factorPasskeyPost takes the name and the password and has the browser make a key; the form of that page brings the key here.
func (h handlers) factorPasskeyPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	switch {
	case web.ShowOnly(c):
		return h.showFactorPasskey(c, http.StatusOK, form)
	case form.Value("credential") != "":
		return h.addPasskey(c, form)
	}
	address, err := clientAddress(c)
	if err != nil {
		return err
	}
	var asked access.Ceremony
	form.Required("name", "access.factor_name_required")
	_, err = h.owned(c, form, func(by access.Confirmation) (_ []string, err error) {
		asked, err = h.Users.PreparePasskey(c.Request.Context(), session.Actor(c), form.Value("name"), address, by)
		return nil, err
	})
	if err != nil {
		return err
	}
	if !form.OK() {
		return h.showFactorPasskey(c, http.StatusUnprocessableEntity, form)
	}
	return h.site.Render(c, http.StatusOK, "signin/passkey", &passkeyPage{
		Ceremony: asked, Path: addKeyPath, Way: "create", Title: "signin.passkey_add_title", Now: true,
		Other: ui.Link{Href: addKeyPath, Text: h.site.T(c, "signin.passkey_back")},
	})
}

// addPasskey adds the key that the browser has made. One that is refused begins anew, with the name and the password.
func (h handlers) addPasskey(c *gin.Context, form *web.Form) error {
	made, err := h.Users.ConfirmPasskey(c.Request.Context(), session.Actor(c), form.Value("challenge"), form.Value("credential"),
		web.HashToken(h.site.SessionToken(c)))
	if fault.Is(err, fault.Invalid) {
		if !form.Take(err) {
			problem := problemOf(err)
			form.Add("", problem.Key, problem.Args...)
		}
		return h.showFactorPasskey(c, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return h.added(c, made, nil, "/account")
}

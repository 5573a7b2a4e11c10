package signin

import (
	"html/template"
	"net"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// factorCodePage shows a secret for the person's app, and asks for the code that the app makes of it.
type factorCodePage struct {
	web.Page
	Form    *web.Form
	Login   string
	Enrol   access.Enrolment
	Picture template.HTML
	Waits   bool  // nothing else is open before there is a second factor
	Kept    *kept // a form that waits until then
	Next    string
}

func (h handlers) factorCode(c *gin.Context) error {
	user, _ := session.User(c)
	return h.showFactorCode(c, http.StatusOK, user, web.NewForm(nil))
}

// showFactorCode shows the secret that the form carries, or a new one.
func (h handlers) showFactorCode(c *gin.Context, status int, user access.User, form *web.Form) (err error) {
	page := &factorCodePage{Form: form, Login: user.Login, Waits: user.Step() == access.EnrolStep, Kept: h.carried(form), Next: localPath(form.Value("next"))}
	issuer, sealed := hostOf(c), form.Value("sealed")
	if sealed != "" {
		page.Enrol, err = h.Users.ShownCode(user.Actor(), sealed, issuer)
	}
	if sealed == "" || fault.Is(err, fault.Invalid) { // the key of the process has changed, or it is not their form
		page.Enrol, err = h.Users.PrepareCode(user.Actor(), issuer)
	}
	if err != nil {
		return err
	}
	form.Set("sealed", page.Enrol.Sealed) // the links of languages carry the form, and the key stays the same
	if page.Picture, err = ui.QR(page.Enrol.URL, h.site.T(c, "signin.qr")); err != nil {
		return err
	}
	page.Back, page.Errors = h.backTo(c, session.EnrolPath, "signin.factors"), form.Errors()
	return h.site.Render(c, status, "signin/factor_code", page)
}

// hostOf is what apps call the site: its name on the network, since a short text in Latin letters makes a picture that old
// telephones read.
func hostOf(c *gin.Context) string {
	host, _, err := net.SplitHostPort(c.Request.Host)
	if err != nil {
		return c.Request.Host
	}
	return host
}

func (h handlers) factorCodePost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	user, _ := session.User(c)
	if web.ShowOnly(c) {
		form.Set("code")
		return h.showFactorCode(c, http.StatusOK, user, form)
	}
	form.Required("code", "signin.code_required")
	form.Required("name", "access.factor_name_required")
	made, err := h.owned(c, form, func(by access.Confirmation) ([]string, error) {
		return h.Users.ConfirmCode(c.Request.Context(), user.Actor(), access.NewCode{
			Name: form.Value("name"), Sealed: form.Value("sealed"), Code: form.Value("code"),
		}, by)
	})
	if err != nil {
		return err
	}
	if !form.OK() {
		form.Set("code")
		return h.showFactorCode(c, http.StatusUnprocessableEntity, user, form)
	}
	return h.added(c, made, h.carried(form), localPath(form.Value("next")))
}

// added says that a factor was added; with the first one the recovery codes are shown.
func (h handlers) added(c *gin.Context, made []string, k *kept, next string) error {
	if len(made) > 0 {
		return h.showRecovery(c, made, k, next)
	}
	h.site.Flash(c, "signin.factor_added")
	return web.Redirect(c, session.EnrolPath)
}

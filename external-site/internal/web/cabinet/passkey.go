package cabinet

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// passkeySecret names, to every device, the secret that it makes for opening a cabinet; the same for all, as each device and site
// make another of it.
var passkeySecret = func() string {
	sum := sha256.Sum256([]byte("portal account v1: passkey"))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}()

type passkeyPage struct {
	web.Page
	Form     *web.Form
	TitleKey string
	Way      string // "create" or "get", as the Web Authentication API calls them
	Ceremony account.Ceremony
	Secret   string
	Path     string // where the answer goes
	Name     string // of a key that is added
	Next     string
	Again    string // where to begin again
}

// passkey asks whoever sits there for the passkey that opens their cabinet.
func (h *handlers) passkey(c *gin.Context) error {
	return h.askPasskey(c, http.StatusOK, web.NewForm(nil), h.next(c, c.Query("next")))
}

func (h *handlers) askPasskey(c *gin.Context, status int, form *web.Form, next string) error {
	if err := h.limits.ceremonies.AllowFrom(h.site.Client(c)); err != nil {
		return err
	}
	ceremony, err := h.Accounts.AskAnyone(c.Request.Context())
	if err != nil {
		return err
	}
	p := &passkeyPage{
		Form: form, TitleKey: "cabinet.passkey_sign_in", Way: "get", Ceremony: ceremony, Secret: passkeySecret, Path: "/cabinet/sign-in/passkey",
		Next: next, Again: "/cabinet/sign-in",
	}
	h.outside(c, &p.Page)
	p.Errors = form.Errors()
	web.SetTyped(c, nil)
	return h.site.Render(c, status, "cabinet/passkey", p)
}

// passkeyPost opens the cabinet of the device that has answered.
func (h *handlers) passkeyPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	var t account.Token
	err = h.counted(c, func() error {
		t, err = h.Accounts.SignInWithPasskey(c.Request.Context(), answer(form), web.BrowserOf(c.Request.UserAgent()))
		return err
	})
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.Invalid, "cabinet.passkey_unknown")
	}
	if fault.Is(err, fault.Invalid) {
		form.Add("", fault.MessageKey(err))
		return h.askPasskey(c, http.StatusUnprocessableEntity, form, h.next(c, form.Value("next")))
	}
	if err != nil {
		return err
	}
	if err := h.enter(c, t); err != nil {
		return err
	}
	return web.Redirect(c, h.next(c, form.Value("next")))
}

func answer(form *web.Form) account.Answer {
	return account.Answer{Token: form.Value("challenge"), Signed: form.Value("credential"), Secret: form.Value("secret")}
}

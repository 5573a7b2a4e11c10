package cabinet

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
	"portal.example/shared/web"
)

func asFault(err error, to **fault.Error) bool { return errors.As(err, to) }

func (h *handlers) recover(c *gin.Context) error {
	return h.site.Render(c, http.StatusOK, "cabinet/recover", h.registerPage(c, web.NewForm(nil)))
}

// recoverPost opens an account with its recovery code and sets login and password anew.
func (h *handlers) recoverPost(c *gin.Context) error {
	web.Resends(c)
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	form.Required("code", "cabinet.code_required")
	code, err := seal.ParseCode(form.Value("code"))
	form.Check(err == nil, "code", "seal.code_wrong")
	to := h.change(form)
	if !form.OK() || web.ShowOnly(c) {
		forgetSecrets(form)
		return h.site.Invalid(c, "cabinet/recover", form, h.registerPage(c, form))
	}
	var entry account.Entry
	err = h.counted(c, func() error {
		entry, err = h.Accounts.Recover(c.Request.Context(), code, to, web.BrowserOf(c.Request.UserAgent()))
		return err
	})
	switch {
	case fault.Is(err, fault.NotFound):
		form.Add("code", "cabinet.code_no_match")
	case fault.Is(err, fault.TooMany):
		form.Add("code", fault.MessageKey(err))
	case fault.MessageKey(err) == "account.taken":
		form.Add("login", "cabinet.pair_taken")
	case err != nil:
		return err
	default:
		return h.welcome(c, to.Login, entry, "cabinet.recovered")
	}
	return h.again(c, fault.Status(err), "cabinet/recover", form, h.registerPage(c, form))
}

type plainPage struct{ web.Page }

// forgotten says what is lost with password, passkey and recovery code, before anything happens.
func (h *handlers) forgotten(c *gin.Context) error {
	p := &plainPage{}
	h.outside(c, &p.Page)
	return h.site.Render(c, http.StatusOK, "cabinet/forgotten", p)
}

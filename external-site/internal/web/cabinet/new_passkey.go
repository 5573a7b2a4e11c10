package cabinet

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// newPasskey asks for the password and for a name before a passkey is added.
func (h *handlers) newPasskey(c *gin.Context, _ account.Holder) error {
	if !h.Accounts.HasPasskeys() {
		return fault.New(fault.NotFound, "account.not_there")
	}
	return h.site.Render(c, http.StatusOK, "cabinet/new_passkey", h.passwordPage(c, web.NewForm(nil)))
}

// newPasskeyPost asks the browser for a new key.
func (h *handlers) newPasskeyPost(c *gin.Context, holder account.Holder) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	present := secret(form, "present")
	form.Required("name", "cabinet.passkey_name_required")
	form.MaxLen("name", account.MaxMatterName)
	form.Check(present != "", "present", "cabinet.present_required")
	status := http.StatusNotFound // as for every mistake in the form
	if form.OK() {
		var ceremony account.Ceremony
		err := h.confirmed(c, holder, func() error {
			ceremony, err = h.Accounts.AskToAdd(c.Request.Context(), holder, present)
			return err
		})
		switch {
		case err == nil:
			return h.makePasskey(c, ceremony, form.Value("name"))
		case fault.MessageKey(err) == "account.passkeys_full":
			form.Add("", fault.MessageKey(err))
		case fault.MessageKey(err) == "account.not_there" || !wrongPassword(form, err):
			return err
		case fault.Is(err, fault.TooMany):
			status = fault.Status(err)
		}
	}
	return h.again(c, status, "cabinet/new_passkey", form, h.passwordPage(c, form))
}

func (h *handlers) makePasskey(c *gin.Context, ceremony account.Ceremony, name string) error {
	p := &passkeyPage{
		Form: web.NewForm(nil), TitleKey: "cabinet.passkey_add", Way: "create", Ceremony: ceremony, Secret: passkeySecret,
		Path: "/cabinet/account/passkey/add", Name: name, Again: "/cabinet/account/passkey",
	}
	h.own(c, &p.Page, h.accountTrail(c))
	web.SetTyped(c, nil)
	return h.site.Render(c, http.StatusOK, "cabinet/passkey", p)
}

// addPasskey keeps the key that the browser has made.
func (h *handlers) addPasskey(c *gin.Context, holder account.Holder) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	form.MaxLen("name", account.MaxMatterName)
	if form.OK() {
		err = h.Accounts.AddPasskey(c.Request.Context(), holder, answer(form), form.Value("name"))
		if err == nil {
			h.site.Flash(c, "cabinet.passkey_added")
			return web.Redirect(c, "/cabinet/account")
		}
		if !fault.Is(err, fault.Invalid) {
			return err
		}
		form.Add("", fault.MessageKey(err))
	}
	return h.again(c, http.StatusNotFound, "cabinet/new_passkey", form, h.passwordPage(c, form))
}

func (h *handlers) removePasskey(c *gin.Context, holder account.Holder) error {
	if err := h.Accounts.RemovePasskey(c.Request.Context(), holder, c.Param("id")); err != nil {
		return err
	}
	h.site.Flash(c, "cabinet.passkey_removed")
	return web.Redirect(c, "/cabinet/account")
}

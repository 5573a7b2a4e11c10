package cabinet

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

func (h *handlers) codesOff(c *gin.Context, _ account.Holder) error {
	return h.site.Render(c, http.StatusOK, "cabinet/codes_off", h.passwordPage(c, web.NewForm(nil)))
}

// codesOffPost lets the password alone open the cabinet again.
func (h *handlers) codesOffPost(c *gin.Context, holder account.Holder) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	present, status := secret(form, "present"), http.StatusNotFound // as for every mistake in the form
	form.Check(present != "", "present", "cabinet.present_required")
	if form.OK() {
		err := h.confirmed(c, holder, func() error { return h.Accounts.DropApp(c.Request.Context(), holder, present) })
		switch {
		case err == nil:
			h.site.Flash(c, "cabinet.codes_are_off")
			return web.Redirect(c, "/cabinet/account")
		case !wrongPassword(form, err):
			return err
		case fault.Is(err, fault.TooMany):
			status = fault.Status(err)
		}
	}
	return h.again(c, status, "cabinet/codes_off", form, h.passwordPage(c, form))
}

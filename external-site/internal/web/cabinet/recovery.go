package cabinet

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
	"portal.example/shared/web"
)

func (h *handlers) recovery(c *gin.Context, _ account.Holder) error {
	return h.site.Render(c, http.StatusOK, "cabinet/recovery", h.passwordPage(c, web.NewForm(nil)))
}

// recoveryPost makes a new recovery code in place of the present one.
func (h *handlers) recoveryPost(c *gin.Context, holder account.Holder) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	present := secret(form, "present")
	form.Check(present != "", "present", "cabinet.present_required")
	status := http.StatusNotFound // as for every mistake in the form
	if form.OK() {
		var code seal.Code
		err := h.confirmed(c, holder, func() error {
			code, err = h.Accounts.NewRecovery(c.Request.Context(), holder, present)
			return err
		})
		switch {
		case err == nil:
			return h.showCode(c, code, "cabinet.recovery_renewed", "/cabinet/account")
		case !wrongPassword(form, err):
			return err
		case fault.Is(err, fault.TooMany):
			status = fault.Status(err)
		}
	}
	return h.again(c, status, "cabinet/recovery", form, h.passwordPage(c, form))
}

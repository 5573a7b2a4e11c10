package cabinet

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/shared/web"
)

type erasePage struct {
	web.Page
	Matters    int
	Documents  int
	Applicants int
}

// erase says what follows when an account is erased.
func (h *handlers) erase(c *gin.Context, holder account.Holder) error {
	list, err := h.Accounts.Matters(c.Request.Context(), holder)
	if err != nil {
		return err
	}
	p := &erasePage{Matters: len(list)}
	if h.Shelf != nil {
		documents, err := h.Shelf.List(c.Request.Context(), holder)
		if err != nil {
			return err
		}
		p.Documents = len(documents)
	}
	applicants, err := h.keptApplicants(c, holder)
	if err != nil {
		return err
	}
	p.Applicants = len(applicants)
	h.own(c, &p.Page, h.accountTrail(c))
	return h.site.Render(c, http.StatusOK, "cabinet/erase", p)
}

// erasePost erases the account with everything in it.
func (h *handlers) erasePost(c *gin.Context, holder account.Holder) error {
	// An account goes even when the inside cannot be told: each letter has a link that ends them.
	t, err := h.Accounts.Told(c.Request.Context(), holder)
	if err == nil {
		err = h.untell(c, holder, t)
	}
	if err != nil {
		h.Window.Log.WarnContext(c.Request.Context(), "notices of an erased account could not be ended", "error", err, "request_id", web.RequestID(c))
	}
	if err := h.Accounts.Erase(c.Request.Context(), holder); err != nil {
		return err
	}
	if h.Shelf != nil {
		h.Shelf.SweepSoon(c.Request.Context())
	}
	h.leave(c)
	h.site.DropCookie(c, knownCookie)
	h.site.Flash(c, "cabinet.erased")
	return web.Redirect(c, "/cabinet")
}

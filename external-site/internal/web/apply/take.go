package apply

import (
	"github.com/gin-gonic/gin"

	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// take puts an application that this browser has begun into the cabinet that the reader has open. It stays the one that it is:
// the browser and the cabinet lead to the same draft.
func (h *handlers) take(c *gin.Context) error {
	s, err := h.service(c)
	if err != nil {
		return err
	}
	t, _, err := h.draft(c, s)
	if err != nil {
		done, err := h.elsewhere(c, s, err)
		if done {
			return nil
		}
		return err
	}
	h.keep(c, s, t)
	switch err := h.Take(c, base(s), h.Name(c, base(s)), t, s.Name); {
	case fault.Is(err, fault.Unsigned):
		return web.Redirect(c, "/cabinet/sign-in") // the cabinet offers it as soon as it is open
	case err != nil:
		return err
	}
	h.site.Flash(c, "apply.taken")
	return web.Redirect(c, "/cabinet")
}

package cabinet

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/told"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

type stopPage struct {
	web.Page
	Action string
}

// stop asks whoever followed the link in a letter whether all letters are to end. It needs no cabinet: the address may be another
// person's.
func (h *handlers) stop(c *gin.Context) error {
	word := c.Param("word")
	if !contract.IsStop(word) {
		return fault.New(fault.NotFound, "cabinet.stop_wrong")
	}
	p := &stopPage{Action: "/cabinet/told/stop/" + word}
	h.outside(c, &p.Page)
	return h.site.Render(c, http.StatusOK, "cabinet/stop", p)
}

func (h *handlers) stopPost(c *gin.Context) error {
	word := c.Param("word")
	if !contract.IsStop(word) || h.Post == nil {
		return fault.New(fault.NotFound, "cabinet.stop_wrong")
	}
	if err := h.limits.told.AllowFrom(h.site.Client(c)); err != nil {
		return err
	}
	if err := h.Post.SendWhole(c.Request.Context(), &told.Message{Stop: word}, web.Lang(c)); err != nil {
		return err
	}
	h.site.Flash(c, "cabinet.stopped")
	return web.Redirect(c, "/cabinet")
}

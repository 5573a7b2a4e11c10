package reception

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

type hallListPage struct {
	web.Page
	Halls []reception.Summary
}

// list shows the halls that the actor may see.
func (h handlers) list(c *gin.Context) error {
	halls, err := h.Halls.Halls(c.Request.Context(), session.Actor(c))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "reception/hall_list", &hallListPage{Halls: halls})
}

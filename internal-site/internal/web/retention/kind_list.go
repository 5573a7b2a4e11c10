package retention

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/retention"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

type kindListPage struct {
	web.Page
	Kinds []retention.State
	Kept  []string
}

func (h handlers) list(c *gin.Context) error {
	states, err := h.Rules.States(c.Request.Context(), session.Actor(c))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "retention/kind_list", &kindListPage{Kinds: states, Kept: retention.Kept})
}

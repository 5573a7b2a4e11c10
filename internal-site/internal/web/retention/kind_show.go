package retention

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/retention"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type kindShowPage struct {
	web.Page
	retention.State
	Rules    []retention.Rule
	Removals []retention.Removal
}

func (h handlers) show(c *gin.Context) error {
	ctx, actor := c.Request.Context(), session.Actor(c)
	state, err := h.Rules.State(ctx, actor, c.Param("kind"))
	if err != nil {
		return err
	}
	page := &kindShowPage{State: state}
	if page.Rules, err = h.Deps.Rules.Rules(ctx, actor, state.Name); err != nil {
		return err
	}
	if page.Removals, err = h.Deps.Rules.Removals(ctx, actor, state.Name); err != nil {
		return err
	}
	page.Breadcrumbs = []ui.Link{{Href: "/retention", Text: h.site.T(c, "retention.title")}, {Text: h.site.T(c, "retention.name."+state.Name)}}
	return h.site.Render(c, http.StatusOK, "retention/kind_show", page)
}

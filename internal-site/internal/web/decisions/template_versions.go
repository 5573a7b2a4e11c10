package decisions

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type templateVersionsPage struct {
	*templateEditPage
	Versions []decisions.Template // the newest first
}

// versions shows how a template was worded before, by whom and since when.
func (h handlers) versions(c *gin.Context) error {
	page, err := h.page(c, web.NewForm(nil))
	if err != nil {
		return err
	}
	all := &templateVersionsPage{templateEditPage: page}
	if all.Versions, err = h.Templates.Versions(c.Request.Context(), session.Actor(c), page.Key); err != nil {
		return err
	}
	p := h.site.Printer(c)
	last := len(page.Breadcrumbs) - 1
	page.Breadcrumbs[last].Href = addressOf(page.Key)
	page.Breadcrumbs = append(page.Breadcrumbs, ui.Link{Text: p.T("decisions.versions")})
	return h.site.Render(c, http.StatusOK, "decisions/template_versions", all)
}

// addressOf is where a template is written.
func addressOf(k decisions.Key) string {
	service := everyService
	if k.Service != uuid.Nil {
		service = k.Service.String()
	}
	return "/decisions/" + k.Authority.String() + "/" + service + "/" + string(k.Outcome)
}

// Address is where the page's template is written.
func (p *templateEditPage) Address() string { return addressOf(p.Key) }

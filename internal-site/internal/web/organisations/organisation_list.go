package organisations

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type organisationListPage struct {
	web.Page
	Form        *web.Form
	Centres     []org.Summary
	Authorities []org.Summary
	List        ui.Listing
	CanEdit     bool
}

func (h handlers) list(c *gin.Context) error {
	form, err := request.ReadFilter(c, request.Filter{"q": request.AnyText})
	if err != nil {
		return err
	}
	page := &organisationListPage{
		Form: form, List: ui.Listing{Filtered: request.Query(c) != ""}, CanEdit: access.MayEver(session.Actor(c), org.Edit),
	}
	if page.Centres, err = h.Orgs.Summaries(c.Request.Context(), org.Centre, form.Value("q")); err != nil {
		return err
	}
	if page.Authorities, err = h.Orgs.Summaries(c.Request.Context(), org.Authority, form.Value("q")); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "organisations/organisation_list", page)
}

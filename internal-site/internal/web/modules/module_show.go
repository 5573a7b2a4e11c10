package modules

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type moduleShowPage struct {
	web.Page
	Module  contract.Module
	On      bool
	Centres []centre
}

// centre is one centre and whether it has the module.
type centre struct {
	org.Name
	On bool
}

func (h handlers) show(c *gin.Context) error {
	m, err := named(c.Param("module"))
	if err != nil {
		return err
	}
	ctx, p := c.Request.Context(), h.site.Printer(c)
	switches, err := h.Modules.Switches(ctx)
	if err != nil {
		return err
	}
	all, err := h.Orgs.Names(ctx, org.Centre)
	if err != nil {
		return err
	}
	page := &moduleShowPage{Module: m, On: switches.On(m.Name)}
	page.Breadcrumbs = []ui.Link{{Href: "/modules", Text: p.T("modules.title")}, {Text: p.T("modules.name." + m.Name)}}
	for _, n := range all {
		page.Centres = append(page.Centres, centre{n, switches.OnAt(m.Name, n.ID)})
	}
	return h.site.Render(c, http.StatusOK, "modules/module_show", page)
}

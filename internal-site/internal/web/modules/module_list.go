package modules

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/web"
)

type moduleListPage struct {
	web.Page
	Modules []row
}

// row is one module in the list.
type row struct {
	contract.Module
	On    bool
	OffAt int // centres for which it is off
}

func (h handlers) list(c *gin.Context) error {
	ctx := c.Request.Context()
	switches, err := h.Modules.Switches(ctx)
	if err != nil {
		return err
	}
	centres, err := h.Orgs.Names(ctx, org.Centre)
	if err != nil {
		return err
	}
	page := &moduleListPage{}
	for _, m := range contract.Modules {
		r := row{Module: m, On: switches.On(m.Name)}
		for _, centre := range centres {
			if r.On && !switches.OnAt(m.Name, centre.ID) {
				r.OffAt++
			}
		}
		page.Modules = append(page.Modules, r)
	}
	return h.site.Render(c, http.StatusOK, "modules/module_list", page)
}

package centres

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// officialPage is the page of one official: who it is, when people are received, what the body answers for, and where to write.
type officialPage struct {
	*bodyPage
	Official official
	Letter   string // where to write through the site; "" when the body takes no letters
}

func (h *handlers) centreOfficial(c *gin.Context) error {
	return h.body(c, centresKind, readCentre, h.official)
}

func (h *handlers) authorityOfficial(c *gin.Context) error {
	return h.body(c, authoritiesKind, readAuthority, h.official)
}

// official shows the one whom the address names, of those whom citizens may address.
func (h *handlers) official(c *gin.Context, k kind, b *bodyPage) error {
	i := slices.IndexFunc(b.Officials, func(o official) bool { return o.Key() == c.Param("key") })
	if i < 0 {
		return fault.New(fault.NotFound, "")
	}
	p, printer := &officialPage{bodyPage: b, Official: b.Officials[i]}, h.site.Printer(c)
	if b.Ask != "" {
		p.Letter = strings.Replace(b.Ask, "/ask/", "/ask/letter/", 1) + "/" + p.Official.Key()
	}
	p.Meta = meta.New(printer.Value(p.Official.Name), printer.Value(p.Official.Position)+", "+printer.Value(b.Name), web.Canonical(c, h.BaseURL, p.Official.Href))
	p.Breadcrumbs = meta.Trail(printer, ui.Link{Href: k.path, Text: printer.T(k.title)}, meta.Named(printer, k.path+"/"+b.Slug(), b.Name))
	return h.site.Render(c, http.StatusOK, "centres/official", p)
}

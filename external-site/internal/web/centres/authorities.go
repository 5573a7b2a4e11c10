package centres

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type authoritiesPage struct {
	web.Page
	Meta   meta.Meta
	Levels []level
}

// level is the authorities of one level.
type level struct {
	Name        string // state, regional, local
	Authorities []org.Authority
}

func (h *handlers) authorities(c *gin.Context) error {
	var list []org.Authority
	err := h.Replica.At(c.Request.Context(), func(v replica.View) (err error) {
		list, err = v.Org.Authorities(c.Request.Context())
		return err
	})
	if err != nil {
		return err
	}
	printer := h.site.Printer(c)
	title := printer.T("authorities.title")
	p := &authoritiesPage{Levels: byLevel(list)}
	p.Meta = meta.New(title, printer.T("authorities.lead"), h.BaseURL+"/authorities")
	p.Breadcrumbs = []ui.Link{{Href: "/", Text: printer.T("common.home")}, {Text: title}}
	return h.site.Render(c, http.StatusOK, "centres/authorities", p)
}

// byLevel groups authorities, those nearest to people first.
func byLevel(list []org.Authority) []level {
	var levels []level
	for _, name := range []string{"local", "regional", "state"} {
		of := slices.DeleteFunc(slices.Clone(list), func(a org.Authority) bool { return a.Level != name })
		if len(of) > 0 {
			levels = append(levels, level{name, of})
		}
	}
	return levels
}

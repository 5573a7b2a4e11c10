package centres

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/kept"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/meta"
	"portal.example/external-site/internal/web/nearby"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

// bodiesPage is the list of the centres or of the authorities.
type bodiesPage struct {
	web.Page
	Meta   meta.Meta
	Title  string
	Lead   string
	None   string // what is said of an empty list
	Path   string // of the list; each body's page is below it
	Groups []group
	Nearby *ui.Nearby // of centres; nil for authorities
	Map    *Map       // nil where there is none, or nothing to show on it
}

// group is a part of the list; a list that is not divided is one group without a heading.
type group struct {
	Heading string
	Bodies  []listed
}

// listed is a body with what a visitor would find there now.
type listed struct {
	org.Body
	Services int // published services that are given here, or by it
	Opening  cardview.Opening

	Latitude, Longitude string // degrees; "" when unknown
}

func (h *handlers) centres(c *gin.Context) error {
	return h.bodies(c, centresKind, func(ctx context.Context, v replica.View, p *bodiesPage) ([]group, error) {
		all, err := v.Org.Centres(ctx)
		if err != nil {
			return nil, err
		}
		all, above, err := nearby.Order(ctx, c, h.site.Printer(c), v, centresKind.path, all)
		if len(all) > 1 {
			p.Nearby = &above
		}
		var one group
		for _, centre := range all {
			one.Bodies = append(one.Bodies, listed{Body: centre.Body, Latitude: centre.Latitude, Longitude: centre.Longitude})
			if centre.HasPlace() && h.Map.Tiles != "" {
				p.Map = &h.Map
			}
		}
		return []group{one}, err
	})
}

// authorities are divided by level, those nearest to people first.
func (h *handlers) authorities(c *gin.Context) error {
	return h.bodies(c, authoritiesKind, func(ctx context.Context, v replica.View, _ *bodiesPage) ([]group, error) {
		p := h.site.Printer(c)
		all, err := v.Org.Authorities(ctx)
		locale.SortByName(all, p.Lang(), func(a org.Authority) locale.Text { return a.Name })
		levels := []string{"local", "regional", "state"}
		groups := make([]group, len(levels))
		for i, level := range levels {
			groups[i].Heading = p.T("authorities.level." + level)
		}
		for _, a := range all {
			if i := slices.Index(levels, a.Level); i >= 0 {
				groups[i].Bodies = append(groups[i].Bodies, listed{Body: a.Body})
			}
		}
		return groups, err
	})
}

// bodies shows the groups that read makes; those without a body are left out.
func (h *handlers) bodies(c *gin.Context, k kind, read func(context.Context, replica.View, *bodiesPage) ([]group, error)) error {
	ctx, printer := c.Request.Context(), h.site.Printer(c)
	p := &bodiesPage{
		Title: printer.T(k.title), Lead: printer.T(k.lead), None: printer.T(k.none), Path: k.path,
	}
	var given catalogue.Given
	err := h.Replica.At(ctx, func(v replica.View) (err error) {
		if p.Groups, err = read(ctx, v, p); err != nil {
			return err
		}
		given, err = v.Catalogue.Given(ctx)
		return err
	})
	if err != nil {
		return err
	}
	p.Groups = slices.DeleteFunc(p.Groups, func(g group) bool { return len(g.Bodies) == 0 })
	now := h.site.Now()
	for _, g := range p.Groups {
		for i, b := range g.Bodies {
			g.Bodies[i].Services = given[b.ID]
			g.Bodies[i].Opening = cardview.OpenNow(printer, b.Schedule, now)
			kept.Until(ctx, b.Schedule.At(now).Until)
		}
	}
	p.Meta = meta.New(p.Title, p.Lead, web.Canonical(c, h.BaseURL, k.path))
	p.Breadcrumbs = meta.Trail(printer, meta.Here(p.Title))
	return h.site.Render(c, http.StatusOK, "centres/bodies", p)
}

// Package home is the first page: search, the fields of services, life situations, kinds of applicants and the
// centres that are open now. It may import the reading domains, internal/web/sending and shared.
package home

import (
	"embed"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/kept"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/meta"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the page needs.
type Deps struct {
	Replica  replica.Source
	Switches area.Switches
	BaseURL  string
}

type handlers struct {
	site *web.Site
	Deps
	used usedServices
}

// Area is the first page.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "home", Files: files, Sitemap: area.Always("/"),
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site: site, Deps: d}
			return []area.Route{area.Shared("/", h.home)}
		},
	}
}

type homePage struct {
	web.Page
	Meta       meta.Meta
	Total      int
	Hint       string            // what may be typed into the search
	Used       []catalogue.Named // the services that most people come for
	Categories []catalogue.Category
	Situations []catalogue.Situation // the first ones
	More       []catalogue.Situation // those that unfold
	Applicants []catalogue.Applicant
	Centres    []centre
	AnyOpen    bool // Centres are those that are open now; otherwise the first ones
	AllCentres int
	Tracking   bool              // applications can be followed
	Begun      []catalogue.Named // for which this browser has begun an application
}

// What fits on the first page.
const (
	shownSituations = 18
	shownCentres    = 6
)

type centre struct {
	org.Centre
	Opening cardview.Opening
}

func (h *handlers) home(c *gin.Context) error {
	p := &homePage{Applicants: catalogue.Applicants}
	var centres []org.Centre
	var situations []catalogue.Situation
	var example catalogue.Example
	used, counted := h.used.get(c.Request.Context(), h.Replica, h.site.Now())
	err := h.Replica.At(c.Request.Context(), func(v replica.View) (err error) {
		ctx := c.Request.Context()
		if p.Total, err = v.Catalogue.Count(ctx); err != nil {
			return err
		}
		if p.Categories, err = v.Catalogue.Categories(ctx); err != nil {
			return err
		}
		if situations, err = v.Catalogue.Situations(ctx); err != nil {
			return err
		}
		if len(used) > 0 {
			if p.Used, err = v.Catalogue.Named(ctx, used); err != nil {
				return err
			}
		}
		if begun := sending.Begun(h.site, c); len(begun) > 0 {
			for i, slug := range begun {
				begun[i] = address.Code(slug)
			}
			if p.Begun, err = v.Catalogue.Named(ctx, begun); err != nil {
				return err
			}
		}
		if example, err = v.Catalogue.Example(ctx); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		centres, err = v.Org.Centres(ctx)
		return err
	})
	if err != nil {
		return err
	}
	switches, err := h.Switches(c.Request.Context())
	if err != nil {
		return err
	}
	p.Tracking = slices.ContainsFunc(contract.ModulesOfKinds(), switches.On)
	now, printer := h.site.Now(), h.site.Printer(c)
	p.Hint = hint(printer, example)
	p.divide(situations)
	p.visit(printer, centres, now)
	kept.Until(c.Request.Context(), counted)
	for _, centre := range centres {
		kept.Until(c.Request.Context(), centre.Schedule.At(now).Until)
	}
	p.Meta = meta.New(printer.T("site.name"), printer.T("home.lead"), web.Canonical(c, h.BaseURL, "/"))
	return h.site.Render(c, http.StatusOK, "home/home", p)
}

// hint says what may be typed into the search, by the example of a service that is there.
func hint(p *locale.Printer, e catalogue.Example) string {
	if e.Code == "" {
		return p.T("common.search_hint")
	}
	if word := p.Value(e.Word); word != "" {
		return p.T("common.search_hint") + " " + p.T("home.search_example", word, e.Code)
	}
	return p.T("common.search_hint")
}

// divide keeps the first page short when there are many life situations.
func (p *homePage) divide(all []catalogue.Situation) {
	all = slices.DeleteFunc(all, func(s catalogue.Situation) bool { return s.Services == 0 })
	n := min(len(all), shownSituations)
	p.Situations, p.More = all[:n], all[n:]
}

// visit chooses the centres to show: those that are open, and when none is, when the first ones open.
func (p *homePage) visit(printer *locale.Printer, all []org.Centre, now time.Time) {
	p.AllCentres = len(all)
	shown := org.OpenNow(all, now)
	if p.AnyOpen = len(shown) > 0; !p.AnyOpen {
		shown = all
	}
	for _, c := range shown[:min(len(shown), shownCentres)] {
		p.Centres = append(p.Centres, centre{c, cardview.OpenNow(printer, c.Schedule, now)})
	}
}

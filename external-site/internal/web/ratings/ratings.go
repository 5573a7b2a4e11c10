// Package ratings is the page of what people answered to surveys, as figures. It may import internal/surveys, internal/address,
// internal/replica, internal/web/area, internal/web/meta and shared.
package ratings

import (
	"context"
	"embed"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/surveys"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Path is the address of the page.
const Path = "/ratings"

// Deps is what the page needs.
type Deps struct {
	Surveys Surveys
	BaseURL string
}

// Surveys reads the figures; surveys.Store does.
type Surveys interface {
	Figures(ctx context.Context, f surveys.Filter) ([]surveys.Figures, error)
	Of(ctx context.Context) ([]surveys.Figures, error)
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the page of figures.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "ratings", Path: Path, Files: files, Modules: []string{contract.ModuleSurveys},
		Footer:  []area.Link{{Order: 16, Href: Path, Key: "ratings.nav"}},
		Sitemap: func(context.Context, replica.View) ([]area.Place, error) { return area.Places(Path), nil },
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site, d}
			return []area.Route{
				area.GET("", h.all).InEnglish(),
				area.GET("/services/:code", h.ofService).InEnglish(),
				area.GET("/centres/:code", h.ofCentre).InEnglish(),
			}
		},
	}
}

type ratingsPage struct {
	web.Page
	Meta   meta.Meta
	Of     locale.Text // whose figures they are; zero: everything
	Href   string      // its page
	Blocks []block
	Links  []ui.Link // to figures of services and centres
}

// block is one survey.
type block struct {
	surveys.Figures
	Questions []question
}

type question struct {
	Text     locale.Text
	Answered int
	Median   float64 // of a scale
	Values   []value
}

type value struct {
	Text  locale.Text
	Count int
	Share int
}

func (h *handlers) all(c *gin.Context) error { return h.show(c, surveys.Filter{}, Path) }

func (h *handlers) ofService(c *gin.Context) error {
	code := address.Code(c.Param("code"))
	return h.show(c, surveys.Filter{Service: code}, Path+"/services/"+address.Slug(code))
}

func (h *handlers) ofCentre(c *gin.Context) error {
	code := address.Code(c.Param("code"))
	return h.show(c, surveys.Filter{Centre: code}, Path+"/centres/"+address.Slug(code))
}

// show shows the figures that the filter asks for; a service or a centre without answers enough has a page that says so.
func (h *handlers) show(c *gin.Context, f surveys.Filter, self string) error {
	list, err := h.Surveys.Figures(c.Request.Context(), f)
	if err != nil {
		return err
	}
	p := &ratingsPage{}
	for _, one := range list {
		p.Of, p.Href = one.Of, one.Href
		p.Blocks = append(p.Blocks, blockOf(one))
	}
	printer := h.site.Printer(c)
	if self == Path {
		if p.Links, err = h.links(c); err != nil {
			return err
		}
	}
	title := printer.T("ratings.title")
	p.Meta = meta.New(title, printer.T("ratings.lead"), web.Canonical(c, h.BaseURL, self))
	p.Breadcrumbs = meta.Trail(printer, meta.Here(title))
	return h.site.Render(c, http.StatusOK, "ratings/ratings", p)
}

// links lead to the figures of each service and centre that has some.
func (h *handlers) links(c *gin.Context) (links []ui.Link, err error) {
	list, err := h.Surveys.Of(c.Request.Context())
	seen, printer := map[string]bool{}, h.site.Printer(c)
	for _, one := range list {
		if href := Path + one.Href; one.Href != "" && !seen[href] {
			seen[href] = true
			links = append(links, ui.Link{Href: href, Text: printer.Value(one.Of)})
		}
	}
	return links, err
}

func blockOf(f surveys.Figures) block {
	b := block{Figures: f}
	for _, q := range f.Survey.Questions {
		if q.Kind == contract.AskText {
			continue
		}
		one := question{Text: q.Text, Answered: f.Tallies.Of(q), Median: f.Tallies.Median(q)}
		for _, v := range q.Values() {
			one.Values = append(one.Values, value{surveys.Label(q, v), f.Tallies[q.Key][v], f.Tallies.Share(q, v)})
		}
		b.Questions = append(b.Questions, one)
	}
	return b
}

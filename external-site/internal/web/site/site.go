// Package site makes the public site of areas: layout, navigation, the freshness line and the routes. It knows no
// area, so that a test can make a site of one. It may import web/area, internal/freshness and shared.
package site

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"portal.example/external-site/internal/freshness"
	"portal.example/external-site/internal/kept"
	"portal.example/external-site/internal/web/area"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/region"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

// parts are templates that pages of all areas use.
//
//go:embed _*.gohtml
var parts embed.FS

// words are those of the whole site.
//
//go:embed words
var words embed.FS

// advice is what this site says where the words for staff would mislead a citizen, who has no role and no edit to repeat.
var advice = map[fault.Kind]web.Advice{
	fault.Forbidden: {Title: "site.failure.forbidden_title", Text: "site.failure.forbidden"},
	fault.Conflict:  {Title: "site.failure.conflict_title", Text: "site.failure.conflict"},
}

// Config is what every site of areas needs.
type Config struct {
	Freshness *freshness.Watch
	// Switches says which modules are on.
	Switches area.Switches
	// Region says which region this is, on every page; nil: nobody has said so.
	Region interface {
		Profile(ctx context.Context) region.Profile
	}
	// Kept keeps pages that are everybody's; nil: none.
	Kept *kept.Keeper
	// Metrics is where the site's metrics are registered; nowhere when nil.
	Metrics prometheus.Registerer
	// BaseURL is the address under which people reach the site, without a trailing slash.
	BaseURL string
	// TLS says that browsers reach the site over https.
	TLS            bool
	TrustedProxies []string
	Log            *slog.Logger
	Now            func() time.Time
}

// Catalogue loads the words of the areas with those of the whole site and of what all areas use.
func Catalogue(areas []area.Area) (*locale.Catalogue, error) {
	return locale.Load(append([]fs.FS{ui.Words, web.Words, forms.Words, cardview.Words}, Words(areas)...)...)
}

// Words lists the catalogues of this module: those of the whole site, of the areas and of their domains, each once.
func Words(areas []area.Area) []fs.FS {
	list := []fs.FS{words}
	for _, a := range areas {
		list = append(append(list, a.Files), a.Words...)
	}
	return locale.Distinct(list...)
}

// New makes a site of the areas.
func New(cfg Config, areas []area.Area) (*web.Site, error) {
	if cfg.Region == nil {
		cfg.Region = (*region.Watch)(nil) // which knows of none
	}
	catalogue, err := Catalogue(areas)
	if err != nil {
		return nil, err
	}
	folders := []fs.FS{web.Templates, ui.Parts{FS: parts}}
	for _, a := range areas {
		folders = append(folders, ui.Folder{FS: a.Files, Name: a.Name})
	}
	pages, err := ui.LoadPages(catalogue, ui.Public, nil, folders...)
	if err != nil {
		return nil, err
	}
	site, err := web.New(web.Options{
		Catalogue: catalogue, Pages: pages, Decorate: decorate(areas, cfg),
		Programs: func(path string) bool { return area.ForPrograms(areas, path) },
		Advice:   advice, TLS: cfg.TLS, TrustedProxies: cfg.TrustedProxies, Log: cfg.Log, Now: cfg.Now, Metrics: cfg.Metrics,
	})
	if err != nil {
		return nil, err
	}
	if cfg.Metrics != nil {
		cfg.Metrics.MustRegister(freshnessMetrics(cfg.Freshness)...)
		if cfg.Kept != nil {
			cfg.Metrics.MustRegister(keptMetrics(cfg.Kept)...)
		}
	}
	return site, area.Mount(site, areas, cfg.Switches, (&keeping{cfg, site}).step)
}

// decorate fills in what every page shows around its content.
func decorate(areas []area.Area, cfg Config) func(*gin.Context, *web.Page) {
	return func(c *gin.Context, p *web.Page) {
		shown := areas
		// Without an answer the links stay: whoever follows one is told why there is no page.
		if switches, err := cfg.Switches(c.Request.Context()); err == nil {
			shown = area.On(areas, switches)
		}
		p.Site = ui.Site{
			NameKey: "site.name", TaglineKey: "site.tagline", HomeURL: "/", FooterKey: "site.footer", Footer: area.Footer(shown),
			Region: cfg.Region.Profile(c.Request.Context()).OnPage(),
		}
		p.Address = cfg.address(c)
		cfg.alternates(p)
		p.Nav = area.Navigation(shown, web.Path(c))
		p.Freshness = cfg.freshness()
	}
}

// address is where the page of a request is found.
func (cfg Config) address(c *gin.Context) string { return cfg.BaseURL + c.Request.URL.Path }

// alternates are the addresses of the page for search engines, where it has one in each language.
func (cfg Config) alternates(p *web.Page) {
	i := slices.IndexFunc(p.Languages, func(l ui.LanguageLink) bool { return l.Lang == locale.EN })
	if i < 0 || !web.IsEnglish(p.Languages[i].Href) {
		return
	}
	english := p.Languages[i].Href
	p.Alternates = []ui.Alternate{
		{Lang: string(locale.UK), Href: cfg.BaseURL + web.InUkrainian(english)},
		{Lang: string(locale.EN), Href: cfg.BaseURL + english},
		{Lang: "x-default", Href: cfg.BaseURL + web.InUkrainian(english)},
	}
}

// freshness is how fresh the data are now. It is of no page, so no page's context is given to it.
func (cfg Config) freshness() *ui.Freshness {
	r := cfg.Freshness.Read(context.Background())
	return &ui.Freshness{
		HeardAt: r.HeardAt, Now: cfg.Now(), Href: "/status",
		Stale: r.Link == freshness.Down, Unasked: r.Link == freshness.Unknown,
	}
}

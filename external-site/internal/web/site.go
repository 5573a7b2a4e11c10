// Package web composes the pages of external-site: the replica's reader, the search, the freshness line, the
// navigation, and the areas, each of which registers its own routes. It holds no page and no rule. It may import
// the areas, the domains and shared.
package web

import (
	"embed"
	"log/slog"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/external-site/internal/documents"
	"portal.example/external-site/internal/freshness"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/search"
	"portal.example/external-site/internal/web/centres"
	"portal.example/external-site/internal/web/home"
	"portal.example/external-site/internal/web/pages"
	"portal.example/external-site/internal/web/service"
	"portal.example/external-site/internal/web/services"
	"portal.example/shared/blob"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

// Pages are the templates of all areas; a page is named "area/page".
//
//go:embed *.gohtml */*.gohtml
var Pages embed.FS

// Words are the catalogues of all areas, and in words/ those of the whole site and of the domains.
//
//go:embed */*.yaml
var Words embed.FS

// Config is everything that the site is made of.
type Config struct {
	// Replica reads the replica; every transaction of it is read-only.
	Replica *pgxpool.Pool
	// Search is the small pool whose connections search.Warm has prepared.
	Search *pgxpool.Pool
	// Submit is the pool of the rooms that may write: accounts and the inbound channel.
	Submit *pgxpool.Pool
	// Documents and Inbound are the buckets of this node.
	Documents, Inbound *blob.Bucket
	// SealKey is the file with the public key to which submissions are sealed.
	SealKey string
	// BaseURL is the address under which people reach the site, without a trailing slash.
	BaseURL        string
	TrustedProxies []string
	Log            *slog.Logger
	Now            func() time.Time
}

// Catalogue loads every word of the site.
func Catalogue() (*locale.Catalogue, error) {
	return locale.Load(ui.Words, web.Words, cardview.Words, forms.Words, Words)
}

// New makes the site with all its routes.
func New(cfg Config) (*web.Site, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	catalogue, err := Catalogue()
	if err != nil {
		return nil, err
	}
	templates, err := ui.LoadPages(catalogue, ui.Public, nil, web.Templates, Pages)
	if err != nil {
		return nil, err
	}
	watch := freshness.NewWatch(freshness.NewStore(cfg.Replica), cfg.Now, func(err error) {
		cfg.Log.Error("freshness cannot be read", "error", err)
	})
	site, err := web.New(web.Options{
		Catalogue: catalogue, Pages: templates, Decorate: decorate(watch, cfg.Now),
		TLS: strings.HasPrefix(cfg.BaseURL, "https://"), TrustedProxies: cfg.TrustedProxies, Log: cfg.Log, Now: cfg.Now,
	})
	if err != nil {
		return nil, err
	}
	site.Health(map[string]web.Probe{"database": cfg.Replica.Ping})
	return site, routes(site, cfg, catalogue, watch)
}

// routes adds the areas.
func routes(site *web.Site, cfg Config, catalogue *locale.Catalogue, watch *freshness.Watch) error {
	r, reader := site.Engine(), replica.NewReader(cfg.Replica)
	searcher := search.New(search.NewStore(cfg.Search))
	cards, err := cardview.New(catalogue)
	if err != nil {
		return err
	}
	home.Register(site, r, home.Deps{Replica: reader, BaseURL: cfg.BaseURL})
	services.Register(site, r, services.Deps{Replica: reader, Search: searcher, BaseURL: cfg.BaseURL, Log: cfg.Log})
	service.Register(site, r, service.Deps{
		Replica: reader, Vault: documents.NewVault(cfg.Documents), Cards: cards, BaseURL: cfg.BaseURL,
	})
	centres.Register(site, r, centres.Deps{Replica: reader, BaseURL: cfg.BaseURL})
	pages.Register(site, r, pages.Deps{Replica: reader, Freshness: watch, BaseURL: cfg.BaseURL})
	return inboundRooms(site, cfg, catalogue, watch)
}

// decorate fills in what every page shows around its content.
func decorate(watch *freshness.Watch, now func() time.Time) func(*gin.Context, *web.Page) {
	return func(c *gin.Context, p *web.Page) {
		p.Site = ui.Site{
			NameKey: "site.name", TaglineKey: "site.tagline", HomeURL: "/", FooterKey: "site.footer",
			Footer: []ui.NavItem{
				{Href: "/status", Key: "nav.status"},
				{Href: "/accessibility", Key: "nav.accessibility"},
				{Href: "/privacy", Key: "nav.privacy"},
			},
		}
		p.Nav = navigation(c.Request.URL.Path)
		r := watch.Read(c.Request.Context())
		p.Freshness = &ui.Freshness{
			HeardAt: r.HeardAt, Now: now(), Href: "/status",
			Stale: r.Link == freshness.Down, Unasked: r.Link == freshness.Unknown,
		}
	}
}

// sections are the links of the navigation in order.
var sections = []ui.NavItem{
	{Href: "/services", Key: "nav.services"},
	{Href: "/centres", Key: "nav.centres"},
	{Href: "/authorities", Key: "nav.authorities"},
	{Href: "/track", Key: "nav.track"},
}

func navigation(path string) []ui.NavItem {
	items := make([]ui.NavItem, len(sections))
	for i, s := range sections {
		s.Current = path == s.Href
		s.Active = strings.HasPrefix(path, s.Href+"/")
		items[i] = s
	}
	return items
}

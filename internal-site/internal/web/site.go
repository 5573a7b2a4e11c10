// Package web composes the pages of internal-site: middleware, navigation, and the areas, each of which
// registers its own routes. It holds no page and no rule. It may import the areas, the domains and shared.
package web

import (
	"embed"
	"html/template"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	domaincases "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/cards"
	"portal.example/internal-site/internal/web/cases"
	"portal.example/internal-site/internal/web/home"
	webintake "portal.example/internal-site/internal/web/intake"
	"portal.example/internal-site/internal/web/organisations"
	webservices "portal.example/internal-site/internal/web/services"
	"portal.example/internal-site/internal/web/session"
	"portal.example/internal-site/internal/web/signin"
	webusers "portal.example/internal-site/internal/web/users"
	"portal.example/shared/blob"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

// Pages are the templates of all areas; a page is named "area/page".
//
//go:embed */*.gohtml
var Pages embed.FS

// Words are the catalogues of all areas, and in words/ those of the whole site and of the domains.
//
//go:embed */*.yaml
var Words embed.FS

// Config is what the site is made of.
type Config struct {
	Pool       *pgxpool.Pool
	Documents  *blob.Bucket
	Quarantine *blob.Bucket
	// PublicURL is the address of the public site, for links; "" leaves them out.
	PublicURL string
	// TLS says that browsers reach the site over https.
	TLS bool
	// TrustedProxies are the addresses whose X-Forwarded-For is believed.
	TrustedProxies []string
	Log            *slog.Logger
	Now            func() time.Time
}

// Catalogue loads every word of the site.
func Catalogue() (*locale.Catalogue, error) {
	return locale.Load(ui.Words, web.Words, forms.Words, cardview.Words, Words)
}

// New makes the site with all its routes.
func New(cfg Config) (*web.Site, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	words, err := Catalogue()
	if err != nil {
		return nil, err
	}
	pages, err := ui.LoadPages(words, ui.Staff, functions, web.Templates, Pages)
	if err != nil {
		return nil, err
	}
	site, err := web.New(web.Options{
		Catalogue: words, Pages: pages, Decorate: decorate(words), TLS: cfg.TLS, TrustedProxies: cfg.TrustedProxies,
		SignIn: signin.Path, Log: cfg.Log, Now: cfg.Now,
	})
	if err != nil {
		return nil, err
	}
	preview, err := cardview.New(words)
	if err != nil {
		return nil, err
	}
	site.Health(map[string]web.Probe{"database": cfg.Pool.Ping})
	routes(site, cfg, preview)
	return site, nil
}

// routes adds the areas. Those after the middleware are for people who have signed in.
func routes(site *web.Site, cfg Config, preview *cardview.Renderer) {
	users := access.NewStore(cfg.Pool, rights.Declared).At(cfg.Now)
	orgs := org.NewStore(cfg.Pool, domaincases.ValidPattern)
	services := catalogue.NewStore(cfg.Pool).At(cfg.Now)
	work := domaincases.NewStore(cfg.Pool).At(cfg.Now)
	vault := documents.NewVault(cfg.Documents, cfg.Quarantine)
	queue := intake.NewQueue(cfg.Pool)

	signin.RegisterPublic(site, site.Engine(), users)
	staff := site.Engine().Group("/", session.Middleware(site, users, signin.Ended(site, users)))
	signin.Register(site, staff, users)
	home.Register(site, staff, home.Deps{Cases: work, Services: services, Queue: queue})
	cases.Register(site, staff, cases.Deps{Cases: work, Orgs: orgs, Vault: vault})
	webservices.Register(site, staff, webservices.Deps{Services: services, Orgs: orgs, PublicURL: cfg.PublicURL})
	cards.Register(site, staff, cards.Deps{Services: services, Orgs: orgs, Files: documents.NewStore(cfg.Pool), Vault: vault, Preview: preview})
	organisations.Register(site, staff, organisations.Deps{Orgs: orgs})
	webusers.Register(site, staff, webusers.Deps{Users: users, Orgs: orgs})
	webintake.Register(site, staff, webintake.Deps{Queue: queue})
}

// functions are those that templates of this site may call beside the components.
var functions = template.FuncMap{
	"add": func(a, b int) int { return a + b },
	// problem is what is wrong with a whole list, which has no control to show it beside.
	"problem": func(form *web.Form, name string) *problem {
		e, wrong := form.Problem(name)
		if !wrong {
			return nil
		}
		args := slices.Concat(e.Args, []any{nil, nil})
		return &problem{Key: e.Key, A: args[0], B: args[1]}
	},
}

// problem is a field error whose values a template can pass on.
type problem struct {
	Key  string
	A, B any
}

// decorate fills in what every page shows around its content.
func decorate(catalogue *locale.Catalogue) func(*gin.Context, *web.Page) {
	return func(c *gin.Context, p *web.Page) {
		p.NoIndex = true
		p.Site = ui.Site{NameKey: "site.name", TaglineKey: "site.tagline", HomeURL: "/"}
		user, ok := session.User(c)
		if !ok {
			return
		}
		p.Wide = true // the header stays in its place from page to page
		printer := catalogue.In(web.Lang(c))
		p.User = &ui.User{Name: user.FullName, Role: roleOf(printer, user), SignOutURL: "/sign-out", ProfileURL: "/account"}
		if !user.MustChange {
			p.Nav = navigation(c, user.Actor())
		}
	}
}

// roleOf says in words what the person is: the position, or the first role.
func roleOf(printer *locale.Printer, u access.User) string {
	if u.Position != "" || len(u.Grants) == 0 {
		return u.Position
	}
	return printer.T("role." + string(u.Grants[0].Group))
}

// navigation shows the areas that the person may ever enter.
func navigation(c *gin.Context, actor access.Actor) []ui.NavItem {
	var items []ui.NavItem
	for _, area := range areas {
		if area.needs != "" && !access.MayEver(actor, area.needs) {
			continue
		}
		path := c.Request.URL.Path
		items = append(items, ui.NavItem{
			Href: area.path, Key: area.key, Current: path == area.path,
			Active: area.path != "/" && strings.HasPrefix(path, area.path+"/"),
		})
	}
	return items
}

// areas are the links of the navigation in order.
var areas = []struct {
	path, key string
	needs     access.Action
}{
	{"/", "nav.home", ""},
	{"/cases", "nav.cases", domaincases.View},
	{"/services", "nav.services", catalogue.View},
	{"/organisations", "nav.organisations", org.View},
	{"/intake", "nav.intake", intake.Handle},
	{"/users", "nav.users", access.ViewUsers},
}

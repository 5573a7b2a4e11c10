// Package web composes the pages of internal-site: middleware, navigation, and the areas, each of which
// registers its own routes. It holds no page and no rule. It may import the areas, the domains and shared.
package web

import (
	"embed"
	"log/slog"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/internal-site/internal/web/signin"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
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

// Deps is everything that the pages need.
type Deps struct {
	Access *access.Store
	// Health are the probes of /healthz by name.
	Health map[string]web.Probe
	// TLS says that browsers reach the site over https.
	TLS bool
	Log *slog.Logger
	Now func() time.Time
}

// Catalogue loads every word of the site.
func Catalogue() (*locale.Catalogue, error) { return locale.Load(ui.Words, web.Words, Words) }

// New makes the site with all its routes.
func New(d Deps) (*web.Site, error) {
	catalogue, err := Catalogue()
	if err != nil {
		return nil, err
	}
	pages, err := ui.LoadPages(catalogue, ui.Staff, nil, web.Templates, Pages)
	if err != nil {
		return nil, err
	}
	site, err := web.New(web.Options{
		Catalogue: catalogue, Pages: pages, Decorate: decorate(catalogue), TLS: d.TLS, SignIn: signin.Path,
		Log: d.Log, Now: d.Now,
	})
	if err != nil {
		return nil, err
	}
	site.Health(d.Health)
	routes(site, d)
	return site, nil
}

// routes adds the areas. Those after the middleware are for people who have signed in.
func routes(site *web.Site, d Deps) {
	signin.RegisterPublic(site, site.Engine(), d.Access)
	staff := site.Engine().Group("/", session.Middleware(site, d.Access))
	signin.Register(site, staff, d.Access)
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
		printer := catalogue.In(web.Lang(c))
		p.User = &ui.User{Name: user.FullName, Role: roleOf(printer, user), SignOutURL: "/sign-out", ProfileURL: "/account"}
		if !user.MustChange {
			p.Nav = navigation(c, user.Actor())
		}
	}
}

// roleOf says in words what the person is: the position, or the first role.
func roleOf(printer *locale.Printer, u access.User) string {
	if u.Position != "" || len(u.Roles) == 0 {
		return u.Position
	}
	return printer.T("role." + string(u.Roles[0].Role))
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
	{"/cases", "nav.cases", access.CasesView},
	{"/services", "nav.services", access.ServicesView},
	{"/organisations", "nav.organisations", access.OrganisationsView},
	{"/intake", "nav.intake", access.IntakeHandle},
	{"/users", "nav.users", access.UsersView},
}

// Package site makes the staff site of areas: middleware, layout, navigation and the routes behind their rights. It
// knows no area, so that a test can make a site of one. It may import web/area, web/session, internal/access and shared.
package site

import (
	"context"
	"embed"
	"html/template"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/region"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

// Config is what every site of areas needs.
type Config struct {
	Users session.Store
	// Ended answers a form whose session has ended; nil answers it as any request without a session.
	Ended func(*web.Site) web.Handler
	// SignIn is where people who have not signed in are sent.
	SignIn string
	// Switches says which modules are on; nil: all.
	Switches area.Switches
	// Readings keeps who looked at what of other people's data; nil keeps nothing.
	Readings *area.Readings
	// Region says which region this is, on every page; nil knows of none.
	Region *region.Watch
	// Metrics is where the site's metrics are registered; nowhere when nil.
	Metrics prometheus.Registerer
	// TLS says that browsers reach the site over https.
	TLS bool
	// TrustedProxies are the addresses whose X-Forwarded-For is believed.
	TrustedProxies []string
	Log            *slog.Logger
	Now            func() time.Time
}

// words are those of the whole site.
//
//go:embed words
var words embed.FS

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
	catalogue, err := Catalogue(areas)
	if err != nil {
		return nil, err
	}
	folders := []fs.FS{web.Templates}
	for _, a := range areas {
		folders = append(folders, ui.Folder{FS: a.Files, Name: a.Name})
	}
	pages, err := ui.LoadPages(catalogue, ui.Staff, functions, folders...)
	if err != nil {
		return nil, err
	}
	site, err := web.New(web.Options{
		Catalogue: catalogue, Pages: pages, Decorate: decorate(catalogue, areas, cfg.Region), TLS: cfg.TLS, TrustedProxies: cfg.TrustedProxies,
		SignIn: cfg.SignIn, Who: who, Log: cfg.Log, Now: cfg.Now, Metrics: cfg.Metrics,
	})
	if err != nil {
		return nil, err
	}
	if cfg.Switches == nil {
		cfg.Switches = func(context.Context) (contract.Switches, error) { return contract.Switches{}, nil }
	}
	var ended web.Handler
	if cfg.Ended != nil {
		ended = cfg.Ended(site)
	}
	return site, area.Mount(site, areas, session.Middleware(site, cfg.Users, ended), cfg.Switches, cfg.Readings)
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
func decorate(catalogue *locale.Catalogue, areas []area.Area, watch *region.Watch) func(*gin.Context, *web.Page) {
	return func(c *gin.Context, p *web.Page) {
		p.NoIndex, p.ShowsForms = true, true
		p.Site = ui.Site{NameKey: "site.name", TaglineKey: "site.tagline", HomeURL: "/", Region: watch.Profile(c.Request.Context()).OnPage()}
		user, ok := session.User(c)
		if !ok {
			return
		}
		p.Density, p.KeysOff = string(user.Settings.Density), user.Settings.KeysOff
		if user.Settings.TextSize != access.UsualText {
			p.TextSize = user.Settings.TextSize
		}
		p.Wide = true // the header stays in its place from page to page
		printer := catalogue.In(web.Lang(c))
		p.User = &ui.User{Name: user.FullName, Role: roleOf(printer, user), SignOutURL: "/sign-out"}
		if user.Step() == access.NoStep {
			p.User.ProfileURL = "/account"
			on := area.On(c, areas)
			p.Nav = area.CountNews(c.Request.Context(), on, user.Actor(), area.Navigation(on, user.Actor(), c.Request.URL.Path))
			p.Finds = findsIn(p.Nav)
		}
	}
}

// finds are the lists in which a word can be looked for, by the page of the navigation that leads to them.
var finds = []struct{ page, key string }{{"/cases", "site.find_cases"}, {"/services", "site.find_services"}, {"/users", "site.find_users"}}

// findsIn are those of them that somebody may open.
func findsIn(nav []ui.NavItem) (list []ui.Find) {
	for _, f := range finds {
		if slices.ContainsFunc(nav, func(i ui.NavItem) bool { return i.Href == f.page }) {
			list = append(list, ui.Find{Key: f.key, Href: f.page + "?q="})
		}
	}
	return list
}

// who is the sign-in name of the member of staff whose request it is.
func who(c *gin.Context) string {
	user, _ := session.User(c)
	return user.Login
}

// roleOf says in words what the person is: the position, or the first group.
func roleOf(printer *locale.Printer, u access.User) string {
	name := u.Position
	if name.IsZero() && len(u.Grants) > 0 {
		name = u.Grants[0].Name
	}
	text, _ := name.In(printer.Lang())
	return text
}

// Package services is the catalogue in lists: all services with search and filters, and the pages of a category and
// of a life situation. Everything a list shows is in its address. It may import the reading domains and shared.
package services

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/kept"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/search"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/contract"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the pages need.
type Deps struct {
	Replica  replica.Source
	Search   Search
	Switches area.Switches
	Cabinet  bool // this site has accounts
	BaseURL  string
	Log      *slog.Logger
}

// Search finds services and those who give them; search.Searcher does.
type Search interface {
	Services(ctx context.Context, typed string, day time.Time) (search.Found, error)
	Others(ctx context.Context, found search.Found) (search.Others, error)
	Suggest(ctx context.Context, typed string) ([]search.Suggestion, error)
	Mark(ctx context.Context, found search.Found, texts []string) ([]search.Pieces, error)
}

type handlers struct {
	site *web.Site
	Deps
	searches, typing *web.Limiter
	kept             keptSuggestions
}

// searchRate is what one address may ask of the search, which costs more than any other page. Whole towns share the
// address of their mobile operator.
var searchRate = web.Rate{Events: 300, Per: time.Minute, Burst: 100}

// Area is the lists of the catalogue.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "services", Files: files,
		Nav: []area.Link{{
			Order: 10, Href: "/services", Key: "nav.services", Also: []string{"/categories", "/life-situations", "/apply"},
		}},
		Hidden: []string{"/search", "/suggest", "/visit", "/services?"}, Sitemap: sitemap,
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site: site, Deps: d, searches: web.NewLimiter(searchRate, 20_000), typing: web.NewLimiter(suggestRate, 20_000)}
			return []area.Route{
				area.Shared("/services", h.services),
				area.GET("/search", h.search),
				area.GET("/suggest", h.suggest).InEnglish(),
				area.Shared("/categories/:code", h.category),
				area.GET("/categories/:code/:rest", area.Joined("/categories/")).InEnglish(),
				area.Shared("/life-situations/:code", h.situation),
				area.GET("/life-situations/:code/:rest", area.Joined("/life-situations/")).InEnglish(),
				area.GET("/visit", h.visit).InEnglish(),
			}
		},
	}
}

// online says whether this site takes applications.
func (h *handlers) online(c *gin.Context) (bool, error) {
	switches, err := h.Switches(c.Request.Context())
	return switches.On(contract.ModuleApplications), err
}

// search is the address people guess; the list of services is the one place that answers.
func (h *handlers) search(c *gin.Context) error {
	return web.Redirect(c, "/services?"+url.Values{"q": {search.Parse(c.Query("q")).Text}}.Encode())
}

type servicesPage struct {
	listPage
	Query   string
	Keep    []hidden // filters that a new search keeps
	Form    *web.Form
	Filters filters
	Active  []active // filters in force, each with the address without it
	Clear   string   // the address without any filter

	Intents   []intent
	Elsewhere []ui.Elsewhere
	Others    search.Others
	ByAct     bool   // the services are those that rest on an act whose number was typed
	Corrected string // what was searched for instead of Query
	Partial   bool
	Mentioned bool   // no service is named like this, these only mention it
	Missing   int    // how many of the words no service has, where the list is Partial
	Lost      string // those words
	Unknown   bool   // conditions of the address were left out, as the catalogue does not have them
}

// Answered says that something was found besides services.
func (p *servicesPage) Answered() bool {
	return len(p.Intents)+len(p.Elsewhere) > 0 || p.Others.Any()
}

type hidden struct{ Name, Value string }

func (h *handlers) services(c *gin.Context) error {
	online, err := h.online(c)
	if err != nil {
		return err
	}
	in := readState(c)
	in.Online = in.Online && online
	found, err := h.find(c, in)
	if err != nil {
		return err
	}
	p := &servicesPage{
		Query: in.Query, Partial: found.Partial, Mentioned: found.Mentioned, Missing: len(found.Missing), ByAct: len(found.Acts) > 0,
	}
	if in.Page == 1 {
		p.Elsewhere = answers(found.Elsewhere)
		if p.Intents, err = h.intents(c, found); err != nil {
			return err
		}
	}
	p.Lost = strings.Join(found.Missing, h.site.T(c, "services.missing_between"))
	if found.Corrected {
		p.Corrected = found.Query.Text
	}
	if in, err = h.readList(c, in, found, online, p); err != nil {
		return err
	}
	printer := h.site.Printer(c)
	p.Keep, p.Form = in.keep(), in.form()
	p.Active = p.Filters.active(in)
	p.Clear = in.without().address()
	h.fill(c, &p.listPage, found, online, func(n int) string { return in.onPage(n).address() })
	p.Others = h.others(c, in, found)
	p.NoIndex = in.Query != "" || len(p.Active) > 0 || p.Unknown
	p.Meta = meta.New(printer.T("services.title"), printer.T("home.lead"), web.Canonical(c, h.BaseURL, state{Page: in.Page}.address()))
	p.Breadcrumbs = meta.Trail(printer, meta.Here(printer.T("services.title")))
	if in.Query != "" {
		p.Breadcrumbs = meta.Trail(printer, ui.Link{Href: "/services", Text: printer.T("services.title")}, meta.Here(printer.T("services.search_crumb")))
	}
	return h.site.Render(c, http.StatusOK, "services/services", p)
}

// find searches for what the address asks for; without a query nothing is searched.
func (h *handlers) find(c *gin.Context, in state) (search.Found, error) {
	if in.Query == "" {
		return search.Found{}, nil
	}
	if err := h.searches.AllowFrom(h.site.Client(c)); err != nil {
		return search.Found{}, err
	}
	return h.Search.Services(c.Request.Context(), in.Query, catalogue.Today(h.site.Now()))
}

// readList reads the list and the choices beside it. Conditions that the catalogue does not know (any more), as in an
// old bookmark, are taken out of the state that comes back, and the page says so.
func (h *handlers) readList(c *gin.Context, in state, found search.Found, online bool, p *servicesPage) (state, error) {
	ctx, day := c.Request.Context(), catalogue.Today(h.site.Now())
	filter := func() catalogue.Filter {
		f := in.filter()
		f.Lang = web.Lang(c)
		if in.Query != "" {
			f.Found = ranked(found)
		}
		return f
	}
	err := h.Replica.At(ctx, func(v replica.View) error {
		categories, err := v.Catalogue.Categories(ctx)
		if err != nil {
			return err
		}
		for {
			facets, err := v.Catalogue.Facets(ctx, filter(), day)
			if err != nil {
				return err
			}
			p.Filters = newFilters(h.site.Printer(c), in, facets, categories, online)
			known := p.Filters.known(in)
			if known == in {
				break
			}
			in, p.Unknown = known, true
		}
		p.List, err = v.Catalogue.List(ctx, filter(), day)
		return err
	})
	return in, err
}

// others are worth showing beside the first page of a search; without them the page is still whole.
func (h *handlers) others(c *gin.Context, in state, found search.Found) search.Others {
	if in.Query == "" || in.Page > 1 {
		return search.Others{}
	}
	all, err := h.Search.Others(c.Request.Context(), found)
	if err != nil {
		kept.Doubt(c.Request.Context())
		h.Log.ErrorContext(c.Request.Context(), "search others", "error", err)
	}
	return all
}

// answers are what others give as pages show it.
func answers(found []search.Elsewhere) (list []ui.Elsewhere) {
	for _, e := range found {
		list = append(list, ui.Elsewhere{
			Name: e.Name, Provider: e.Provider, URL: e.URL, Phone: e.Phone, Address: e.Address, How: e.How, CheckedOn: e.CheckedOn,
		})
	}
	return list
}

// ranked hands what a search found to the catalogue.
func ranked(found search.Found) []catalogue.Found {
	list := make([]catalogue.Found, len(found.Services))
	for i, s := range found.Services {
		list[i] = catalogue.Found{ID: s.ID, Points: s.Points}
	}
	return list
}

// Package service is the page of one service and its files to download. It may import the reading domains,
// internal/web/sending, the card view and shared.
package service

import (
	"context"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/documents"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/meta"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/region"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the pages need.
type Deps struct {
	Replica  replica.Source
	Switches area.Switches
	Vault    Vault
	Appeals  Appeals
	Bookings Bookings
	BaseURL  string
	// NoOffline says that browsers keep no cards for reading without a line.
	NoOffline bool
}

// mayBeKept tells the script that keeps cards in the browser (pages/sw.js) which answers are everybody's.
func (d Deps) mayBeKept(c *gin.Context) {
	if !d.NoOffline && web.IsAnonymous(c) {
		c.Header("Portal-Keep", "card")
	}
}

// Bookings says whether people can book a time because of a service; bookings.Store does.
type Bookings interface {
	Books(ctx context.Context, service uuid.UUID) (bool, error)
}

// Appeals tells how decisions are appealed in this region; shared/region.Store does.
type Appeals interface {
	Appeals(ctx context.Context) (region.Appeals, error)
}

// Vault reads the bytes of files; documents.Vault is one.
type Vault interface {
	Read(ctx context.Context, f documents.File) ([]byte, error)
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the pages of single services.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "service", Files: files, Words: []fs.FS{documents.Words}, Sitemap: sitemap, Hidden: []string{"/fits/"},
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site, d}
			return []area.Route{
				area.Shared("/services/:code", h.service).With(web.ByCommunity, web.MayLocate, d.mayBeKept),
				area.GET("/services/:code/:rest", area.Joined("/services/")).InEnglish(),
				area.GET("/documents/:id", h.document),
				area.GET("/fits/:code", h.fits).InEnglish(),
			}
		},
	}
}

func sitemap(ctx context.Context, v replica.View) (paths []area.Place, err error) {
	all, err := v.Catalogue.Slugs(ctx)
	for _, s := range all {
		paths = append(paths, area.Place{Path: "/services/" + s.Slug, Changed: s.ChangedAt})
	}
	return paths, err
}

// cards renders information cards with the words that they use everywhere.
var cards = sync.OnceValues(func() (*cardview.Renderer, error) {
	words, err := locale.Load(ui.Words, cardview.Words)
	if err != nil {
		return nil, err
	}
	return cardview.New(words)
})

type servicePage struct {
	web.Page
	Meta    meta.Meta
	Service catalogue.Service
	Card    template.HTML // empty when no edition is published
	Apply   string        // where to apply online, "" when it cannot be done
	Begun   bool          // this browser has begun an application
	Told    bool          // the card says how and where to apply
	Brief   brief
	Appeals region.Appeals
	Ask     bool   // questions are taken
	Book    string // where a time is booked, "" when no centre of the service books any
	Check   string // where papers are sent to be checked before a visit, "" when nobody checks them
	Self    string // address of the edition in force
	Offline string // what is said above the card when it is read without a line; "" when browsers keep none
}

// longName is where a name stops being readable in the largest letters.
const longName = 150

// LongName says that the name needs smaller letters.
func (p *servicePage) LongName() bool { return utf8.RuneCountInString(p.Service.Name.UK) > longName }

// Updated is when anything on the page was last changed: the service itself or its card.
func (p *servicePage) Updated() time.Time {
	if card := p.Service.Card; card != nil && card.PublishedAt.After(p.Service.UpdatedAt) {
		return card.PublishedAt
	}
	return p.Service.UpdatedAt
}

func (h *handlers) service(c *gin.Context) error {
	number, err := editionNumber(c)
	if err != nil {
		return err
	}
	switches, err := h.Switches(c.Request.Context())
	if err != nil {
		return err
	}
	v, s, err := h.read(c, number, switches)
	if err != nil {
		return err
	}
	p := &servicePage{Service: s, Self: "/services/" + s.Slug(), Told: len(v.Card.Filing)+len(v.Centres) > 0 && s.Card != nil}
	if s.Card != nil {
		renderer, err := cards()
		if err != nil {
			return err
		}
		if p.Card, err = renderer.Render(web.Lang(c), v.View); err != nil {
			return err
		}
	}
	if s.Card != nil {
		p.Brief = newBrief(h.site.Printer(c), v)
		if p.Appeals, err = h.Appeals.Appeals(c.Request.Context()); err != nil {
			return err
		}
	}
	p.Ask = switches.On(contract.ModuleQuestions)
	if v.Checked && s.Card != nil && len(s.Card.Content.Documents) > 0 {
		p.Check = "/check/" + s.Slug()
	}
	if v.Booked {
		if v.Booked, err = h.Bookings.Books(c.Request.Context(), s.ID); err != nil {
			return err
		}
	}
	if v.Booked {
		p.Book = "/book?service=" + url.QueryEscape(s.Slug())
	}
	if s.Online() && v.Online {
		p.Apply = "/apply/" + s.Slug()
		p.Begun = slices.Contains(sending.Begun(h.site, c), s.Slug())
	}
	printer := h.site.Printer(c)
	p.NoIndex = number != 0
	if !h.NoOffline && number == 0 && s.Card != nil {
		p.Offline = printer.T("service.offline", "{0}") // the script puts the time in
	}
	p.Meta = meta.New(printer.Value(s.Name), printer.Value(s.Summary), web.Canonical(c, h.BaseURL, p.Self))
	p.Breadcrumbs = meta.Trail(printer)
	for _, r := range s.Categories {
		p.Breadcrumbs = append(p.Breadcrumbs, meta.Named(printer, "/categories/"+r.Slug(), r.Name))
	}
	p.Meta.Linked = meta.OfService(meta.Page{
		Base: h.BaseURL, Lang: web.Lang(c), Trail: p.Breadcrumbs, Self: p.Self, Title: printer.Value(s.Name),
	}, s, v.decides, v.centres)
	return h.site.Render(c, http.StatusOK, "service/service", p)
}

// editionNumber is the edition that ?edition= asks for, 0 for the one in force.
func editionNumber(c *gin.Context) (int, error) {
	asked := c.Query("edition")
	if asked == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(asked)
	if err != nil || n < 1 || n > 1_000_000 {
		return 0, fault.New(fault.NotFound, "")
	}
	return n, nil
}

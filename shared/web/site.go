package web

import (
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/logs"
	"portal.example/shared/ui"
)

// Words is the catalogue of errors and other things this package says; load it beside a site's own:
//
//	locale.MustLoad(ui.Words, web.Words, siteWords)
//
//go:embed words
var Words embed.FS

// Templates are the pages of this package (errors); load them beside a site's own:
//
//	ui.LoadPages(catalogue, ui.Public, nil, web.Templates, sitePages)
//
//go:embed pages
var Templates embed.FS

// Page is the part of page data that layouts show; embed it in the struct of every page.
type Page = ui.Page

// Data is the data of a page: a pointer to a struct that embeds Page.
type Data interface{ Base() *ui.Page }

// Handler answers a request or says why it cannot; Site.Handle turns the error into a page.
type Handler func(c *gin.Context) error

// Options says what a site is made of. Only Catalogue and Pages are required.
type Options struct {
	Catalogue *locale.Catalogue
	Pages     *ui.Pages
	// Decorate fills in what every page of the site shows (Site, User, Nav, Freshness), error pages too.
	Decorate func(c *gin.Context, p *Page)
	// TLS says that browsers reach the site over https, directly or through a proxy: cookies become
	// Secure with the __Host- prefix and HSTS is sent.
	TLS bool
	// TrustedProxies are the addresses whose X-Forwarded-For is believed; none when empty.
	TrustedProxies []string
	// FormActions are foreign origins that a form of the site may lead to (a payment service).
	FormActions []string
	// Advice is what this site says of errors of a kind, where its readers need other words than those of this package.
	Advice map[fault.Kind]Advice
	// Programs says whether an address is for programs, which are told of errors in JSON; nil: none is.
	Programs func(path string) bool
	// SignIn is where a reader who is not signed in is sent by Unsigned errors; "" shows a page instead.
	SignIn string
	// Timeout ends the context of a request; 15 seconds when zero.
	Timeout time.Duration
	// Log receives the access log and the causes of errors; slog.Default when nil.
	Log *slog.Logger
	// Who returns the login to log with a refused request, or "" when nobody is signed in. Nil logs none. It must never
	// return a citizen's name.
	Who func(c *gin.Context) string
	// Metrics is where the counts of requests are registered; nowhere when nil.
	Metrics prometheus.Registerer
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// Site renders pages and errors of one site. Make it with New.
type Site struct {
	opts   Options
	engine *gin.Engine
	csrf   *http.CrossOriginProtection

	metrics *metrics // nil: nobody asks for them

	readPages sync.Once
	pages     map[string]bool // route patterns that answer GET
	english   [][]string      // those below EnglishPrefix without it, in parts
}

// New makes a site with all middleware in place; add routes to Engine.
func New(opts Options) (*Site, error) {
	if opts.Catalogue == nil || opts.Pages == nil {
		return nil, errors.New("web.New: Catalogue and Pages are required")
	}
	if opts.Timeout == 0 {
		opts.Timeout = 15 * time.Second
	}
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	opts.Log = slog.New(logs.Carrying(opts.Log.Handler()))
	gin.SetMode(gin.ReleaseMode)
	s := &Site{opts: opts, engine: gin.New(), csrf: http.NewCrossOriginProtection()}
	if opts.Metrics != nil {
		s.metrics = newMetrics(opts.Metrics)
	}
	s.engine.HandleMethodNotAllowed = true
	if err := s.engine.SetTrustedProxies(opts.TrustedProxies); err != nil {
		return nil, err
	}
	s.engine.Use(s.requestID, s.measure, s.accessLog, s.headers, s.language, s.recovery, s.limits, s.forgery, s.readable)
	s.engine.NoRoute(s.Handle(s.noRoute))
	s.engine.NoMethod(s.Handle(noMethod))
	s.engine.GET(ui.AssetsPrefix+"*file", gin.WrapH(ui.Assets()))
	s.engine.HEAD(ui.AssetsPrefix+"*file", gin.WrapH(ui.Assets()))
	s.engine.GET("/livez", alive)
	s.engine.GET("/healthz", alive)
	return s, nil
}

// Engine is where routes are added: site.Engine().GET("/services", site.Handle(h.list)).
func (s *Site) Engine() *gin.Engine { return s.engine }

// GET adds a page. HEAD is answered too.
func (s *Site) GET(r gin.IRoutes, path string, h Handler) {
	r.GET(path, s.Handle(h))
	r.HEAD(path, s.Handle(h))
}

// POST adds the target of a form.
func (s *Site) POST(r gin.IRoutes, path string, h Handler) { r.POST(path, s.Handle(h)) }

// Now is the site's clock.
func (s *Site) Now() time.Time { return s.opts.Now() }

// Package apply is the pages on which a citizen applies for a quick service: start, the pages of the form, files,
// check your answers, receipt. It may import internal/submission, the reading domains, shared/forms and shared.
//
// Pages that show what was typed are never cached, and nothing typed reaches a log: handlers pass it to the desk,
// which keeps it sealed.
package apply

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/area"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the pages need. Without a Desk (no key to seal to is configured) nothing can be applied for.
type Deps struct {
	Offers  *submission.Offers
	Desk    *submission.Desk
	BaseURL string
	Log     *slog.Logger
}

type handlers struct {
	site *web.Site
	Deps
	starts, uploads, sends *web.Limiter
	known                  services
}

// Area is the pages of applications.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "apply", Path: "/apply/:code", Files: files, Personal: true,
		Routes: func(site *web.Site) []area.Route {
			h := newHandlers(site, d)
			return []area.Route{
				area.GET("", h.open(h.start)),
				area.POST("", h.open(h.begin)),
				area.POST("/discard", h.open(h.discard)),
				area.GET("/check", h.open(h.check)),
				area.POST("/check", h.open(h.send)),
				area.GET("/receipt", h.open(h.receipt)),
				area.GET("/step/:step", h.open(h.step)),
				area.POST("/step/:step", h.open(h.save)),
			}
		},
	}
}

func newHandlers(site *web.Site, d Deps) *handlers {
	return &handlers{
		site: site, Deps: d,
		// Generous, as whole towns share the address of their mobile operator.
		starts:  web.NewLimiter(web.Rate{Events: 120, Per: time.Hour, Burst: 40}, 20_000),
		uploads: web.NewLimiter(web.Rate{Events: 300, Per: time.Hour, Burst: 60}, 20_000),
		sends:   web.NewLimiter(web.Rate{Events: 120, Per: time.Hour, Burst: 30}, 20_000),
	}
}

// open closes a page where nothing can be sealed.
func (h *handlers) open(page web.Handler) web.Handler {
	return func(c *gin.Context) error {
		if h.Desk == nil {
			return fault.New(fault.Unavailable, "apply.no_key")
		}
		return page(c)
	}
}

// controls draws the fields of forms, with the words of this area for what is wrong with them.
var controls = sync.OnceValues(func() (*forms.Renderer, error) {
	words, err := locale.Load(ui.Words, web.Words, forms.Words, files)
	if err != nil {
		return nil, err
	}
	return forms.NewRenderer(words)
})

// services remembers those that were applied for last, so that a page can come back with what was typed while the
// database is away.
type services struct {
	sync.Mutex
	byCode map[string]submission.Service
}

const rememberedServices = 300

func (s *services) put(v submission.Service) {
	s.Lock()
	defer s.Unlock()
	if s.byCode == nil || len(s.byCode) >= rememberedServices {
		s.byCode = map[string]submission.Service{}
	}
	s.byCode[v.Code] = v
}

func (s *services) get(code string) (submission.Service, bool) {
	s.Lock()
	defer s.Unlock()
	v, ok := s.byCode[code]
	return v, ok
}

// service is the service of the address.
func (h *handlers) service(c *gin.Context) (submission.Service, error) {
	s, err := h.Offers.Service(c.Request.Context(), address.Code(c.Param("code")))
	if err == nil {
		h.known.put(s)
	}
	return s, err
}

func path(s submission.Service, page string) string {
	p := "/apply/" + address.Slug(s.Code)
	switch page {
	case "":
		return p
	case "check", "receipt", "discard":
		return p + "/" + page
	}
	return p + "/step/" + page
}

// cookieName is one cookie for each service, so that two applications can be filled in side by side.
func cookieName(s submission.Service) string {
	sum := sha256.Sum256([]byte(s.Code))
	return "apply_" + hex.EncodeToString(sum[:4])
}

func (h *handlers) token(c *gin.Context, s submission.Service) (submission.Token, error) {
	return submission.ParseToken(h.site.Cookie(c, cookieName(s)))
}

func (h *handlers) keepToken(c *gin.Context, s submission.Service, t submission.Token) {
	h.site.SetCookie(c, cookieName(s), t.Cookie(), submission.DraftLife)
}

// draft opens the application behind the reader's cookie.
func (h *handlers) draft(c *gin.Context, s submission.Service) (submission.Token, *submission.Draft, error) {
	t, err := h.token(c, s)
	if err != nil {
		return t, nil, err
	}
	d, err := h.Desk.Load(c.Request.Context(), t, s)
	return t, d, err
}

// opened is the service and the application of a page; when there is none (any more) the reader goes to the start, and
// to the receipt when it was sent.
func (h *handlers) opened(c *gin.Context) (s submission.Service, d *submission.Draft, done bool, err error) {
	if s, err = h.service(c); err != nil {
		return s, nil, false, err
	}
	t, d, err := h.draft(c, s)
	switch {
	case fault.Is(err, fault.NotFound):
		return s, nil, true, web.Redirect(c, path(s, "")+"?gone=1")
	case err != nil:
		return s, nil, false, err
	case d.Receipt != nil:
		return s, d, true, web.Redirect(c, path(s, "receipt"))
	}
	h.keepToken(c, s, t) // as long as somebody works on it
	return s, d, false, nil
}

// newDraft begins an application for a reader who has none.
func (h *handlers) newDraft(ctx context.Context, c *gin.Context, s submission.Service) (submission.Token, error) {
	if err := h.starts.Allow(h.site.ClientKey(c)); err != nil {
		return submission.Token{}, err
	}
	t, err := h.Desk.Start(ctx, s)
	if err != nil {
		return t, err
	}
	h.keepToken(c, s, t)
	return t, nil
}

// statusOf is the status of a page that comes back with what was typed.
func statusOf(err error) int {
	if err == nil {
		return http.StatusUnprocessableEntity
	}
	return fault.Status(err)
}

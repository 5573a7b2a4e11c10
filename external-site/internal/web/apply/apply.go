// Package apply is the pages on which a citizen applies for a quick service: start, the pages of the form, files,
// check your answers, receipt. It may import internal/applications, internal/submission, internal/web/sending, the
// reading domains, shared/forms and shared.
//
// Pages that show what was typed are never cached, and nothing typed reaches a log: handlers pass it to the desk,
// which keeps it sealed.
package apply

import (
	"context"
	"embed"
	"io/fs"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/applications"
	papers "portal.example/external-site/internal/documents"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/contact"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// controls draws the fields of forms.
var controls = sending.Controls(files)

// Deps is what the pages need.
type Deps struct {
	Offers   Offers
	Window   *sending.Window
	Switches area.Switches
}

// Offers finds the services that can be applied for; applications.Offers does.
type Offers interface {
	Service(ctx context.Context, code string) (applications.Service, error)
	Sent(ctx context.Context, code string, place uuid.UUID) (name locale.Text, centre *org.Centre, err error)
	Card(ctx context.Context, s applications.Service) (contract.Card, error)
	Samples(ctx context.Context, s applications.Service) ([]papers.Sample, error)
}

type handlers struct {
	*sending.Window
	site     *web.Site
	offers   Offers
	switches area.Switches
	known    services
}

// Area is the pages of applications.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "apply", Path: "/apply/:code", Files: files, Personal: true, Words: []fs.FS{applications.Words},
		Modules: []string{contract.ModuleApplications},
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site: site, Window: d.Window.At(site), offers: d.Offers, switches: d.Switches}
			return []area.Route{
				area.GET("", h.Open(h.offered(h.start))),
				area.POST("", h.Open(h.offered(h.begin))),
				area.POST("/discard", h.Open(h.offered(h.discard))),
				area.POST("/take", h.Open(h.offered(h.take))),
				area.GET("/:rest", area.Joined("/apply/")),
				area.GET("/check", h.Open(h.offered(h.check))),
				area.POST("/check", h.Open(h.offered(h.send))),
				area.GET("/receipt", h.Open(h.receipt)),
				area.GET("/receipt/:number", h.Open(h.receipt)),
				area.GET("/receipt/:number/copy", h.Open(func(c *gin.Context) error { return h.Copy(c, "/apply/"+address.Slug(address.Code(c.Param("code")))) })),
				area.GET("/receipt/:number/copy/again", h.Open(h.offered(h.showAgain))),
				area.POST("/receipt/:number/copy/again", h.Open(h.offered(h.beginAgain))),
				area.GET("/step/:step", h.Open(h.offered(h.step))),
				area.POST("/step/:step", h.Open(h.offered(h.save))),
				area.POST("/step/:step/fill", h.Open(h.offered(h.fill))),
				area.GET("/signature/:file", h.Open(h.offered(h.showUnsign))),
				area.POST("/signature/:file", h.Open(h.offered(h.unsign))),
			}
		},
	}
}

// services remembers those that were applied for last, so that a page can come back with what was typed while the
// database is away.
type services struct {
	sync.Mutex
	byCode map[string]applications.Service
}

const rememberedServices = 300

func (s *services) put(v applications.Service) {
	s.Lock()
	defer s.Unlock()
	if s.byCode == nil || len(s.byCode) >= rememberedServices {
		s.byCode = map[string]applications.Service{}
	}
	s.byCode[v.Code] = v
}

func (s *services) get(code string) (applications.Service, bool) {
	s.Lock()
	defer s.Unlock()
	v, ok := s.byCode[code]
	return v, ok
}

// serviceKey is where a request keeps its service.
const serviceKey = "apply.service"

// service is the service of the address.
func (h *handlers) service(c *gin.Context) (applications.Service, error) {
	if read, ok := c.Get(serviceKey); ok {
		if s, ok := read.(applications.Service); ok {
			return s, nil
		}
	}
	s, err := h.offers.Service(c.Request.Context(), address.Code(c.Param("code")))
	if err == nil {
		h.known.put(s)
		c.Set(serviceKey, s)
	}
	return s, err
}

// base is the path of all pages of one application; its cookies go no further.
func base(s applications.Service) string { return "/apply/" + address.Slug(s.Code) }

// path is a page of the application that the request is about; see pathOf.
func (h *handlers) path(c *gin.Context, s applications.Service, page string) string {
	return pathOf(s, page, h.Name(c, base(s)))
}

// pathOf is a page of the application with the name, "" for the only one. A page is the id of a step, one of those that no step may be
// called, or begins with a slash: a form may call a step "signature" or "take".
func pathOf(s applications.Service, page, name string) string {
	path := base(s)
	switch {
	case page == "":
	case page[0] == '/':
		path += page
	case page == "check", page == "receipt":
		path += "/" + page
	default:
		path += "/step/" + page
	}
	if name != "" {
		path += "?" + sending.DraftParam + "=" + name
	}
	return path
}

// with adds a parameter to an address.
func with(path, name string) string {
	if strings.Contains(path, "?") {
		return path + "&" + name + "=1"
	}
	return path + "?" + name + "=1"
}

// start is the first page, which is about no application in particular.
func start(s applications.Service, why string) string {
	if why == "" {
		return base(s)
	}
	return with(base(s), why)
}

// draft opens the application that the page is about.
func (h *handlers) draft(c *gin.Context, s applications.Service) (submission.Token, *applications.Draft, error) {
	t, err := h.Draft(c, base(s))
	if err != nil {
		return t, nil, err
	}
	d := s.NewDraft()
	t, err = h.Desk.Load(c.Request.Context(), t, d)
	return t, d, err
}

// keep gives the browser the token of the application's present state, and lets the site's other pages know that one
// was begun.
func (h *handlers) keep(c *gin.Context, s applications.Service, t submission.Token) {
	h.KeepDraft(c, base(s), t)
	sending.NoteBegun(h.site, c, address.Slug(s.Code), h.Names(c, base(s)))
}

// forget drops the application that the page is about from the browser.
func (h *handlers) forget(c *gin.Context, s applications.Service) {
	sending.NoteBegun(h.site, c, address.Slug(s.Code), h.Names(c, base(s)))
}

// opened is the service and the application of a page; when there is none (any more) the reader goes to the start, and
// to the receipt when it was sent.
func (h *handlers) opened(c *gin.Context) (s applications.Service, d *applications.Draft, done bool, err error) {
	if s, err = h.service(c); err != nil {
		return s, nil, false, err
	}
	t, d, err := h.draft(c, s)
	if err != nil {
		done, err = h.elsewhere(c, s, err)
		return s, nil, done, err
	}
	h.keep(c, s, t) // as long as somebody works on it
	return s, d, false, nil
}

// elsewhere leads a reader without an application to where it is: to its receipt when it was sent, else to the start.
func (h *handlers) elsewhere(c *gin.Context, s applications.Service, err error) (done bool, _ error) {
	switch {
	case fault.Is(err, fault.Conflict), fault.Is(err, fault.NotFound) && h.HasReceipt(c, base(s)):
		return true, web.Redirect(c, h.path(c, s, "receipt"))
	case fault.Is(err, fault.NotFound):
		return true, web.Redirect(c, start(s, "gone"))
	}
	return false, err
}

// receipt shows what the citizen was given. It stays open for its whole time, so it asks less of the service than the
// other pages: one that can no longer be applied for may have been applied for an hour ago.
func (h *handlers) receipt(c *gin.Context) error {
	slug := address.Slug(address.Code(c.Param("code")))
	err := h.Receipt(c, "/apply/"+slug, func(r submission.Receipt) (sending.Given, error) {
		told, err := h.switches.Notices(c.Request.Context(), r.Place)
		if err != nil {
			return sending.Given{}, err
		}
		given := sending.Given{
			TitleKey: "apply.receipt_title", NumberKey: "apply.receipt_number", UseKey: "apply.code_use", QRKey: "apply.qr",
			FollowKey: "apply.follow", NextKeys: []string{"apply.next_delivered", "apply.next_registered", "apply.next_result", "apply.receipt_notices." + told},
		}
		name, centre, err := h.offers.Sent(c.Request.Context(), address.Code(c.Param("code")), r.Place)
		given.About, given.Reach = h.About(c, "apply.service", name), contact.OfCentre(h.site.Printer(c), centre, h.site.Now())
		return given, err
	})
	if fault.Is(err, fault.NotFound) {
		return web.Redirect(c, "/apply/"+slug+"?gone=1")
	}
	return err
}

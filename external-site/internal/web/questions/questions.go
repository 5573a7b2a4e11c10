// Package questions is the pages on which anybody asks a centre or an authority something: whom to ask, the question,
// check it, receipt, and what the tracking page shows of it. It may import internal/questions, internal/submission,
// internal/web/sending, shared/forms and shared.
package questions

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"regexp"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/questions"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/contact"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// StatusPage is the page that shows what became of a question.
const StatusPage = "questions/status"

// controls draws the fields of the form.
var controls = sending.Controls(files)

// Deps is what the pages need.
type Deps struct {
	Questions Questions
	Window    *sending.Window
	Switches  area.Switches
}

// Questions finds who can be asked, and about what; questions.Store does.
type Questions interface {
	Addressee(ctx context.Context, place questions.Place, code string) (questions.Addressee, error)
	Service(ctx context.Context, code string) (questions.Service, error)
	Published(ctx context.Context, f questions.PublishedFilter) (list []questions.Published, total int, err error)
	Addressees(ctx context.Context, code string) (about questions.Service, all []questions.Addressee, err error)
}

type handlers struct {
	*sending.Window
	site     *web.Site
	store    Questions
	switches area.Switches
}

// Area is the pages of questions.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "questions", Path: "/ask", Files: files, Personal: true, Modules: []string{contract.ModuleQuestions},
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site: site, Window: d.Window.At(site), switches: d.Switches, store: d.Questions}
			routes := []area.Route{
				area.GET("/about/:code", h.Open(h.choose)),
				area.GET("/about/:code/:rest", area.Joined("/ask/about/")),
				area.GET("/:place/:code/:rest", func(c *gin.Context) error { return area.Joined("/ask/" + c.Param("place") + "/")(c) }),
			}
			for _, path := range []string{"/:place/:code", "/letter/:place/:code/:official"} {
				routes = append(routes,
					area.GET(path, h.Open(h.ask)),
					area.POST(path, h.Open(h.save)),
					area.POST(path+"/discard", h.Open(h.discard)),
					area.GET(path+"/check", h.Open(h.check)),
					area.POST(path+"/check", h.Open(h.send)),
					area.GET(path+"/receipt", h.Open(h.receipt)),
					area.GET(path+"/receipt/:number", h.Open(h.receipt)),
					area.GET(path+"/receipt/:number/copy", h.Open(h.copy)))
			}
			return routes
		},
	}
}

// base is the path of all pages of one question, or of a letter to the official with the key; its cookies go no further.
func base(a questions.Addressee, official string) string {
	return under(string(a.Place), a.Slug(), official)
}

func under(place, slug, official string) string {
	if official == "" {
		return "/ask/" + place + "/" + slug
	}
	return "/ask/letter/" + place + "/" + slug + "/" + official
}

var keyShape = regexp.MustCompile(`^[0-9a-f]{12}$`)

// officialKey is the key of an official in an address, or a word that is the key of none.
func officialKey(given string) string {
	if given == "" || keyShape.MatchString(given) {
		return given
	}
	return "unknown"
}

// place is where people read about the addressee.
func place(a questions.Addressee) string { return "/" + string(a.Place) + "/" + a.Slug() }

func (h *handlers) addressee(c *gin.Context) (questions.Addressee, error) {
	return h.store.Addressee(c.Request.Context(), questions.Place(c.Param("place")), address.Code(c.Param("code")))
}

type choosePage struct {
	web.Page
	Service    questions.Service
	Addressees []option
}

// option is somebody who can be asked about the service.
type option struct {
	Href string
	Name locale.Text
}

// choose asks whom a question about a service is for; with one answer there is nothing to ask.
func (h *handlers) choose(c *gin.Context) error {
	about, all, err := h.store.Addressees(c.Request.Context(), address.Code(c.Param("code")))
	if err != nil {
		return err
	}
	p := &choosePage{Service: about}
	for _, a := range all {
		p.Addressees = append(p.Addressees, option{base(a, "") + "?service=" + url.QueryEscape(about.Code), a.Name})
	}
	if len(all) == 1 {
		return web.Redirect(c, p.Addressees[0].Href)
	}
	p.NoIndex = true
	p.Back = &ui.Link{Href: "/services/" + about.Slug(), Text: h.site.T(c, "questions.back_to_service")}
	return h.site.Render(c, http.StatusOK, "questions/choose", p)
}

// discard forgets the question, as the reader asked.
func (h *handlers) discard(c *gin.Context) error {
	a, err := h.addressee(c)
	if err != nil {
		return err
	}
	if err := h.Discard(c, asked(c)); err != nil {
		return err
	}
	h.site.Flash(c, "sending.discarded")
	return web.Redirect(c, place(a))
}

// asked is the common path of the pages of one question, whether or not the addressee still takes questions.
func asked(c *gin.Context) string {
	return under(c.Param("place"), address.Slug(address.Code(c.Param("code"))), officialKey(c.Param("official")))
}

// receipt shows what the person was given. It stays open for its whole time, also when the addressee takes no more
// questions.
func (h *handlers) receipt(c *gin.Context) error {
	err := h.Receipt(c, asked(c), func(r submission.Receipt) (sending.Given, error) {
		told, err := h.switches.Notices(c.Request.Context(), r.Place)
		if err != nil {
			return sending.Given{}, err
		}
		given := sending.Given{
			TitleKey: "questions.receipt_title", NumberKey: "questions.receipt_number", UseKey: "questions.code_use", QRKey: "questions.qr",
			FollowKey: "questions.follow",
			NextKeys:  []string{"questions.next_delivered", "questions.next_registered", "questions.next_answer", "questions.notices." + told},
		}
		a, err := h.addressee(c)
		if fault.Is(err, fault.NotFound) {
			return given, nil
		}
		printer := h.site.Printer(c)
		given.About = h.About(c, "questions.to", a.Name)
		if official, found := a.Official(c.Param("official")); found {
			given.About = append(given.About, h.About(c, "questions.official", official.Name)...)
		}
		if given.Reach = contact.OfCentre(printer, a.CentreAt, h.site.Now()); given.Reach == nil {
			given.Reach = contact.OfAuthority(printer, a.AuthorityAt, h.site.Now())
		}
		return given, err
	})
	if fault.Is(err, fault.NotFound) {
		return web.Redirect(c, asked(c))
	}
	return err
}

// copy shows what the person sent, as it was typed.
func (h *handlers) copy(c *gin.Context) error { return h.Copy(c, asked(c)) }

// Package checks is the pages on which anybody sends papers to a centre to be looked through before a visit: the papers, check what goes,
// receipt, and what the tracking page shows of it. It may import internal/checks, internal/submission, internal/web/sending, shared/forms
// and shared.
package checks

import (
	"context"
	"embed"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/checks"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/contact"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// StatusPage is the page that shows what became of the papers.
const StatusPage = "checks/status"

// controls draws the fields of the form.
var controls = sending.Controls(files)

// Deps is what the pages need.
type Deps struct {
	Offers   Offers
	Window   *sending.Window
	Switches area.Switches
}

// Offers finds the services whose papers can be checked; checks.Store does.
type Offers interface {
	Offer(ctx context.Context, code string) (checks.Offer, error)
}

type handlers struct {
	*sending.Window
	site     *web.Site
	offers   Offers
	switches area.Switches
}

// Area is the pages of preliminary checks.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "checks", Path: "/check", Files: files, Personal: true, Modules: []string{contract.ModuleChecks},
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site: site, Window: d.Window.At(site), switches: d.Switches, offers: d.Offers}
			return []area.Route{
				area.GET("/:code", h.Open(h.papers)),
				area.GET("/:code/:rest", area.Joined("/check/")),
				area.POST("/:code", h.Open(h.save)),
				area.POST("/:code/discard", h.Open(h.discard)),
				area.GET("/:code/sending", h.Open(h.show)),
				area.POST("/:code/sending", h.Open(h.send)),
				area.GET("/:code/receipt", h.Open(h.receipt)),
				area.GET("/:code/receipt/:number", h.Open(h.receipt)),
				area.GET("/:code/receipt/:number/copy", h.Open(h.copy)),
			}
		},
	}
}

// base is the path of all pages of one service's checks; their cookies go no further.
func base(o checks.Offer) string { return "/check/" + o.Slug() }

// asked is that path by the address, whether or not the service is still there.
func asked(c *gin.Context) string { return "/check/" + address.Slug(address.Code(c.Param("code"))) }

func (h *handlers) offer(c *gin.Context) (checks.Offer, error) {
	return h.offers.Offer(c.Request.Context(), address.Code(c.Param("code")))
}

// discard forgets the papers, as the reader asked.
func (h *handlers) discard(c *gin.Context) error {
	if err := h.Discard(c, asked(c)); err != nil {
		return err
	}
	h.site.Flash(c, "sending.discarded")
	return web.Redirect(c, "/services/"+address.Slug(address.Code(c.Param("code"))))
}

// receipt shows what the person was given. It stays open for its whole time, also when nothing is checked any more.
func (h *handlers) receipt(c *gin.Context) error {
	err := h.Receipt(c, asked(c), func(r submission.Receipt) (sending.Given, error) {
		told, err := h.switches.Notices(c.Request.Context(), r.Place)
		if err != nil {
			return sending.Given{}, err
		}
		given := sending.Given{
			TitleKey: "checks.receipt_title", NumberKey: "checks.receipt_number", UseKey: "checks.code_use", QRKey: "checks.qr", FollowKey: "checks.follow",
			NextKeys: []string{"checks.next_delivered", "checks.next_registered", "checks.next_answer", "checks.next_visit", "checks.notices." + told},
		}
		o, err := h.offer(c)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict) {
			return given, nil
		}
		given.About = h.About(c, "checks.service", o.Name)
		for i := range o.Centres {
			if o.Centres[i].ID == r.Place {
				given.Reach = contact.OfCentre(h.site.Printer(c), &o.Centres[i], h.site.Now())
			}
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

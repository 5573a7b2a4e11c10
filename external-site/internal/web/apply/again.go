package apply

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type againPage struct {
	web.Page
	Service applications.Service
	Number  string
	Action  string
	Fresh   string // where one begins without them
	Days    int
}

// againPath is the page on which another application begins with the answers of the one with the number.
func againPath(s applications.Service, number string) string {
	return sending.AgainPath(base(s), number)
}

// showAgain offers to begin another application with the answers of one that was sent from this browser. Where they are no
// longer kept it leads to the start, where one begins without them.
func (h *handlers) showAgain(c *gin.Context) error {
	s, err := h.service(c)
	if err != nil {
		return err
	}
	number, kept, err := h.Kept(c, base(s))
	switch {
	case fault.Is(err, fault.NotFound), err == nil && len(kept.Answers) == 0:
		return web.Redirect(c, start(s, ""))
	case err != nil:
		return err
	}
	p := &againPage{Service: s, Number: number, Action: againPath(s, number), Fresh: base(s), Days: int(submission.DraftLife.Hours() / 24)}
	p.NoIndex = true
	p.Back = &ui.Link{Href: "/services/" + address.Slug(s.Code), Text: h.site.T(c, "apply.back_to_service")}
	return h.site.Render(c, http.StatusOK, "apply/again", p)
}

// beginAgain begins it. Another one that this browser has begun stays as it is.
func (h *handlers) beginAgain(c *gin.Context) error {
	s, err := h.service(c)
	if err != nil {
		return err
	}
	_, kept, err := h.Kept(c, base(s))
	if fault.Is(err, fault.NotFound) {
		return web.Redirect(c, start(s, "gone"))
	}
	if err != nil {
		return err
	}
	if len(h.Names(c, base(s))) >= sending.MaxHeld {
		return web.Redirect(c, start(s, ""))
	}
	d, name := s.NewDraft(), h.Anew(c)
	t, err := h.Begin(c, base(s), d, func() error { return d.Refill(kept.Answers) })
	switch {
	case fault.Is(err, fault.NotFound):
		return web.Redirect(c, start(s, "gone"))
	case err != nil:
		return err
	}
	h.Claim(c, base(s), t, s.Name)
	h.keep(c, s, t)
	return web.Redirect(c, pathOf(s, s.NextPage(d, h.site.Now()), name))
}

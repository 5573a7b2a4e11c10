package apply

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/submission"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

type closedPage struct {
	web.Page
	Name    locale.Text // of the service, when this process remembers it
	Reason  string      // key
	Service string      // its description, which says how else to apply
	Until   time.Time   // what was entered is kept until then; zero: nobody knows
	Days    int
}

// offered opens a page while its service can be applied for. A reader who was not filling anything in goes to the
// description of the service, which says how it can be had; one who was is told what became of it.
func (h *handlers) offered(page web.Handler) web.Handler {
	return func(c *gin.Context) error {
		_, err := h.service(c)
		filling := len(h.Names(c, "/apply/"+c.Param("code"))) > 0
		switch {
		case fault.Is(err, fault.Conflict) && !filling && c.Request.Method == http.MethodGet:
			return web.Redirect(c, "/services/"+c.Param("code"))
		case fault.Is(err, fault.Conflict), fault.Is(err, fault.NotFound) && filling:
			return h.closed(c, err)
		}
		return page(c)
	}
}

// closed says that the service was taken off the site while somebody was filling in. What was sent with this very
// request is kept too, if this process remembers the service.
func (h *handlers) closed(c *gin.Context, reason error) error {
	p := &closedPage{Reason: fault.MessageKey(reason), Days: int(submission.DraftLife.Hours() / 24)}
	if fault.Is(reason, fault.Conflict) {
		p.Service = "/services/" + c.Param("code")
	} else {
		p.Reason = "apply.withdrawn"
	}
	if s, ok := h.known.get(address.Code(c.Param("code"))); ok {
		p.Name = s.Name
		d := s.NewDraft()
		if c.Request.Method == http.MethodPost && c.Param("step") != "" {
			h.keepUnsent(c, s, d)
		} else if t, err := h.Draft(c, base(s)); err == nil {
			_, _ = h.Desk.Load(c.Request.Context(), t, d) // only to say until when it is kept
		}
		p.Until = d.ExpiresAt
	}
	p.NoIndex = true
	return h.site.Render(c, http.StatusGone, "apply/closed", p)
}

// keepUnsent keeps what came with a page that cannot be answered any more. Nothing depends on whether that works: the
// page says until when the application is kept, or that nobody knows.
func (h *handlers) keepUnsent(c *gin.Context, s applications.Service, d *applications.Draft) {
	form, err := h.Typed(c)
	if err != nil {
		return
	}
	t, err := h.Draft(c, base(s))
	if err != nil {
		return
	}
	t, err = h.Desk.Change(c.Request.Context(), t, d, func() error {
		if page, ok := find(s, d, c.Param("step")); ok {
			d.Keep(page, form, nil, h.site.Now()) // its files are not kept
		}
		return nil
	})
	if err == nil {
		h.keep(c, s, t)
	}
}

package pages

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/freshness"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/web"
)

type statusPage struct {
	web.Page
	Meta     meta.Meta
	Reading  freshness.Reading
	Services int
}

// work is something that the site does for people, and whether it does it now.
type work struct {
	What string // key of its name
	Now  bool   // false: what is shown may be old
	Note string // key of what to know about it, may be empty
}

// Works says what works; without the link to the inside, applying waits and states stand still.
func (p *statusPage) Works() []work {
	apply, track := work{What: "status.apply", Now: true}, work{What: "status.track", Now: true}
	if p.Reading.Link != freshness.Up {
		apply.Note = "status.apply_later"
		track.Now, track.Note = false, "status.track_old"
	}
	return []work{{What: "status.catalogue", Now: true}, apply, track}
}

// status says how fresh the data is, and what works and does not while the link to the inside is down.
func (h *handlers) status(c *gin.Context) error {
	p := &statusPage{Reading: h.Freshness.Read(c.Request.Context())}
	err := h.Replica.At(c.Request.Context(), func(v replica.View) (err error) {
		p.Services, err = v.Catalogue.Count(c.Request.Context())
		return err
	})
	if err != nil {
		return err
	}
	printer := h.site.Printer(c)
	title := printer.T("status.title")
	p.NoIndex = true
	p.Meta = meta.New(title, "", web.Canonical(c, h.BaseURL, "/status"))
	p.Breadcrumbs = meta.Trail(printer, meta.Here(title))
	return h.site.Render(c, http.StatusOK, "pages/status", p)
}

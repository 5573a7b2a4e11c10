// Package opendata is the page where it is decided whether the data set «services provided» is public, with what it holds and what was
// left out. It may import internal/access, internal/opendata, shared and the packages beside it; it knows no SQL.
package opendata

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/opendata"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Sets keeps the set; opendata.Store is one.
type Sets interface {
	State(ctx context.Context, actor access.Actor) (opendata.State, error)
	Decide(ctx context.Context, actor access.Actor, d opendata.Decision) (changed bool, err error)
	Renew(ctx context.Context, actor access.Actor) error
}

// Deps is what the area needs.
type Deps struct {
	Sets      Sets
	PublicURL string
	Now       func() time.Time
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the page of open data.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "opendata", Path: "/open-data", Files: files, Words: []fs.FS{opendata.Words}, KeepsText: true,
		Nav: &area.Nav{Order: 62, Seldom: true, Needs: opendata.Publish},
		Routes: func(site *web.Site) []area.Route {
			h, right := handlers{site, d}, area.Over(opendata.Publish, area.Region)
			return []area.Route{
				area.GET("", right, h.show),
				area.POST("", right, h.decide),
				area.POST("/renew", right, h.renew),
			}
		},
	}
}

type setShowPage struct {
	web.Page
	Form      *web.Form
	State     opendata.State
	Settled   bool // another edition may follow
	PublicURL string
}

func (h handlers) page(c *gin.Context, form *web.Form) (*setShowPage, error) {
	state, err := h.Sets.State(c.Request.Context(), session.Actor(c))
	return &setShowPage{Form: form, State: state, Settled: state.Settled(h.Now()), PublicURL: h.PublicURL}, err
}

func (h handlers) show(c *gin.Context) error {
	p, err := h.page(c, web.NewForm(nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "opendata/set_show", p)
}

// decide publishes the set or stops that.
func (h handlers) decide(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	to := form.Value("to")
	if to != "on" && to != "off" {
		return fault.New(fault.NotFound, "")
	}
	seen, err := strconv.Atoi(form.Value("seen"))
	if err != nil {
		seen = -1 // of no page of ours
	}
	changed, err := h.Sets.Decide(c.Request.Context(), session.Actor(c), opendata.Decision{Public: to == "on", Reason: form.Value("reason"), Seen: seen})
	conflict := fault.Is(err, fault.Conflict)
	switch {
	case conflict:
		form.Add("", fault.MessageKey(err))
		web.SetTyped(c, form)
	case err != nil && !form.Take(err):
		return err
	}
	if !form.OK() {
		p, err := h.page(c, form)
		if err != nil {
			return err
		}
		if conflict {
			p.Errors = form.Errors()
			return h.site.Render(c, http.StatusConflict, "opendata/set_show", p)
		}
		return h.site.Invalid(c, "opendata/set_show", form, p)
	}
	h.site.Flash(c, saysOf(to, changed))
	return web.Redirect(c, "/open-data")
}

// saysOf is the word about a decision that was carried out, or that stood so already.
func saysOf(to string, changed bool) string {
	switch {
	case !changed:
		return "opendata.done_same"
	case to == "on":
		return "opendata.done_on"
	}
	return "opendata.done_off"
}

// renew asks for the files to be made now; of an edition that is too young the page says from when they can be.
func (h handlers) renew(c *gin.Context) error {
	err := h.Sets.Renew(c.Request.Context(), session.Actor(c))
	if fault.Is(err, fault.Conflict) {
		form := web.NewForm(nil)
		form.Add("", fault.MessageKey(err))
		p, err := h.page(c, form)
		if err != nil {
			return err
		}
		p.Errors = form.Errors()
		return h.site.Render(c, http.StatusConflict, "opendata/set_show", p)
	}
	if err != nil {
		return err
	}
	h.site.Flash(c, "opendata.renewing")
	return web.Redirect(c, "/open-data")
}

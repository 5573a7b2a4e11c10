// Package home is the first page: what waits for the person today. It may import shared, internal/cases,
// internal/catalogue, internal/intake, internal/access and the packages beside it; it knows no SQL.
package home

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

// Deps is what the area needs.
type Deps struct {
	Cases    *cases.Store
	Services *catalogue.Store
	Queue    *intake.Queue
}

type handlers struct {
	site *web.Site
	Deps
}

// Register adds the page.
func Register(site *web.Site, r gin.IRoutes, d Deps) {
	h := handlers{site, d}
	site.GET(r, "/", h.home)
}

// nearest is how many cases the page shows.
const nearest = 10

type homePage struct {
	web.Page
	Person    string
	Now       time.Time
	ShowCases bool
	Tiles     []tile
	Nearest   []cases.Row
	Today     time.Time
	NoRoles   bool
	ShowUsers bool
}

// tile is one number that waits for somebody, with the list behind it.
type tile struct {
	Href   string
	Key    string
	Count  int
	Urgent bool
}

func (h handlers) home(c *gin.Context) error {
	ctx, actor := c.Request.Context(), session.Actor(c)
	page := &homePage{
		Person: actor.Name, Now: h.site.Now(), Today: workdays.DateOf(h.site.Now()), NoRoles: len(actor.Grants) == 0,
		ShowCases: access.MayEver(actor, cases.View), ShowUsers: access.MayEver(actor, access.ManageUsers),
	}
	if page.ShowCases {
		if err := h.fillCases(c, page); err != nil {
			return err
		}
	}
	approve, publish, err := h.Services.Waiting(ctx, actor)
	if err != nil {
		return err
	}
	if access.MayEver(actor, intake.Handle) {
		refused, err := h.Queue.Count(ctx, actor)
		if err != nil {
			return err
		}
		page.add("/intake", "home.refused", refused, true)
	}
	page.add("/services?card=draft&mine=1", "home.approve", approve, false)
	page.add("/services?card=approved&mine=1", "home.publish", publish, false)
	return h.site.Render(c, http.StatusOK, "home/home", page)
}

func (h handlers) fillCases(c *gin.Context, page *homePage) error {
	ctx, actor := c.Request.Context(), session.Actor(c)
	today, err := h.Cases.Today(ctx, actor)
	if err != nil {
		return err
	}
	page.add("/cases?due=overdue", "home.overdue", today.Overdue, true)
	page.add("/cases?due=today", "home.due_today", today.DueToday, true)
	page.add("/cases?channel=online&state=registered", "home.online", today.NewOnline, false)
	page.add("/cases?mine=1", "home.mine", today.Mine, false)
	if access.MayEver(actor, cases.IssueResult) {
		page.add("/cases?state=decided", "home.decided", today.Decided, false)
	}
	page.Nearest, _, err = h.Cases.List(ctx, actor, cases.Filter{Size: nearest})
	return err
}

// add shows a number unless it is nought.
func (p *homePage) add(href, key string, count int, urgent bool) {
	if count > 0 {
		p.Tiles = append(p.Tiles, tile{href, key, count, urgent})
	}
}

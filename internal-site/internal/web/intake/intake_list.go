package intake

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type intakeListPage struct {
	web.Page
	Entries []intake.Entry
	Open    bool
	Views   ui.SubNavigation
	Waiting int    // messages that wait to be opened for more than a minute
	Why     string // key of what they wait for, "" when it is not known
}

// NoneKey is what the page says when there is nothing.
func (p *intakeListPage) NoneKey() string {
	if p.Open {
		return "intake.none"
	}
	return "intake.none_decided"
}

// list shows the queue, or what was decided lately.
func (h handlers) list(c *gin.Context) error {
	ctx, actor := c.Request.Context(), session.Actor(c)
	page := &intakeListPage{Page: web.Page{Wide: true}, Open: c.Query("view") != "decided"}
	list, err := h.Queue.List(ctx, actor, intake.Filter{Decided: !page.Open})
	if err != nil {
		return err
	}
	page.Entries = list.Entries
	if page.Waiting, page.Why, err = h.Queue.Waiting(ctx, actor); err != nil {
		return err
	}
	p := h.site.Printer(c)
	page.Views = ui.SubNavigation{Label: p.T("intake.views"), Items: []ui.SubNavigationItem{
		{Content: ui.Content{Text: p.T("intake.view_open")}, Href: "/intake", Active: page.Open},
		{Content: ui.Content{Text: p.T("intake.view_decided")}, Href: "/intake?view=decided", Active: !page.Open},
	}}
	return h.site.Render(c, http.StatusOK, "intake/intake_list", page)
}

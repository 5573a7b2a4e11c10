package cases

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

const listSize = 50

type caseListPage struct {
	web.Page
	Form        *web.Form
	Cases       []cases.Row
	List        ui.Listing
	Today       time.Time
	Views       ui.SubNavigation
	States      []ui.SelectItem
	Dues        []ui.SelectItem
	Channels    []ui.SelectItem
	Centres     []ui.SelectItem
	Authorities []ui.SelectItem
}

func (h handlers) list(c *gin.Context) error {
	form, err := web.QueryForm(c)
	if err != nil {
		return err
	}
	f := filterOf(form)
	ctx, actor := c.Request.Context(), session.Actor(c)
	rows, total, shown, err := request.ReadPage(f.Page, f.Size, func(n int) ([]cases.Row, int, error) {
		f.Page = n
		return h.Cases.List(ctx, actor, f)
	})
	if err != nil {
		return err
	}
	today, err := h.Cases.Today(ctx, actor)
	if err != nil {
		return err
	}
	page := &caseListPage{
		Form: form, Cases: rows, List: request.Listing(c, shown, f.Size, total), Today: workdays.DateOf(h.site.Now()), Views: h.views(c, today),
	}
	if err := h.fillChoices(c, page); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "cases/case_list", page)
}

func filterOf(form *web.Form) cases.Filter {
	return cases.Filter{
		Q: form.Value("q"), State: form.Value("state"), CentreID: request.FormID(form, "centre"),
		AuthorityID: request.FormID(form, "authority"), ServiceID: request.FormID(form, "service"), Due: form.Value("due"),
		Channel: form.Value("channel"), Mine: form.Value("mine") != "", Page: request.Page(form), Size: listSize,
	}
}

func (h handlers) fillChoices(c *gin.Context, page *caseListPage) error {
	p, ctx := h.site.Printer(c), c.Request.Context()
	page.States = request.Words(p, p.T("cases.state_default"), "cases.state.", "all", "registered", "in_progress", "suspended", "decided", "issued", "closed")
	page.Dues = request.Words(p, p.T("cases.any"), "cases.due.", "overdue", "today", "soon")
	page.Channels = request.Words(p, p.T("cases.any"), "cases.channel.", cases.Counter, cases.Online)
	named := func(n org.Name) (string, locale.Text) { return n.ID.String(), n.Name }
	centres, err := h.Orgs.Names(ctx, org.Centre)
	if err != nil {
		return err
	}
	authorities, err := h.Orgs.Names(ctx, org.Authority)
	if err != nil {
		return err
	}
	page.Centres = request.Options(p, p.T("cases.any"), centres, named)
	page.Authorities = request.Options(p, p.T("cases.any"), authorities, named)
	return nil
}

// views are the lists that people open every day, with how much is in each.
func (h handlers) views(c *gin.Context, t cases.Today) ui.SubNavigation {
	p, nav := h.site.Printer(c), ui.SubNavigation{Label: h.site.T(c, "cases.views")}
	for _, v := range []struct {
		key, query string
		count      int
	}{
		{"cases.view.open", "", -1},
		{"cases.view.overdue", "due=overdue", t.Overdue},
		{"cases.view.today", "due=today", t.DueToday},
		{"cases.view.soon", "due=soon", t.DueSoon},
		{"cases.view.mine", "mine=1", t.Mine},
		{"cases.view.online", "channel=online&state=registered", t.NewOnline},
		{"cases.view.decided", "state=decided", t.Decided},
		{"cases.view.all", "state=all", -1},
	} {
		text, href := p.T(v.key), "/cases"
		if v.count >= 0 {
			text = p.T("cases.view_count", text, v.count)
		}
		if v.query != "" {
			href += "?" + v.query
		}
		nav.Items = append(nav.Items, ui.SubNavigationItem{
			Content: ui.Content{Text: text}, Href: href, Active: request.Filter(c) == v.query,
		})
	}
	return nav
}

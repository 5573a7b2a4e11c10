package requests

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/requests"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

// The views, as addresses say them: a number beside a view is the length of the list that the same address shows.
const (
	viewOpen    = ""
	viewIn      = "side=in"
	viewInLate  = "late=1&side=in"
	viewMine    = "mine=1&side=in"
	viewOut     = "side=out"
	viewOutLate = "late=1&side=out"
	viewEnded   = "state=all"
)

var views = []struct {
	key, query string
	counted    bool
}{
	{"requests.view.open", viewOpen, true},
	{"requests.view.in", viewIn, true},
	{"requests.view.in_late", viewInLate, true},
	{"requests.view.mine", viewMine, true},
	{"requests.view.out", viewOut, true},
	{"requests.view.out_late", viewOutLate, true},
	{"requests.view.all", viewEnded, false},
}

// filter are the fields that narrow the list.
var filter = request.Filter{
	"side": request.OneOf(requests.ToUs, requests.FromUs), "late": request.OneOf("1"), "mine": request.OneOf("1"),
	"state": request.OneOf(append(stateNames(), "all")...),
}

func stateNames() (names []string) {
	for _, s := range requests.States {
		names = append(names, string(s))
	}
	return names
}

func filterOf(form *web.Form) requests.Filter {
	return requests.Filter{Side: form.Value("side"), State: form.Value("state"), Late: form.Value("late") != "", Mine: form.Value("mine") != ""}
}

// filterAt is the filter of a view.
func filterAt(query string) requests.Filter {
	values, err := url.ParseQuery(query)
	if err != nil {
		return requests.Filter{}
	}
	return filterOf(web.NewForm(values))
}

type requestListPage struct {
	web.Page
	Rows  []requests.Row
	List  ui.Listing
	Views ui.SubNavigation
	Today time.Time
}

// list shows the requests that the reader's places are asked or ask, the soonest due on top.
func (h handlers) list(c *gin.Context) error {
	form, err := request.ReadFilter(c, filter)
	if err != nil {
		return err
	}
	ctx, actor := c.Request.Context(), session.Actor(c)
	rows, total, shown, err := request.ReadPage(request.Page(form), requests.PageSize, func(page int) ([]requests.Row, int, error) {
		f := filterOf(form)
		f.Page = page
		return h.Requests.List(ctx, actor, f)
	})
	if err != nil {
		return err
	}
	page := &requestListPage{
		Rows: rows, List: request.Listing(c, shown, requests.PageSize, total), Today: workdays.DateOf(h.site.Now()),
	}
	if err := h.fillViews(c, page); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "requests/request_list", page)
}

// fillViews lists what people open every day, with how much is in each.
func (h handlers) fillViews(c *gin.Context, page *requestListPage) error {
	p, at := h.site.Printer(c), request.Query(c)
	var filters []requests.Filter
	for _, v := range views {
		filters = append(filters, filterAt(v.query))
	}
	counts, err := h.Requests.Count(c.Request.Context(), session.Actor(c), filters...)
	if err != nil {
		return err
	}
	page.Views.Label = p.T("requests.views")
	for i, v := range views {
		text := p.T(v.key)
		if v.counted {
			text = p.T("requests.view_count", text, counts[i])
		}
		page.Views.Items = append(page.Views.Items, ui.SubNavigationItem{Content: ui.Content{Text: text}, Href: strings.TrimSuffix("/requests?"+v.query, "?"), Active: at == v.query})
	}
	return nil
}

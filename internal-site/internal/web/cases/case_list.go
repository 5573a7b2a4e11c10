package cases

import (
	"net/http"
	"net/url"
	"slices"
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
	Executors   []ui.SelectItem
	query       string // of this list, as its cases keep it
	words       *locale.Printer
}

// Opened is the address of a case of this list.
func (page *caseListPage) Opened(r cases.Row) string { return opened(r.ID, page.query) }

// Due says until when a case has to be done.
func (page *caseListPage) Due(r cases.Row) string { return dueOf(page.words, r) }

// nobody is the choice of cases that are assigned to nobody.
const nobody = "nobody"

func (h handlers) list(c *gin.Context) error {
	form, err := request.ReadFilter(c, filter)
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
	page := &caseListPage{Form: form, Cases: rows, List: request.Listing(c, shown, f.Size, total), Today: workdays.DateOf(h.site.Now()), query: request.Here(c), words: h.site.Printer(c)}
	if page.Views, err = h.views(c); err != nil {
		return err
	}
	if err := h.fillChoices(c, page); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "cases/case_list", page)
}

// filter are the fields that narrow the list.
var filter = request.Filter{
	"q": request.AnyText, "state": request.OneOf(listStates...), "centre": request.AnyID, "authority": request.AnyID,
	"service": request.AnyID, "due": request.OneOf(cases.Dues...), "channel": request.OneOf(cases.Counter, cases.Online),
	"view": request.OneOf(cases.Views...), "person": request.AnyID, "assigned": request.AnyIDOr(nobody),
}

// listStates are the states that the list can be narrowed to.
var listStates = []string{"all", "open", "registered", "in_progress", "suspended", "decided", "issued", "closed"}

func filterOf(form *web.Form) cases.Filter {
	return cases.Filter{
		Q: form.Value("q"), State: form.Value("state"), CentreID: request.FormID(form, "centre"),
		AuthorityID: request.FormID(form, "authority"), ServiceID: request.FormID(form, "service"), Due: form.Value("due"),
		Channel: form.Value("channel"), View: form.Value("view"), Person: request.FormID(form, "person"), Nobody: form.Value("assigned") == nobody,
		Assigned: request.FormID(form, "assigned"), Page: request.Page(form), Size: listSize,
	}
}

func (h handlers) fillChoices(c *gin.Context, page *caseListPage) error {
	p, ctx := h.site.Printer(c), c.Request.Context()
	page.States = request.Words(p, p.T("cases.state_default"), "cases.state.", slices.DeleteFunc(slices.Clone(listStates), func(s string) bool { return s == "open" })...)
	page.Dues = request.Words(p, p.T("cases.any"), "cases.due.", cases.Dues...)
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
	executors, err := h.Cases.Executors(ctx, session.Actor(c))
	page.Executors = executorChoices(p, slices.DeleteFunc(executors, func(e cases.Executor) bool {
		return e.Open == 0 && e.ID != request.FormID(page.Form, "assigned")
	}))
	return err
}

// executorChoices offers those who have open cases, and the one that was chosen.
func executorChoices(p *locale.Printer, executors []cases.Executor) []ui.SelectItem {
	items := []ui.SelectItem{{Text: p.T("cases.any")}, {Value: nobody, Text: p.T("cases.nobody")}}
	for _, e := range executors {
		key := "cases.executor"
		if e.Gone {
			key = "cases.executor_gone"
		}
		items = append(items, ui.SelectItem{Value: e.ID.String(), Text: p.T(key, e.Name, e.Open)})
	}
	return items
}

// view is a list that people open every day. Its number is counted by the filter of its address, so that it is the number
// of cases in the list.
type view struct {
	key, query string
	counted    bool
}

var views = []view{
	{"cases.view.open", "", false},
	{"cases.view.overdue", "due=overdue", true},
	{"cases.view.today", "due=today", true},
	{"cases.view.soon", "due=soon", true},
	{"cases.view.mine", "view=mine", true},
	{"cases.view.online", "channel=online&state=registered", true},
	{"cases.view.decided", "state=decided", true},
	{"cases.view.all", "state=all", false},
}

func (v view) href() string {
	if v.query == "" {
		return "/cases"
	}
	return "/cases?" + v.query
}

// filterAt is the filter of a list's address; what is no address asks for everything that is open.
func filterAt(query string) cases.Filter {
	values, err := url.ParseQuery(query)
	if err != nil {
		return cases.Filter{}
	}
	return filterOf(web.NewForm(values))
}

// views are the lists that people open every day, with how much is in each.
func (h handlers) views(c *gin.Context) (ui.SubNavigation, error) {
	p, nav := h.site.Printer(c), ui.SubNavigation{Label: h.site.T(c, "cases.views")}
	var filters []cases.Filter
	for _, v := range views {
		if v.counted {
			filters = append(filters, filterAt(v.query))
		}
	}
	counts, err := h.Cases.Count(c.Request.Context(), session.Actor(c), filters...)
	if err != nil {
		return nav, err
	}
	for _, v := range views {
		text := p.T(v.key)
		if v.counted {
			text, counts = p.T("cases.view_count", text, counts[0]), counts[1:]
		}
		nav.Items = append(nav.Items, ui.SubNavigationItem{Content: ui.Content{Text: text}, Href: v.href(), Active: request.Query(c) == v.query})
	}
	return nav, nil
}

package cases

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

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
	People      []person // how much each of a head's people has in hand
	Bulk        *bulk    // what can be done with ticked cases; nil in lists that are nobody's work
	Results     []result // of what was done with ticked cases
	Done        int      // how many of them it was done with
	Act         cases.Act
	UndoAll     string     // where what was done with ticked cases is taken back; "" where nothing can be
	Preview     *previewed // the case beside the list; nil for none
	Saving      *saving    // how the filter is kept as a view; nil where there is nothing to keep
	query       string     // of this list, as its cases keep it
	words       *locale.Printer
	undoPart
}

// Dated says until when whoever has the turn has to act, or how much time a case that stands still has left, in as few words
// as the column holds. Due says the same in whole words.
func (page *caseListPage) Dated(r cases.Row) string {
	switch {
	case r.Standing != nil && lateBefore(*r.Standing):
		return page.words.DateShort(r.Standing.Due)
	case r.Standing != nil && len(r.Standing.Left) == 0:
		return page.words.T("cases.left.last_day")
	case r.Standing != nil:
		return page.words.T("cases.left."+string(r.Standing.Left[0].Rule()), daysLeft(*r.Standing))
	}
	return dueOf(page.words, r)
}

// Opened is the address of a case of this list.
func (page *caseListPage) Opened(r cases.Row) string { return opened(r.ID, page.query) }

// OpenedPreview is the address of the case that is shown beside the list.
func (page *caseListPage) OpenedPreview() string { return opened(page.Preview.Case.ID, page.query) }

// Near says that nothing was found but by taking one letter of what was searched for to be wrong.
func (page *caseListPage) Near() bool { return len(page.Cases) > 0 && page.Cases[0].Near }

// Found says how many cases there are; of a list that is too long to be leafed through, that there are more than it shows.
func (page *caseListPage) Found() string {
	switch n := page.List.Total; {
	case n > cases.MaxFound:
		return page.words.T("cases.found_more", cases.MaxFound)
	case n == cases.MaxSought+1 && page.Form.Value("q") != "":
		return page.words.T("cases.found_more", cases.MaxSought)
	}
	return page.words.T("cases.found", page.List.Total)
}

// Due says until when a case has to be done.
func (page *caseListPage) Due(r cases.Row) string { return dueOf(page.words, r) }

// Kept are the parts of the address that the filter below the views does not ask for.
func (page *caseListPage) Kept() []string { return []string{"view", "person", "service"} }

// Narrowed says whether the list is narrowed by more than a view and a search.
func (page *caseListPage) Narrowed() bool {
	return slices.ContainsFunc([]string{"state", "due", "centre", "authority", "assigned", "channel"}, func(name string) bool { return page.Form.Value(name) != "" })
}

// Elsewhere says whether the turn may be somebody else's than the reader's, so that the list says whose.
func (page *caseListPage) Elsewhere() bool {
	return !slices.Contains([]string{cases.ViewMine, cases.ViewPool, cases.ViewIssue, cases.ViewUncollected}, page.Form.Value("view"))
}

// nobody is the choice of cases that are assigned to nobody.
const nobody = "nobody"

func (h handlers) list(c *gin.Context) error {
	page, err := h.listPage(c)
	if err != nil {
		return err
	}
	if page.named() {
		return web.Redirect(c, opened(page.Cases[0].ID, "")) // without the search, which would lead here from the way back
	}
	return h.site.Render(c, http.StatusOK, "cases/case_list", page)
}

// named says whether the search is the whole number of the only case that it finds, which then opens.
func (page *caseListPage) named() bool {
	return len(page.Cases) == 1 && page.Preview == nil && page.Cases[0].Number == strings.TrimSpace(page.Form.Value("q"))
}

// listPage reads the list that the address asks for.
func (h handlers) listPage(c *gin.Context) (*caseListPage, error) {
	form, err := request.ReadFilter(c, filter)
	if err != nil {
		return nil, err
	}
	f := filterOf(form)
	ctx, actor := c.Request.Context(), session.Actor(c)
	rows, total, shown, err := request.ReadPage(f.Page, f.Size, func(n int) ([]cases.Row, int, error) {
		f.Page = n
		return h.Cases.List(ctx, actor, f)
	})
	if err != nil {
		return nil, err
	}
	page := &caseListPage{
		Page: web.Page{Wide: true}, Form: form, Cases: rows, List: request.Listing(c, shown, f.Size, total),
		Today: workdays.DateOf(h.site.Now()), query: unpeeked(c), words: h.site.Printer(c),
	}
	page.List.ClearHref = "" // it stands beside the search
	if err := h.fillViews(c, page); err != nil {
		return nil, err
	}
	if err := h.fillBulk(c, page, f); err != nil {
		return nil, err
	}
	if err := h.fillUndo(c, &page.undoPart, uuid.Nil); err != nil {
		return nil, err
	}
	if err := h.fillPreview(c, page); err != nil {
		return nil, err
	}
	return page, h.fillChoices(c, page)
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
	executors, err := h.Cases.Executors(ctx, session.Actor(c), request.FormID(page.Form, "assigned"))
	page.Executors = executorChoices(p, executors)
	return err
}

// executorChoices offers those who have open cases, and the one that was chosen.
func executorChoices(p *locale.Printer, executors []cases.Executor) []ui.SelectItem {
	items := []ui.SelectItem{{Text: p.T("cases.any")}, {Value: nobody, Text: p.T("cases.nobody")}}
	for _, e := range executors {
		name := e.Name
		if e.Gone {
			name = p.T("cases.executor_gone", e.Name)
		}
		items = append(items, ui.SelectItem{Value: e.ID.String(), Text: name})
	}
	return items
}

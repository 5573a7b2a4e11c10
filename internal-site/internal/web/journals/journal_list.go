package journals

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

const pageSize = 50

type listPage struct {
	web.Page
	Journal     journals.Journal
	Form        *web.Form
	List        ui.Listing
	Found       journals.Page
	Columns     []heading
	Views       ui.SubNavigation
	States      []ui.SelectItem
	Centres     []ui.SelectItem
	Authorities []ui.SelectItem
	Services    []ui.SelectItem
	Newer       string // addresses of the pages beside this one; "" where there are none
	Older       string
	Workbook    string
	CSV         string
	Print       string
	actor       access.Actor
	words       *locale.Printer
}

// heading is a column as the page shows it.
type heading struct {
	Key    string
	Number bool
}

// Cell are the lines of an entry in a column.
func (p *listPage) Cell(e journals.Entry, i int) []string {
	return strings.Split(shown(p.Journal)[i].value(p.words, e).String(), "\n")
}

// Opens is the address to which an entry leads in a column: of its case or its request, where the reader may open that; "" for none.
func (p *listPage) Opens(e journals.Entry, i int) string {
	key := shown(p.Journal)[i].key
	switch {
	case key != "case" && key != "request" || !access.Can(p.actor, cases.View, e.Object()):
		return ""
	case key == "request":
		return "/requests/" + e.Request().String()
	}
	return "/cases/" + e.CaseID.String()
}

// RemarksIn says whether an entry leads in a column to its remarks, which the reader may add to.
func (p *listPage) RemarksIn(e journals.Entry, i int) bool {
	return shown(p.Journal)[i].key == "notes" && access.Can(p.actor, journals.Remark, e.Object())
}

// Most is how many entries are counted.
func (p *listPage) Most() int { return journals.MostCounted }

// filterOf is what narrows a journal.
func filterOf(j journals.Journal) request.Filter {
	return request.Filter{
		"q": short, "from": isDay, "to": isDay, "centre": request.AnyID, "authority": request.AnyID, "service": request.AnyID, "state": request.OneOf(j.States()...),
		"older": isPlace, "newer": isPlace,
	}
}

func short(value string) bool { return len(value) <= 200 }

func isDay(value string) bool {
	at, err := time.Parse(time.DateOnly, value)
	return err == nil && at.Year() > 1900 && at.Year() < 2200
}

func isPlace(value string) bool {
	_, ok := placeOf(value)
	return ok
}

// placeOf reads a place in a journal as an address names it: day and entry.
func placeOf(value string) (at journals.Place, ok bool) {
	day, id, _ := strings.Cut(value, ".")
	if !isDay(day) {
		return at, false
	}
	at.Day, _ = time.Parse(time.DateOnly, day)
	n, err := strconv.ParseInt(id, 10, 64)
	at.ID = n
	return at, err == nil && n > 0
}

// asked reads which journal the address asks for, and how it is narrowed.
func asked(c *gin.Context) (*web.Form, journals.Filter, error) {
	j, err := named(c)
	if err != nil {
		return nil, journals.Filter{}, err
	}
	form, err := request.ReadFilter(c, filterOf(j))
	if err != nil {
		return nil, journals.Filter{}, err
	}
	day := func(name string) time.Time {
		at, _ := time.Parse(time.DateOnly, form.Value(name))
		return at
	}
	f := journals.Filter{
		Journal: j, From: day("from"), To: day("to"), Centre: request.FormID(form, "centre"), Authority: request.FormID(form, "authority"),
		Service: request.FormID(form, "service"), State: form.Value("state"), Q: form.Value("q"),
	}
	form.Check(f.From.IsZero() || f.To.IsZero() || !f.To.Before(f.From), "from", "journals.bad_dates")
	return form, f, nil
}

func (h handlers) list(c *gin.Context) error {
	form, f, err := asked(c)
	if err != nil {
		return err
	}
	page := &listPage{Page: web.Page{Wide: true}, Journal: f.Journal, Form: form, actor: session.Actor(c), words: h.site.Printer(c)}
	at, newer := placeOf(form.Value("newer"))
	if !newer {
		at, _ = placeOf(form.Value("older"))
	}
	if form.OK() {
		if page.Found, err = h.Journals.List(c.Request.Context(), session.Actor(c), f, at, newer, pageSize); err != nil {
			return err
		}
	}
	if n := len(page.Found.Entries); n > 0 {
		first, last := page.Found.Entries[0], page.Found.Entries[n-1]
		if page.Found.Newer {
			page.Newer = h.address(c, f.Journal, "", "newer", place(first))
		}
		if page.Found.Older {
			page.Older = h.address(c, f.Journal, "", "older", place(last))
		}
	} else if at.ID != 0 && form.OK() { // whatever there was on that side is gone from the filter
		return web.Redirect(c, h.address(c, f.Journal, "", "", ""))
	}
	page.List = ui.Listing{Total: page.Found.Total, Page: 1, Pages: 1, Filtered: narrowed(c), ClearHref: "/journals/" + string(f.Journal)}
	page.Workbook, page.CSV, page.Print = h.address(c, f.Journal, "/table", "kind", "xlsx"), h.address(c, f.Journal, "/table", "kind", "csv"), h.address(c, f.Journal, "/print", "", "")
	for _, col := range shown(f.Journal) {
		page.Columns = append(page.Columns, heading{Key: "journals.column." + col.key, Number: col.key == "number"})
	}
	return h.render(c, page)
}

// place names the place of an entry as addresses have it.
func place(e journals.Entry) string { return fmt.Sprintf("%s.%d", e.Day.Format(time.DateOnly), e.ID) }

// narrowing is the filter of the address, without the place in the journal.
func narrowing(c *gin.Context) url.Values {
	q, _ := url.ParseQuery(request.Query(c))
	q.Del("older")
	q.Del("newer")
	return q
}

func narrowed(c *gin.Context) bool { return len(narrowing(c)) > 0 }

// address is a page of the journal with the same filter and one more value.
func (h handlers) address(c *gin.Context, j journals.Journal, path, name, value string) string {
	q := narrowing(c)
	if name != "" {
		q.Set(name, value)
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return "/journals/" + string(j) + path
}

func (h handlers) render(c *gin.Context, page *listPage) error {
	centres, authorities, services, err := h.Journals.Choices(c.Request.Context(), session.Actor(c))
	if err != nil {
		return err
	}
	p := page.words
	of := func(one journals.Choice) (string, locale.Text) { return one.ID.String(), one.Name }
	page.Centres, page.Authorities, page.Services = request.Options(p, p.T("journals.any"), centres, of), request.Options(p, p.T("journals.any"), authorities, of), request.Options(p, p.T("journals.any"), services, of)
	page.States = request.Words(p, p.T("journals.any"), "journals.state.", page.Journal.States()...)
	page.Views.Label = p.T("journals.title")
	for _, j := range journals.All {
		page.Views.Items = append(page.Views.Items, ui.SubNavigationItem{Href: "/journals/" + string(j), Content: ui.Content{Text: p.T("journals.name." + string(j))}, Active: j == page.Journal})
	}
	if !page.Form.OK() {
		return h.site.Invalid(c, "journals/journal_list", page.Form, page)
	}
	return h.site.Render(c, http.StatusOK, "journals/journal_list", page)
}

package journals

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/sheet"
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
	Orders      []ordering // how a large one can be asked for; of one that a browser takes at once none
	actor       access.Actor
	words       *locale.Printer
	columns     []column
	centres     bool // the entries can be of several
}

// ordering is a kind of file that can be asked for, and where.
type ordering struct{ Kind, Action string }

// heading is a column as the page shows it.
type heading struct {
	Text     string
	Unbroken bool
}

// Cell are the lines of an entry in a column. The centre, where there are several, stands below the number of the case: in a column of its
// own, beside twelve others, it would be broken into pieces of words.
func (p *listPage) Cell(e journals.Entry, i int) []string {
	lines := strings.Split(p.columns[i].value(p.words, e).String(), "\n")
	if p.centres && isOfCase(p.columns[i]) {
		lines = append(lines, in(p.words, e.Centre))
	}
	return lines
}

// isOfCase says whether the column names the case, by its number or by that of a request in it.
func isOfCase(c column) bool { return c.key == "case" || c.key == "request" }

// KeepsWords says whether the words in the column of that number stay whole: they are short, or a number or a day.
func (p *listPage) KeepsWords(i int) bool {
	return slices.Contains([]string{"at", "case", "request", "authority", "channel", "state", "outcome", "answered"}, p.columns[i].key)
}

// Words are the words of a line.
func (p *listPage) Words(line string) []string { return strings.Split(line, " ") }

// Opens is the address to which an entry leads in a column: of its case or its request, where the reader may open that; "" for none.
func (p *listPage) Opens(e journals.Entry, i int) string {
	switch {
	case !isOfCase(p.columns[i]) || !access.Can(p.actor, cases.View, e.Object()):
		return ""
	case p.columns[i].key == "request":
		return "/requests/" + e.Request().String()
	}
	return "/cases/" + e.CaseID.String()
}

// RemarksIn says whether an entry leads in a column to its remarks, which the reader may add to.
func (p *listPage) RemarksIn(e journals.Entry, i int) bool {
	return p.columns[i].key == "notes" && access.Can(p.actor, journals.Remark, e.Object())
}

// KindOfDay is the type of the field for a day.
func (p *listPage) KindOfDay(name string) string { return request.KindOfDay(p.Form, name) }

// Most is how many entries are counted.
func (p *listPage) Most() int { return journals.MostCounted }

// filterOf is what narrows a journal.
func filterOf(j journals.Journal) request.Filter {
	return request.Filter{
		"q": short, "from": request.AnyText, "to": request.AnyText, "centre": request.AnyID, "authority": request.AnyID, "service": request.AnyID, "state": request.OneOf(j.States()...),
		"older": isPlace, "newer": isPlace,
	}
}

func short(value string) bool { return len(value) <= 200 }

func isPlace(value string) bool {
	_, ok := placeOf(value)
	return ok
}

// placeOf reads a place in a journal as an address names it: day and entry.
func placeOf(value string) (at journals.Place, ok bool) {
	day, id, _ := strings.Cut(value, ".")
	if !request.IsDay(day) {
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
	f := journals.Filter{
		Journal: j, From: request.Day(form, "from", time.Time{}), To: request.Day(form, "to", time.Time{}), Centre: request.FormID(form, "centre"), Authority: request.FormID(form, "authority"),
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
	if page.Found.Total > journals.MostCounted {
		for _, kind := range []sheet.Kind{sheet.XLSX, sheet.CSV} {
			page.Orders = append(page.Orders, ordering{strings.ToUpper(string(kind)), h.address(c, f.Journal, "/order", "kind", string(kind))})
		}
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
	page.columns, page.centres = shown(page.Journal, 1), len(centres) > 1
	for _, col := range page.columns {
		text := page.words.T("journals.column." + col.key)
		if page.centres && isOfCase(col) {
			text = page.words.T("journals.column.and_centre", text)
		}
		page.Columns = append(page.Columns, heading{Text: text, Unbroken: col.key == "number" || col.key == "due"})
	}
	p := page.words
	of := func(one journals.Choice) (string, locale.Text) { return one.ID.String(), one.Name }
	page.Centres, page.Authorities, page.Services = request.Options(p, p.T("journals.any"), centres, of), request.Options(p, p.T("journals.any"), authorities, of), request.Options(p, p.T("journals.any"), services, of)
	page.States = request.Words(p, p.T("journals.any"), "journals.state.", page.Journal.States()...)
	page.Views = views(p, string(page.Journal))
	if !page.Form.OK() {
		return h.site.Invalid(c, "journals/journal_list", page.Form, page)
	}
	return h.site.Render(c, http.StatusOK, "journals/journal_list", page)
}

// views lead between the journals and what they come to.
func views(p *locale.Printer, active string) ui.SubNavigation {
	v := ui.SubNavigation{Label: p.T("journals.title")}
	add := func(name, text string) {
		v.Items = append(v.Items, ui.SubNavigationItem{Href: "/journals/" + name, Content: ui.Content{Text: text}, Active: name == active})
	}
	for _, j := range journals.All {
		add(string(j), p.T("journals.name."+string(j)))
	}
	add("counts", p.T("journals.counts"))
	return v
}

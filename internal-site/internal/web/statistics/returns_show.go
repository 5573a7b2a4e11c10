package statistics

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/sheet"
	"portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// returnColumn is a column of the figures of returns; a number with a list opens that.
type returnColumn struct {
	key   string
	value func(statistics.ReturnFigures) (n int, ok bool)
	list  statistics.What
}

// returnColumns of the page and of the table.
var returnColumns = []returnColumn{
	{"returned", func(f statistics.ReturnFigures) (int, bool) { return f.Returned, true }, statistics.AllReturns},
	{"returned_open", func(f statistics.ReturnFigures) (int, bool) { return f.Open, true }, statistics.OpenReturns},
	{"returned_ended", func(f statistics.ReturnFigures) (int, bool) { return f.Ended(), true }, statistics.ClosedReturns},
	{"returned_median", func(f statistics.ReturnFigures) (int, bool) { return f.Stood.Median() }, ""},
	{"returned_ninety", func(f statistics.ReturnFigures) (int, bool) { return f.Stood.Ninety() }, ""},
	{"returned_days", func(f statistics.ReturnFigures) (int, bool) { return f.Stood.Sum(), true }, ""},
}

type returnsPage struct {
	web.Page
	Form        *web.Form
	Asked       statistics.Question
	Counting    int // as on the page of cases
	Lines       []statistics.ReturnFigures
	List        ui.Listing
	Views       ui.SubNavigation
	Bys         []ui.SelectItem
	Units       []ui.SelectItem
	Centres     []ui.SelectItem
	Authorities []ui.SelectItem
	Services    []ui.SelectItem
	Workbook    string
	CSV         string
	asks        string // the question, for the lists to lead back to
	words       *locale.Printer
}

// returnsFilter is what the question can ask.
var returnsFilter = with(periodFilter, request.Filter{"by": request.OneOf(statistics.ReturnBreakdowns...)})

// KindOfDay is the type of the field for a day.
func (p *returnsPage) KindOfDay(name string) string { return request.KindOfDay(p.Form, name) }

// Columns are the keys of the columns of numbers.
func (p *returnsPage) Columns() (list []string) {
	for _, c := range returnColumns {
		list = append(list, c.key)
	}
	return list
}

// Few is of how many returns medians are said, FewNinety the ninetieth percentile.
func (p *returnsPage) Few() int { return statistics.FewCases }

// FewNinety is of how many returns at least the ninetieth percentile is said.
func (p *returnsPage) FewNinety() int { return statistics.FewForNinety }

// ByDocument says whether a return can be counted in several lines.
func (p *returnsPage) ByDocument() bool { return p.Asked.By == statistics.ByDocument }

// Name is what a line is about.
func (p *returnsPage) Name(f statistics.ReturnFigures) string {
	switch {
	case f.Key == "":
		return p.words.T("statistics.sum")
	case p.Asked.By == statistics.ByMonth:
		return monthIn(f.Key)
	case p.ByDocument():
		return askedIn(p.words, f.Name)
	}
	return in(p.words, f.Name)
}

// askedIn says what a return asked for.
func askedIn(p *locale.Printer, document locale.Text) string {
	switch document.UK {
	case statistics.AskedAnswers:
		return p.T("statistics.asked_answers")
	case statistics.AskedInWords:
		return p.T("statistics.asked_in_words")
	}
	return in(p, document)
}

// Cell is the number of a line in a column of the table, of which the first has the names.
func (p *returnsPage) Cell(f statistics.ReturnFigures, i int) (one cell) {
	col := returnColumns[i-1]
	n, ok := col.value(f)
	if !ok {
		return one
	}
	if one.Text = p.words.Number(int64(n)); n == 0 || col.list == "" {
		return one
	}
	v := url.Values{
		"of": {string(col.list)}, "back": {p.asks}, "in": {string(p.Asked.In)}, "from": {p.Asked.From.Format(time.DateOnly)}, "to": {p.Asked.To.Format(time.DateOnly)},
	}
	for name, id := range map[string]uuid.UUID{"centre": p.Asked.Centre, "authority": p.Asked.Authority, "service": p.Asked.Service} {
		if id != uuid.Nil {
			v.Set(name, id.String())
		}
	}
	for name, values := range chosen(p.Asked, f.Key) {
		v[name] = values
	}
	one.Href = "/statistics/returns/cases?" + v.Encode()
	return one
}

// returnsAsked answers the question of the address: by document, unless it asks otherwise.
func (h handlers) returnsAsked(c *gin.Context) (*returnsPage, error) {
	form, err := request.ReadFilter(c, returnsFilter)
	if err != nil {
		return nil, err
	}
	if form.Value("by") == "" {
		form.Set("by", string(statistics.ByDocument))
	}
	page := &returnsPage{Page: web.Page{Wide: true}, Form: form, words: h.site.Printer(c), Asked: h.period(form)}
	page.Asked.By = statistics.By(form.Value("by"))
	page.asks = asks(form, returnsFilter)
	if page.Counting, err = h.counting(c.Request.Context()); err != nil {
		return nil, err
	}
	if form.OK() {
		page.Lines, err = h.Statistics.ReturnFigures(c.Request.Context(), session.Actor(c), page.Asked)
	}
	return page, err
}

// returns shows how often applications were returned to their applicants, for which documents, and how long that took.
func (h handlers) returns(c *gin.Context) error {
	page, err := h.returnsAsked(c)
	if err != nil {
		return err
	}
	p := page.words
	if page.Centres, page.Authorities, page.Services, err = h.choices(c); err != nil {
		return err
	}
	for _, by := range statistics.ReturnBreakdowns {
		page.Bys = append(page.Bys, ui.SelectItem{Value: by, Text: p.T("statistics.by." + by)})
	}
	for _, unit := range statistics.Units {
		page.Units = append(page.Units, ui.SelectItem{Value: unit, Text: p.T("statistics.unit." + unit)})
	}
	page.Views = views(c, p, "/statistics/returns")
	page.List = ui.Listing{Filtered: request.Query(c) != "", ClearHref: "/statistics/returns", Total: len(page.Lines), Page: 1, Pages: 1}
	page.Workbook, page.CSV = address(c, "/statistics/returns/table", "kind", string(sheet.XLSX)), address(c, "/statistics/returns/table", "kind", string(sheet.CSV))
	if !page.Form.OK() {
		return h.site.Invalid(c, "statistics/returns_show", page.Form, page)
	}
	return h.site.Render(c, http.StatusOK, "statistics/returns_show", page)
}

// returnsTable sends the figures of returns as a table.
func (h handlers) returnsTable(c *gin.Context) error {
	leave, err := h.alone(c)
	if err != nil {
		return err
	}
	defer leave()
	page, err := h.returnsAsked(c)
	if err != nil {
		return err
	}
	if !page.Form.OK() {
		return fault.InvalidFields(page.Form.Errors()...)
	}
	p := page.words
	head := []string{p.T("statistics.by." + string(page.Asked.By))}
	for _, col := range returnColumns {
		head = append(head, p.T("statistics.column."+col.key))
	}
	var rows [][]sheet.Cell
	for _, f := range page.Lines {
		row := []sheet.Cell{sheet.Text(page.Name(f))}
		for _, col := range returnColumns {
			n, ok := col.value(f)
			if row = append(row, sheet.Text("")); ok {
				row[len(row)-1] = sheet.Number(float64(n))
			}
		}
		rows = append(rows, row)
	}
	lines, err := h.noted(c, p.T("statistics.view.returns"), periodIn(p, page.Asked), page.Asked)
	if err != nil {
		return err
	}
	return sendFigures(c, figureSheet{fileOf(p.T("statistics.returns_file"), page.Asked), p.T("statistics.view.returns"), head, rows, lines})
}

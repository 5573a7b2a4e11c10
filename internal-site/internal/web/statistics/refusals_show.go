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

// refusalColumn is a column of the figures of refusals; each number opens its list.
type refusalColumn struct {
	list  statistics.What
	value func(statistics.RefusalFigures) int
}

// refusalColumns of the page and of the table.
var refusalColumns = []refusalColumn{
	{statistics.AllRefusals, func(f statistics.RefusalFigures) int { return f.Refused }},
	{statistics.Doubtful, func(f statistics.RefusalFigures) int { return f.Doubtful }},
	{statistics.Outside, func(f statistics.RefusalFigures) int { return f.Outside }},
	{statistics.Annulled, func(f statistics.RefusalFigures) int { return f.Annulled }},
	{statistics.Corrected, func(f statistics.RefusalFigures) int { return f.Corrected }},
}

type refusalsPage struct {
	web.Page
	Form        *web.Form
	Asked       statistics.Question
	Counting    int // as on the page of cases
	Lines       []statistics.RefusalFigures
	List        ui.Listing
	Views       ui.SubNavigation
	Bys         []ui.SelectItem
	Centres     []ui.SelectItem
	Authorities []ui.SelectItem
	Services    []ui.SelectItem
	Workbook    string
	CSV         string
	asks        string // the question, for the lists to lead back to
	words       *locale.Printer
}

// refusalsFilter is what the question can ask.
var refusalsFilter = with(periodFilter, request.Filter{"by": request.OneOf(statistics.RefusalBreakdowns...)})

// KindOfDay is the type of the field for a day.
func (p *refusalsPage) KindOfDay(name string) string { return request.KindOfDay(p.Form, name) }

// Columns are the keys of the columns of numbers.
func (p *refusalsPage) Columns() (list []string) {
	for _, c := range refusalColumns {
		list = append(list, string(c.list))
	}
	return list
}

// ByGround says whether a refusal can be counted in several lines.
func (p *refusalsPage) ByGround() bool { return p.Asked.By == statistics.ByGround }

// Name is what a line is about.
func (p *refusalsPage) Name(f statistics.RefusalFigures) string {
	switch {
	case f.Key == "":
		return p.words.T("statistics.sum")
	case p.Asked.By == statistics.ByMonth:
		return monthIn(f.Key)
	case p.ByGround():
		return groundIn(p.words, f.Name)
	}
	return in(p.words, f.Name)
}

// groundIn are the words of a ground.
func groundIn(p *locale.Printer, ground locale.Text) string {
	if ground.UK == "" {
		return p.T("statistics.no_ground")
	}
	return in(p, ground)
}

// Cell is the number of a line in a column of the table, of which the first has the names.
func (p *refusalsPage) Cell(f statistics.RefusalFigures, i int) (one cell) {
	col := refusalColumns[i-1]
	n := col.value(f)
	if one.Text = p.words.Number(int64(n)); n == 0 {
		return one
	}
	v := url.Values{"of": {string(col.list)}, "back": {p.asks}, "from": {p.Asked.From.Format(time.DateOnly)}, "to": {p.Asked.To.Format(time.DateOnly)}}
	for name, id := range map[string]uuid.UUID{"centre": p.Asked.Centre, "authority": p.Asked.Authority, "service": p.Asked.Service} {
		if id != uuid.Nil {
			v.Set(name, id.String())
		}
	}
	for name, values := range chosen(p.Asked, f.Key) {
		v[name] = values
	}
	one.Href = "/statistics/refusals/cases?" + v.Encode()
	return one
}

// refusalsAsked answers the question of the address: by ground, unless it asks otherwise.
func (h handlers) refusalsAsked(c *gin.Context) (*refusalsPage, error) {
	form, err := request.ReadFilter(c, refusalsFilter)
	if err != nil {
		return nil, err
	}
	if form.Value("by") == "" {
		form.Set("by", string(statistics.ByGround))
	}
	page := &refusalsPage{Page: web.Page{Wide: true}, Form: form, words: h.site.Printer(c), Asked: h.period(form)}
	page.Asked.By = statistics.By(form.Value("by"))
	page.asks = asks(form, refusalsFilter)
	if page.Counting, err = h.counting(c.Request.Context()); err != nil {
		return nil, err
	}
	if form.OK() {
		page.Lines, err = h.Statistics.RefusalFigures(c.Request.Context(), session.Actor(c), page.Asked)
	}
	return page, err
}

// refusals shows how many decisions refused, on which grounds, and which of them may have been unlawful.
func (h handlers) refusals(c *gin.Context) error {
	page, err := h.refusalsAsked(c)
	if err != nil {
		return err
	}
	p := page.words
	if page.Centres, page.Authorities, page.Services, err = h.choices(c); err != nil {
		return err
	}
	for _, by := range statistics.RefusalBreakdowns {
		page.Bys = append(page.Bys, ui.SelectItem{Value: by, Text: p.T("statistics.by." + by)})
	}
	page.Views = views(c, p, "/statistics/refusals")
	page.List = ui.Listing{Filtered: request.Query(c) != "", ClearHref: "/statistics/refusals", Total: len(page.Lines), Page: 1, Pages: 1}
	page.Workbook, page.CSV = address(c, "/statistics/refusals/table", "kind", string(sheet.XLSX)), address(c, "/statistics/refusals/table", "kind", string(sheet.CSV))
	if !page.Form.OK() {
		return h.site.Invalid(c, "statistics/refusals_show", page.Form, page)
	}
	return h.site.Render(c, http.StatusOK, "statistics/refusals_show", page)
}

// refusalsTable sends the figures of refusals as a table.
func (h handlers) refusalsTable(c *gin.Context) error {
	leave, err := h.alone(c)
	if err != nil {
		return err
	}
	defer leave()
	page, err := h.refusalsAsked(c)
	if err != nil {
		return err
	}
	if !page.Form.OK() {
		return fault.InvalidFields(page.Form.Errors()...)
	}
	p := page.words
	head := []string{p.T("statistics.by." + string(page.Asked.By))}
	for _, col := range refusalColumns {
		head = append(head, p.T("statistics.column."+string(col.list)))
	}
	var rows [][]sheet.Cell
	for _, f := range page.Lines {
		row := []sheet.Cell{sheet.Text(page.Name(f))}
		for _, col := range refusalColumns {
			row = append(row, sheet.Number(float64(col.value(f))))
		}
		rows = append(rows, row)
	}
	lines, err := h.noted(c, p.T("statistics.view.refusals"), daysIn(p, page.Asked), page.Asked, p.T("statistics.doubtful_means"))
	if err != nil {
		return err
	}
	return sendFigures(c, figureSheet{fileOf(p.T("statistics.refusals_file"), page.Asked), p.T("statistics.view.refusals"), head, rows, lines})
}

// daysIn says which days refusals are of.
func daysIn(p *locale.Printer, q statistics.Question) string {
	return p.T("statistics.days", p.DateShort(q.From), p.DateShort(q.To))
}

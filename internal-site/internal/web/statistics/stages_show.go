package statistics

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/sheet"
	"portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type stagesPage struct {
	web.Page
	Form        *web.Form
	Asked       statistics.Question
	asks        string // the question, for the lists to lead back to
	Counting    int    // as on the page of cases
	Lines       []statistics.StageFigures
	Standings   []statistics.Standing
	Today       time.Time
	List        ui.Listing
	Views       ui.SubNavigation
	Units       []ui.SelectItem
	Centres     []ui.SelectItem
	Authorities []ui.SelectItem
	Services    []ui.SelectItem
	Workbook    string
	CSV         string
	words       *locale.Printer
}

// stageColumns are the columns of the figures of stages, on the page and in the table.
var stageColumns = []struct {
	key   string
	value func(statistics.StageFigures) (n int, ok bool)
}{
	{"done", func(f statistics.StageFigures) (int, bool) { return f.Done(), true }},
	{"late", func(f statistics.StageFigures) (int, bool) { return f.Late, true }},
	{"in_time", func(f statistics.StageFigures) (int, bool) {
		return shareInTime(statistics.Figures{Decided: f.Done(), Late: f.Late})
	}},
	{"median", func(f statistics.StageFigures) (int, bool) { return f.Took.Median() }},
	{"ninety", func(f statistics.StageFigures) (int, bool) { return f.Took.Ninety() }},
}

// Few and FewNinety are of how many stages medians and the ninetieth percentile are said.
func (p *stagesPage) Few() int { return statistics.FewCases }

// FewNinety is of how many stages at least the ninetieth percentile is said.
func (p *stagesPage) FewNinety() int { return statistics.FewForNinety }

// KindOfDay is the type of the field for a day.
func (p *stagesPage) KindOfDay(name string) string { return request.KindOfDay(p.Form, name) }

// Columns are the keys of the columns of numbers.
func (p *stagesPage) Columns() (list []string) {
	for _, c := range stageColumns {
		list = append(list, c.key)
	}
	return list
}

// ByStage says whether a line is one stage of a service.
func (p *stagesPage) ByStage() bool { return p.Asked.Service != uuid.Nil }

// Party is the name of the party of a line.
func (p *stagesPage) Party(f statistics.StageFigures) string { return in(p.words, f.Name) }

// Stage is the name of the stage of a line.
func (p *stagesPage) Stage(f statistics.StageFigures) string { return in(p.words, f.Stage) }

// Cell is the number of a line in a column; the columns before have names.
func (p *stagesPage) Cell(f statistics.StageFigures, i int) (one cell) {
	if i--; p.ByStage() {
		i--
	}
	n, ok := stageColumns[i].value(f)
	if !ok {
		return one
	}
	one.Text = p.words.Number(int64(n))
	if key := stageColumns[i].key; n > 0 && (key == "done" || key == "late") {
		v := p.narrowing()
		v.Set("from", p.Asked.From.Format(time.DateOnly))
		v.Set("to", p.Asked.To.Format(time.DateOnly))
		v.Set("in", string(p.Asked.In))
		v.Set("back", p.asks)
		v.Set("party", f.Party.String())
		if f.Stage.UK != "" {
			v.Set("stage", f.Stage.UK)
		}
		if key == "late" {
			v.Set("late", "yes")
		}
		one.Href = "/statistics/parties/stages?" + v.Encode()
	}
	return one
}

// narrowing is what the question is narrowed to, as addresses have it.
func (p *stagesPage) narrowing() url.Values {
	v := url.Values{}
	for name, id := range map[string]uuid.UUID{"centre": p.Asked.Centre, "authority": p.Asked.Authority, "service": p.Asked.Service} {
		if id != uuid.Nil {
			v.Set(name, id.String())
		}
	}
	return v
}

// Waits names the party that open cases wait for.
func (p *stagesPage) Waits(s statistics.Standing) string {
	if s.Party == uuid.Nil {
		return p.words.T("statistics.applicants")
	}
	return in(p.words, s.Name)
}

// Waiting is the number of open cases of a party, or of the late ones among them, with its list.
func (p *stagesPage) Waiting(s statistics.Standing, late bool) (one cell) {
	n, v := s.Open, p.narrowing()
	if s.Party != uuid.Nil {
		v.Set("party", s.Party.String())
	}
	if late {
		n = s.Late
		v.Set("late", "yes")
	}
	v.Set("back", p.asks)
	if one.Text = p.words.Number(int64(n)); n > 0 {
		one.Href = "/statistics/parties/waiting?" + v.Encode()
	}
	return one
}

// stages reads the question about stages.
func (h handlers) stagesAsked(c *gin.Context) (*stagesPage, error) {
	form, err := request.ReadFilter(c, periodFilter)
	if err != nil {
		return nil, err
	}
	page := &stagesPage{Page: web.Page{Wide: true}, Form: form, words: h.site.Printer(c), Asked: h.period(form), Today: workdays.DateOf(h.Now())}
	page.asks = asks(form, periodFilter)
	if page.Counting, err = h.counting(c.Request.Context()); err != nil {
		return nil, err
	}
	if form.OK() {
		page.Lines, err = h.Statistics.StageFigures(c.Request.Context(), session.Actor(c), page.Asked)
	}
	return page, err
}

// stages shows how long the stages of each party take, and for whom open cases wait now.
func (h handlers) stages(c *gin.Context) error {
	page, err := h.stagesAsked(c)
	if err != nil {
		return err
	}
	ctx, actor, p := c.Request.Context(), session.Actor(c), page.words
	if page.Standings, err = h.Statistics.Standings(ctx, actor, page.Asked, page.Today); err != nil {
		return err
	}
	if page.Centres, page.Authorities, page.Services, err = h.choices(c); err != nil {
		return err
	}
	for _, unit := range statistics.Units {
		page.Units = append(page.Units, ui.SelectItem{Value: unit, Text: p.T("statistics.unit." + unit)})
	}
	page.Views = views(c, p, "/statistics/parties")
	page.List = ui.Listing{Filtered: request.Query(c) != "", ClearHref: "/statistics/parties", Total: len(page.Lines), Page: 1, Pages: 1}
	page.Workbook, page.CSV = address(c, "/statistics/parties/table", "kind", string(sheet.XLSX)), address(c, "/statistics/parties/table", "kind", string(sheet.CSV))
	if !page.Form.OK() {
		return h.site.Invalid(c, "statistics/stages_show", page.Form, page)
	}
	return h.site.Render(c, http.StatusOK, "statistics/stages_show", page)
}

// asks is the question of a form as addresses have it.
func asks(form *web.Form, filter request.Filter) string {
	v := url.Values{}
	for name := range filter {
		if value := form.Value(name); value != "" {
			v.Set(name, value)
		}
	}
	return v.Encode()
}

// views lead between the figures that the reader may see, with the days and the narrowing of the question.
func views(c *gin.Context, p *locale.Printer, active string) ui.SubNavigation {
	v, actor := ui.SubNavigation{Label: p.T("statistics.title")}, session.Actor(c)
	add := func(path, key string) {
		v.Items = append(v.Items, ui.SubNavigationItem{Href: address(c, path, "by", "", "compare", ""), Content: ui.Content{Text: p.T(key)}, Active: path == active})
	}
	if access.MayEver(actor, statistics.View) {
		add("/statistics", "statistics.view.cases")
		add("/statistics/refusals", "statistics.view.refusals")
		add("/statistics/returns", "statistics.view.returns")
		add("/statistics/parties", "statistics.view.parties")
	}
	if access.MayEver(actor, statistics.People) || access.MayEver(actor, statistics.Mine) {
		add("/statistics/people", "statistics.view.people")
	}
	return v
}

// stagesTable sends the figures of stages as a table.
func (h handlers) stagesTable(c *gin.Context) error {
	leave, err := h.alone(c)
	if err != nil {
		return err
	}
	defer leave()
	page, err := h.stagesAsked(c)
	if err != nil {
		return err
	}
	if !page.Form.OK() {
		return fault.InvalidFields(page.Form.Errors()...)
	}
	p, head := page.words, []string{}
	if page.ByStage() {
		head = append(head, p.T("statistics.column.stage"))
	}
	head = append(head, p.T("statistics.column.party"))
	for _, col := range stageColumns {
		head = append(head, p.T("statistics.column."+col.key))
	}
	var rows [][]sheet.Cell
	for _, f := range page.Lines {
		row := []sheet.Cell{}
		if page.ByStage() {
			row = append(row, sheet.Text(page.Stage(f)))
		}
		row = append(row, sheet.Text(page.Party(f)))
		for _, col := range stageColumns {
			row = append(row, numberOr(col.value(f)))
		}
		rows = append(rows, row)
	}
	lines, err := h.noted(c, p.T("statistics.stages_done"), periodIn(p, page.Asked), page.Asked)
	if err != nil {
		return err
	}
	return sendFigures(c, figureSheet{fileOf(p.T("statistics.parties_file"), page.Asked), p.T("statistics.view.parties"), head, rows, lines})
}

// numberOr is a number, or an empty cell where it is not said.
func numberOr(n int, ok bool) sheet.Cell {
	if !ok {
		return sheet.Text("")
	}
	return sheet.Number(float64(n))
}

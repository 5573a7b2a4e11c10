package statistics

import (
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/sheet"
	"portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// caseColumns are the columns of the list of cases.
var caseColumns = []listColumn{
	{Key: "number", Unbroken: true},
	{Key: "service"},
	{Key: "centre"},
	{Key: "authority"},
	{Key: "registered", Unbroken: true},
	{Key: "due", Unbroken: true},
	{Key: "completed", Unbroken: true},
	{Key: "outcome"},
	{Key: "took", Number: true},
	{Key: "stood", Number: true},
	{Key: "handed", Number: true},
	{Key: "lateness"},
}

// caseCells are what a case has in them.
func caseCells(p *locale.Printer, c statistics.Case) []sheet.Cell {
	return []sheet.Cell{
		sheet.Text(c.Number), sheet.Text(in(p, c.Service)), sheet.Text(in(p, c.Centre)), sheet.Text(in(p, c.Authority)), sheet.Day(c.RegisteredOn), sheet.Day(c.DueOn), sheet.Day(c.CompletedOn),
		sheet.Text(p.T("statistics.outcome." + c.Outcome)), sheet.Number(float64(c.Took)), sheet.Number(float64(c.Stood)), optional(c.Handed), lateness(p, c.Late),
	}
}

// casesFilter is what a list can be narrowed to.
var casesFilter = with(periodFilter, request.Filter{
	"of": request.OneOf(statistics.Whats...), "channel": request.OneOf(cases.Counter, cases.Online), "applicant": request.OneOf("person", "entrepreneur", "entity"), "hour": isHour, "weekday": request.OneOf("1", "2", "3", "4", "5", "6", "7"),
	"after": isPlace,
}, backFilter)

// isHour takes an hour of the day as ByHour has it.
func isHour(value string) bool {
	_, err := time.Parse("15", value)
	return err == nil && len(value) == 2
}

func isPlace(value string) bool {
	_, ok := placeOf(value)
	return ok
}

// placeOf reads a place in a list as an address names it: day and case.
func placeOf(value string) (at statistics.Place, ok bool) {
	day, id, _ := strings.Cut(value, ".")
	if !request.IsDay(day) {
		return at, false
	}
	at.Day, _ = time.Parse(time.DateOnly, day)
	parsed, err := uuid.Parse(id)
	at.ID = parsed
	return at, err == nil && parsed != uuid.Nil
}

// named is a place as addresses have it.
func named(at statistics.Place) string { return at.Day.Format(time.DateOnly) + "." + at.ID.String() }

// asked reads which list the address asks for: without a word of which, all that were decided.
func (h handlers) asked(c *gin.Context) (*web.Form, statistics.Filter, error) {
	form, err := request.ReadFilter(c, casesFilter)
	if err != nil {
		return nil, statistics.Filter{}, err
	}
	if form.Value("of") == "" {
		form.Set("of", string(statistics.Decided))
	}
	return form, statistics.Filter{
		Question: h.period(form), What: statistics.What(form.Value("of")), Channel: form.Value("channel"), Applicant: form.Value("applicant"),
		Hour: form.Value("hour"), Weekday: form.Value("weekday"),
	}, nil
}

// cases lists the cases that a figure counts.
func (h handlers) cases(c *gin.Context) error {
	form, f, err := h.asked(c)
	if err != nil {
		return err
	}
	p, actor := h.site.Printer(c), session.Actor(c)
	page := &listPage{Form: form, Title: p.T("statistics.of." + string(f.What)), Period: periodIn(p, f.Question), Columns: caseColumns}
	at, _ := placeOf(form.Value("after"))
	if form.OK() {
		found, err := h.Statistics.List(c.Request.Context(), actor, f, at, pageSize)
		if err != nil {
			return err
		}
		for _, one := range found.Cases {
			page.Rows = append(page.Rows, listed{opens(actor, one), caseCells(p, one), p})
		}
		if found.More {
			page.Older = address(c, "/statistics/cases", "after", named(found.Cases[len(found.Cases)-1].Place()))
		}
		page.List.Total, page.Counted = found.Total, p.T("statistics.found", found.Total)
	}
	if at.ID != uuid.Nil {
		page.First = address(c, "/statistics/cases", "after", "")
	}
	page.Back = &ui.Link{Href: back(c, form, "/statistics", figuresFilter), Text: p.T("statistics.view.cases")}
	page.Narrowed = narrowedBy(p, f)
	return h.show(c, page, f.Question)
}

// narrowedBy says in words how a list of cases is narrowed further than its question.
func narrowedBy(p *locale.Printer, f statistics.Filter) (words []string) {
	if f.Channel != "" {
		words = append(words, p.T("statistics.print_channel", p.T("statistics.channel."+f.Channel)))
	}
	if f.Applicant != "" {
		words = append(words, p.T("statistics.print_applicant", p.T("statistics.applicant."+f.Applicant)))
	}
	if f.Hour != "" {
		words = append(words, p.T("statistics.print_hour", f.Hour+":00", f.Hour+":59"))
	}
	if f.Weekday != "" {
		words = append(words, p.T("statistics.print_weekday", weekdayIn(p, f.Weekday)))
	}
	return words
}

// show shows a list.
func (h handlers) show(c *gin.Context, page *listPage, q statistics.Question) (err error) {
	page.Wide = true
	page.List.Page, page.List.Pages = 1, 1
	page.Counting = -1
	if !q.From.IsZero() { // open cases are not counted anew
		if page.Counting, err = h.counting(c.Request.Context()); err != nil {
			return err
		}
	}
	if page.Narrowed, err = h.narrowed(c, q, page.Narrowed); err != nil {
		return err
	}
	page.Workbook = address(c, c.Request.URL.Path+"/table", "after", "", "back", "", "kind", string(sheet.XLSX))
	page.CSV = address(c, c.Request.URL.Path+"/table", "after", "", "back", "", "kind", string(sheet.CSV))
	if !page.Form.OK() {
		return h.site.Invalid(c, "statistics/case_list", page.Form, page)
	}
	return h.site.Render(c, http.StatusOK, "statistics/case_list", page)
}

// casesTable sends the list with the columns of its page.
func (h handlers) casesTable(c *gin.Context) error {
	form, f, err := h.asked(c)
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	title := p.T("statistics.of." + string(f.What))
	lines, err := h.noted(c, title, periodIn(p, f.Question), f.Question, narrowedBy(p, f)...)
	if err != nil {
		return err
	}
	return h.send(c, form, table{
		file: fileOf(p.T("statistics.cases_file")+"-"+string(f.What), f.Question), title: title, notes: lines, columns: caseColumns,
		each: func(write func([]sheet.Cell) error) error {
			return h.Statistics.Each(c.Request.Context(), session.Actor(c), f, func(one statistics.Case) error { return write(caseCells(p, one)) })
		},
	})
}

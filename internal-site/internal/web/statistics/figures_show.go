package statistics

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
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
)

// column is a column of figures. The page, the table and the print have the same.
type column struct {
	key   string
	value func(statistics.Figures) (n int, ok bool)
	list  statistics.What // whose cases the number opens; "" where it counts none
	share float64         // of the width of a print
}

// columns of every table of figures.
var columns = []column{
	{"decided", func(f statistics.Figures) (int, bool) { return f.Decided, true }, statistics.Decided, 9},
	{"late", func(f statistics.Figures) (int, bool) { return f.Late, true }, statistics.Late, 9},
	{"in_time", shareInTime, "", 8},
	{"took_median", func(f statistics.Figures) (int, bool) { return f.Took.Median() }, "", 9},
	{"took_ninety", func(f statistics.Figures) (int, bool) { return f.Took.Ninety() }, "", 9},
	{"issued", func(f statistics.Figures) (int, bool) { return f.Handed.Total(), true }, statistics.Issued, 9},
	{"handed_median", func(f statistics.Figures) (int, bool) { return f.Handed.Median() }, "", 9},
	{"handed_ninety", func(f statistics.Figures) (int, bool) { return f.Handed.Ninety() }, "", 9},
	{"paused", func(f statistics.Figures) (int, bool) { return f.Stood.Total(), true }, statistics.Paused, 9},
	{"stood_median", func(f statistics.Figures) (int, bool) { return f.Stood.Median() }, "", 9},
	{"withdrawn", func(f statistics.Figures) (int, bool) { return f.Withdrawn, true }, statistics.Withdrawn, 9},
}

// shareInTime is how many of a hundred were decided by their last day. A share is not rounded up to all of them.
func shareInTime(f statistics.Figures) (int, bool) {
	if f.Decided == 0 {
		return 0, false
	}
	share := int(math.Round(100 * float64(f.InTime()) / float64(f.Decided)))
	if share == 100 && f.Late > 0 {
		share = 99
	}
	return share, true
}

type figuresPage struct {
	web.Page
	Form        *web.Form
	Asked       statistics.Question
	Compared    statistics.Compared
	Before      statistics.Question
	Lines       []line
	Bars        []bar
	asks        string // the question, for the lists to lead back to
	Counting    int    // cases that have been looked at while they are counted anew; -1 when they are not
	List        ui.Listing
	Views       ui.SubNavigation
	Bys         []ui.SelectItem
	Units       []ui.SelectItem
	Comparisons []ui.SelectItem
	Centres     []ui.SelectItem
	Authorities []ui.SelectItem
	Services    []ui.SelectItem
	Workbook    string
	CSV         string
	Print       string
	words       *locale.Printer
}

// line is one line of figures, beside those of the period that it is compared with.
type line struct {
	Name   string
	now    statistics.Figures // without a key: of all lines
	before *statistics.Figures
}

// cell is a number as the page shows it.
type cell struct {
	Text, Before     string // "" where there is none
	Href, BeforeHref string // of their lists; "" where there is no case in them
}

// bar is a line of the chart, wide in per cent of it.
type bar struct {
	Name                   string
	Median, Ninety         int
	HasNinety              bool
	MedianWide, NinetyWide float64
}

// widest leaves room for the number behind the longest bar on a phone; mostBars is how many lines the chart shows, the first ones.
const (
	widest   = 80
	mostBars = 20
)

// Few is of how many cases medians are said, FewNinety the ninetieth percentile.
func (p *figuresPage) Few() int { return statistics.FewCases }

// FewNinety is of how many cases at least the ninetieth percentile is said.
func (p *figuresPage) FewNinety() int { return statistics.FewForNinety }

// KindOfDay is the type of the field for a day.
func (p *figuresPage) KindOfDay(name string) string { return request.KindOfDay(p.Form, name) }

// Columns are the keys of the columns behind the first, which has the names.
func (p *figuresPage) Columns() (list []string) {
	for _, c := range columns {
		list = append(list, c.key)
	}
	return list
}

// Cell is the number of a line in a column of the table, of which the first has the names.
func (p *figuresPage) Cell(l line, i int) (one cell) {
	col := columns[i-1]
	show := func(f statistics.Figures) string {
		n, ok := col.value(f)
		if !ok {
			return ""
		}
		return p.words.Number(int64(n))
	}
	one.Text, one.Href = show(l.now), p.opens(p.Asked, l.now, col)
	if l.before != nil {
		if one.Before = show(*l.before); one.Before == "" {
			one.Before = "–"
		}
		one.BeforeHref = p.opens(p.Before, *l.before, col)
	}
	return one
}

// opens is listOf with the question of the page, to lead back to.
func (p *figuresPage) opens(q statistics.Question, f statistics.Figures, col column) string {
	href := listOf(q, f, col)
	if href != "" {
		href += "&" + url.Values{"back": {p.asks}}.Encode()
	}
	return href
}

// listOf is the address of the cases that a number of a line counts, in a column of the answer to a question; "" where it counts none.
func listOf(q statistics.Question, f statistics.Figures, col column) string {
	if n, _ := col.value(f); n == 0 || col.list == "" {
		return ""
	}
	v := url.Values{"of": {string(col.list)}, "in": {string(q.In)}}
	for name, id := range map[string]uuid.UUID{"centre": q.Centre, "authority": q.Authority, "service": q.Service} {
		if id != uuid.Nil {
			v.Set(name, id.String())
		}
	}
	v.Set("from", q.From.Format(time.DateOnly))
	v.Set("to", q.To.Format(time.DateOnly))
	for name, values := range chosen(q, f.Key) {
		v[name] = values
	}
	return "/statistics/cases?" + v.Encode()
}

// figuresFilter is what the question can ask.
var figuresFilter = with(periodFilter, request.Filter{"by": request.OneOf(statistics.Breakdowns...), "compare": request.OneOf(statistics.Comparisons...)})

// question reads the question of the address. Whoever sees one centre is told by service, unless they ask otherwise.
func (h handlers) question(c *gin.Context) (page *figuresPage, err error) {
	form, err := request.ReadFilter(c, figuresFilter)
	if err != nil {
		return nil, err
	}
	page = &figuresPage{Page: web.Page{Wide: true}, Form: form, words: h.site.Printer(c)}
	centres, err := h.offer(c, page)
	if err != nil {
		return nil, err
	}
	if form.Value("by") == "" {
		form.Set("by", string(map[bool]statistics.By{true: statistics.ByService, false: statistics.ByCentre}[centres == 1]))
	}
	page.Asked, page.Compared = h.period(form), statistics.Compared(form.Value("compare"))
	page.Asked.By = statistics.By(form.Value("by"))
	if page.Compared != "" {
		page.Before = page.Asked.Before(page.Compared)
	}
	page.asks = asks(form, figuresFilter)
	page.Counting, err = h.counting(c.Request.Context())
	return page, err
}

// answer reads the figures of the question and of the one it is compared with.
func (h handlers) answer(c *gin.Context, page *figuresPage) error {
	ctx, actor := c.Request.Context(), session.Actor(c)
	now, err := h.Statistics.Figures(ctx, actor, page.Asked)
	if err != nil {
		return err
	}
	var before []statistics.Figures
	if page.Compared != "" {
		if before, err = h.Statistics.Figures(ctx, actor, page.Before); err != nil {
			return err
		}
	}
	page.fill(now, before)
	return nil
}

// figures shows how long cases take, each number with the list behind it.
func (h handlers) figures(c *gin.Context) error {
	if !access.MayEver(session.Actor(c), statistics.View) { // whoever sees their own work alone
		return web.Redirect(c, "/statistics/people")
	}
	page, err := h.question(c)
	if err != nil {
		return err
	}
	if page.Form.OK() {
		if err := h.answer(c, page); err != nil {
			return err
		}
	}
	page.Views = views(c, page.words, "/statistics")
	page.List = ui.Listing{Filtered: request.Query(c) != "", ClearHref: "/statistics", Total: len(page.Lines), Page: 1, Pages: 1}
	page.Workbook, page.CSV = address(c, "/statistics/table", "kind", string(sheet.XLSX)), address(c, "/statistics/table", "kind", string(sheet.CSV))
	page.Print = address(c, "/statistics/print")
	if !page.Form.OK() {
		return h.site.Invalid(c, "statistics/figures_show", page.Form, page)
	}
	return h.site.Render(c, http.StatusOK, "statistics/figures_show", page)
}

// counting is how many cases have been looked at while they are counted anew; -1 when they are not.
func (h handlers) counting(ctx context.Context) (int, error) {
	seen, running, err := h.Statistics.Counting(ctx)
	if err != nil || !running {
		return -1, err
	}
	return seen, nil
}

// offer fills what the question can be narrowed to, and says how many centres there are.
func (h handlers) offer(c *gin.Context, page *figuresPage) (n int, err error) {
	if page.Centres, page.Authorities, page.Services, err = h.choices(c); err != nil {
		return 0, err
	}
	p := page.words
	for _, by := range statistics.Breakdowns {
		page.Bys = append(page.Bys, ui.SelectItem{Value: by, Text: p.T("statistics.by." + by)})
	}
	for _, unit := range statistics.Units {
		page.Units = append(page.Units, ui.SelectItem{Value: unit, Text: p.T("statistics.unit." + unit)})
	}
	page.Comparisons = request.Words(p, p.T("statistics.compare.none"), "statistics.compare.", statistics.Comparisons...)
	return len(page.Centres) - 1, nil // the first option is all of them
}

// fill makes the lines and the bars.
func (p *figuresPage) fill(now, before []statistics.Figures) {
	was := map[string]statistics.Figures{}
	for _, f := range before {
		was[p.sameAs(f.Key)] = f
	}
	known := map[string]bool{}
	for _, f := range now {
		known[f.Key] = true
	}
	all := slices.Clone(now)
	for _, f := range before { // lines that the period has nothing of
		if key := p.sameAs(f.Key); !known[key] && key != "" {
			all = append(all, statistics.Figures{Key: key, Name: f.Name})
		}
	}
	if len(before) > 0 && slices.Contains(inOrder, p.Asked.By) {
		slices.SortFunc(all, func(a, b statistics.Figures) int { return strings.Compare(a.Key, b.Key) })
	}
	for _, f := range all {
		l := line{Name: p.nameOf(f), now: f}
		if p.Compared != "" && p.sameAs(f.Key) != "" {
			earlier := was[f.Key]
			l.before = &earlier
		}
		p.Lines = append(p.Lines, l)
	}
	p.draw()
	if len(p.Lines) == 0 {
		return
	}
	sum := line{Name: p.words.T("statistics.sum"), now: statistics.Sum(now)}
	if p.Compared != "" {
		earlier := statistics.Sum(before)
		sum.before = &earlier
	}
	p.Lines = append(p.Lines, sum)
}

// inOrder are the breakdowns whose lines follow their keys.
var inOrder = []statistics.By{statistics.ByMonth, statistics.ByHour, statistics.ByWeekday}

// weekdayIn names a day of the week, of which the first is Monday.
func weekdayIn(p *locale.Printer, key string) string {
	day, _ := strconv.Atoi(key)
	return p.Weekday(time.Weekday(day % 7))
}

// sameAs is the key of the line that a line of the period before is compared with; "" for none: the months before are other months.
func (p *figuresPage) sameAs(key string) string {
	if p.Asked.By != statistics.ByMonth {
		return key
	}
	month, err := time.Parse("2006-01", key)
	if err != nil || p.Compared != statistics.WithYear {
		return ""
	}
	return month.AddDate(1, 0, 0).Format("2006-01")
}

// nameOf is what the line is about.
func (p *figuresPage) nameOf(f statistics.Figures) string {
	switch p.Asked.By {
	case statistics.ByMonth:
		return monthIn(f.Key)
	case statistics.ByHour:
		return f.Key + ":00–" + f.Key + ":59"
	case statistics.ByWeekday:
		return weekdayIn(p.words, f.Key)
	case statistics.ByChannel:
		return p.words.T("statistics.channel." + f.Key)
	case statistics.ByApplicant:
		return p.words.T("statistics.applicant." + f.Key)
	}
	return in(p.words, f.Name)
}

// monthIn names a month of an address.
func monthIn(key string) string {
	month, _ := time.Parse("2006-01", key)
	return month.Format("01.2006")
}

// chosen narrows the lists of the line with that key to its cases. The sum has no key.
func chosen(q statistics.Question, key string) url.Values {
	if key == "" {
		return nil
	}
	if q.By != statistics.ByMonth {
		return url.Values{string(q.By): {key}}
	}
	first, _ := time.Parse("2006-01", key)
	last := first.AddDate(0, 1, -1)
	if first.Before(q.From) {
		first = q.From
	}
	if last.After(q.To) {
		last = q.To
	}
	return url.Values{"from": {first.Format(time.DateOnly)}, "to": {last.Format(time.DateOnly)}}
}

// draw makes the bars of the lines that have a median.
func (p *figuresPage) draw() {
	most := 1
	for _, l := range p.Lines {
		median, ok := l.now.Took.Median()
		if !ok || len(p.Bars) == mostBars {
			continue
		}
		b := bar{Name: l.Name, Median: median}
		b.Ninety, b.HasNinety = l.now.Took.Ninety()
		most = max(most, b.Median, b.Ninety)
		p.Bars = append(p.Bars, b)
	}
	for i := range p.Bars {
		b := &p.Bars[i]
		b.MedianWide, b.NinetyWide = widest*float64(b.Median)/float64(most), widest*float64(b.Ninety)/float64(most)
	}
}

// headings of the table and the print.
func (p *figuresPage) headings() []string {
	head := []string{p.words.T("statistics.by." + string(p.Asked.By))}
	for _, col := range columns {
		name := p.words.T("statistics.column." + col.key)
		head = append(head, name)
		if p.Compared != "" {
			head = append(head, p.words.T("statistics.before", name))
		}
	}
	return head
}

// cells of a line of the table. A median that is not said is an empty cell.
func (l line) cells(compares bool) []sheet.Cell {
	row := []sheet.Cell{sheet.Text(l.Name)}
	for _, col := range columns {
		row = append(row, numberOr(col.value(l.now)))
		switch {
		case !compares:
		case l.before == nil:
			row = append(row, sheet.Text(""))
		default:
			row = append(row, numberOr(col.value(*l.before)))
		}
	}
	return row
}

// figuresTable sends the figures as a table.
func (h handlers) figuresTable(c *gin.Context) error {
	leave, err := h.alone(c)
	if err != nil {
		return err
	}
	defer leave()
	page, err := h.taken(c)
	if err != nil {
		return err
	}
	p := page.words
	var rows [][]sheet.Cell
	for _, l := range page.Lines {
		rows = append(rows, l.cells(page.Compared != ""))
	}
	lines := append(page.printedFor(), p.T("statistics.taken", p.DateTimeShort(h.Now())))
	return sendFigures(c, figureSheet{fileOf(p.T("statistics.file"), page.Asked), p.T("statistics.title"), page.headings(), rows, lines})
}

// taken is the answer to a question whose figures are taken away.
func (h handlers) taken(c *gin.Context) (*figuresPage, error) {
	page, err := h.question(c)
	if err != nil {
		return nil, err
	}
	if !page.Form.OK() {
		return nil, fault.InvalidFields(page.Form.Errors()...)
	}
	return page, h.answer(c, page)
}

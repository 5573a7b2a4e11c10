package journals

import (
	"bytes"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/sheet"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type countsPage struct {
	web.Page
	Form        *web.Form
	Asked       journals.Question
	BeforeFrom  time.Time
	BeforeTo    time.Time
	Lines       []countLine
	Sums        countLine
	Bars        []bar
	List        ui.Listing
	Views       ui.SubNavigation
	Bys         []ui.SelectItem
	Centres     []ui.SelectItem
	Authorities []ui.SelectItem
	Services    []ui.SelectItem
	Workbook    string
	CSV         string
	words       *locale.Printer
}

// countLine is one line of the counts: a number of each journal, with that of the period before and the list behind both.
type countLine struct {
	Name  string
	Cells []countCell
}

// countCell is a number with the list that has as many entries.
type countCell struct {
	Now, Before      int
	Href, BeforeHref string
	ShowsBefore      bool
}

// bar are the bars of one line in the chart, wide in per cent of the chart.
type bar struct {
	Name                string
	Now, Before         int
	NowWide, BeforeWide float64
}

// widest leaves room for the number behind the longest bar on a phone.
const widest = 80

// mostBars is how many lines the chart shows, the first ones.
const mostBars = 20

// Journals are the columns of the counts.
func (p *countsPage) Journals() []journals.Journal { return journals.All }

// Counted is the number of a line in a column of the table, of which the first has the names.
func (p *countsPage) Counted(line countLine, column int) countCell { return line.Cells[column-1] }

// Compares says whether the period before is shown line by line: months have none.
func (p *countsPage) Compares() bool { return p.Asked.By != journals.ByMonth }

// KindOfDay is the type of the field for a day.
func (p *countsPage) KindOfDay(name string) string { return request.KindOfDay(p.Form, name) }

// countsFilter is what the question can ask.
var countsFilter = request.Filter{
	"from": request.AnyText, "to": request.AnyText, "by": request.OneOf(journals.Breakdowns...), "centre": request.AnyID, "authority": request.AnyID, "service": request.AnyID,
}

// mostYears is how long a period can be.
const mostYears = 5

// question reads the question of the address: without days it is about the year so far, by centre.
func (h handlers) question(c *gin.Context) (*web.Form, journals.Question, error) {
	form, err := request.ReadFilter(c, countsFilter)
	if err != nil {
		return nil, journals.Question{}, err
	}
	today := workdays.DateOf(h.Now())
	if form.Value("by") == "" {
		form.Set("by", string(journals.ByCentre))
	}
	q := journals.Question{
		By: journals.By(form.Value("by")), Centre: request.FormID(form, "centre"), Authority: request.FormID(form, "authority"), Service: request.FormID(form, "service"),
	}
	q.From = request.Day(form, "from", time.Date(today.Year(), 1, 1, 0, 0, 0, 0, time.UTC))
	q.To = request.Day(form, "to", today)
	if !form.OK() {
		return form, q, nil
	}
	form.Check(!q.To.Before(q.From), "from", "journals.bad_dates")
	form.Check(!q.From.AddDate(mostYears, 0, 0).Before(q.To), "from", "journals.long_period", mostYears)
	return form, q, nil
}

// counts answers how many entries there are, each number with the list behind it.
func (h handlers) counts(c *gin.Context) error {
	form, q, err := h.question(c)
	if err != nil {
		return err
	}
	page := &countsPage{Page: web.Page{Wide: true}, Form: form, Asked: q, words: h.site.Printer(c)}
	page.BeforeFrom, page.BeforeTo = q.Before()
	if form.OK() {
		list, err := h.Journals.Counts(c.Request.Context(), session.Actor(c), q)
		if err != nil {
			return err
		}
		page.fill(list)
	}
	page.List = ui.Listing{Filtered: request.Query(c) != "", ClearHref: "/journals/counts", Total: len(page.Lines), Page: 1, Pages: 1}
	table := func(kind sheet.Kind) string {
		v, _ := url.ParseQuery(request.Query(c))
		v.Set("kind", string(kind))
		return "/journals/counts/table?" + v.Encode()
	}
	page.Workbook, page.CSV = table(sheet.XLSX), table(sheet.CSV)
	if err := h.countChoices(c, page); err != nil {
		return err
	}
	if !form.OK() {
		return h.site.Invalid(c, "journals/counts_show", form, page)
	}
	return h.site.Render(c, http.StatusOK, "journals/counts_show", page)
}

func (h handlers) countChoices(c *gin.Context, page *countsPage) error {
	centres, authorities, services, err := h.Journals.Choices(c.Request.Context(), session.Actor(c))
	if err != nil {
		return err
	}
	p := page.words
	of := func(one journals.Choice) (string, locale.Text) { return one.ID.String(), one.Name }
	page.Centres, page.Authorities, page.Services = request.Options(p, p.T("journals.any"), centres, of), request.Options(p, p.T("journals.any"), authorities, of), request.Options(p, p.T("journals.any"), services, of)
	for _, by := range journals.Breakdowns {
		page.Bys = append(page.Bys, ui.SelectItem{Value: by, Text: p.T("journals.by." + by)})
	}
	page.Views = views(p, "counts")
	return nil
}

// fill makes lines, sums and bars of the counts.
func (p *countsPage) fill(list []journals.Count) {
	sums := journals.Count{Now: map[journals.Journal]int{}, Before: map[journals.Journal]int{}}
	for _, one := range list {
		line := countLine{Name: nameOf(p.words, one)}
		for _, j := range journals.All {
			sums.Now[j] += one.Now[j]
			sums.Before[j] += one.Before[j]
			line.Cells = append(line.Cells, countCell{
				Now: one.Now[j], Before: one.Before[j], ShowsBefore: p.Compares(),
				Href: p.listOf(j, one, p.Asked.From, p.Asked.To), BeforeHref: p.listOf(j, one, p.BeforeFrom, p.BeforeTo),
			})
		}
		p.Lines = append(p.Lines, line)
		if len(p.Bars) < mostBars {
			p.Bars = append(p.Bars, bar{Name: line.Name, Now: one.Now[journals.Applications], Before: one.Before[journals.Applications]})
		}
	}
	most := 1
	for _, b := range p.Bars {
		most = max(most, b.Now, b.Before)
	}
	for i := range p.Bars {
		p.Bars[i].NowWide, p.Bars[i].BeforeWide = widest*float64(p.Bars[i].Now)/float64(most), widest*float64(p.Bars[i].Before)/float64(most)
	}
	p.Sums = countLine{Name: p.words.T("journals.sum")}
	for _, j := range journals.All {
		p.Sums.Cells = append(p.Sums.Cells, countCell{Now: sums.Now[j], Before: sums.Before[j], ShowsBefore: p.Compares()})
	}
}

func nameOf(p *locale.Printer, one journals.Count) string {
	if one.Month.IsZero() {
		return in(p, one.Name)
	}
	return one.Month.Format("01.2006")
}

// listOf is the address of the journal narrowed to what a number counts.
func (p *countsPage) listOf(j journals.Journal, one journals.Count, from, to time.Time) string {
	v := url.Values{}
	set := func(name string, id uuid.UUID) {
		if id != uuid.Nil {
			v.Set(name, id.String())
		}
	}
	set("centre", p.Asked.Centre)
	set("authority", p.Asked.Authority)
	set("service", p.Asked.Service)
	if one.Month.IsZero() {
		set(string(p.Asked.By), one.ID)
	} else {
		from, to = later(from, one.Month), earlier(to, one.Month.AddDate(0, 1, -1))
	}
	v.Set("from", from.Format(time.DateOnly))
	v.Set("to", to.Format(time.DateOnly))
	return "/journals/" + string(j) + "?" + v.Encode()
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// countsTable sends the counts as a table.
func (h handlers) countsTable(c *gin.Context) error {
	form, q, err := h.question(c)
	if err != nil {
		return err
	}
	if !form.OK() {
		return fault.InvalidFields(form.Errors()...)
	}
	list, err := h.Journals.Counts(c.Request.Context(), session.Actor(c), q)
	if err != nil {
		return err
	}
	p, kind := h.site.Printer(c), kindOf(c)
	compares := q.By != journals.ByMonth
	head := []string{p.T("journals.by." + string(q.By))}
	for _, j := range journals.All {
		head = append(head, p.T("journals.name."+string(j)))
		if compares {
			head = append(head, p.T("journals.name."+string(j))+", "+p.T("journals.before"))
		}
	}
	var b bytes.Buffer
	out, err := sheet.New(kind, &b, p.T("journals.counts"), head)
	if err != nil {
		return err
	}
	for _, one := range list {
		row := []sheet.Cell{sheet.Text(nameOf(p, one))}
		for _, j := range journals.All {
			row = append(row, sheet.Number(float64(one.Now[j])))
			if compares {
				row = append(row, sheet.Number(float64(one.Before[j])))
			}
		}
		if err := out.Row(row...); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	sends(c, p.T("journals.counts_file"), kind)
	c.Data(http.StatusOK, kind.MediaType(), b.Bytes())
	return nil
}

package statistics

import (
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/sheet"
	"portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

const pageSize = 50

type casesPage struct {
	web.Page
	Form     *web.Form
	Asked    statistics.Filter
	Found    statistics.Page
	List     ui.Listing
	Narrowed []string
	First    string // address of the first page; "" on it
	Older    string // of the next one; "" on the last
	Workbook string
	CSV      string
	actor    access.Actor
	words    *locale.Printer
}

// caseColumns are the columns of the list and of its table.
var caseColumns = []struct {
	key   string
	value func(p *locale.Printer, c statistics.Case) sheet.Cell
}{
	{"number", func(_ *locale.Printer, c statistics.Case) sheet.Cell { return sheet.Text(c.Number) }},
	{"service", func(p *locale.Printer, c statistics.Case) sheet.Cell { return sheet.Text(in(p, c.Service)) }},
	{"centre", func(p *locale.Printer, c statistics.Case) sheet.Cell { return sheet.Text(in(p, c.Centre)) }},
	{"authority", func(p *locale.Printer, c statistics.Case) sheet.Cell { return sheet.Text(in(p, c.Authority)) }},
	{"registered", func(_ *locale.Printer, c statistics.Case) sheet.Cell { return sheet.Day(c.RegisteredOn) }},
	{"due", func(_ *locale.Printer, c statistics.Case) sheet.Cell { return sheet.Day(c.DueOn) }},
	{"completed", func(_ *locale.Printer, c statistics.Case) sheet.Cell { return sheet.Day(c.CompletedOn) }},
	{"outcome", func(p *locale.Printer, c statistics.Case) sheet.Cell {
		return sheet.Text(p.T("statistics.outcome." + c.Outcome))
	}},
	{"took", func(_ *locale.Printer, c statistics.Case) sheet.Cell { return sheet.Number(float64(c.Took)) }},
	{"stood", func(_ *locale.Printer, c statistics.Case) sheet.Cell { return sheet.Number(float64(c.Stood)) }},
	{"handed", func(_ *locale.Printer, c statistics.Case) sheet.Cell {
		if c.Handed == nil {
			return sheet.Text("")
		}
		return sheet.Number(float64(*c.Handed))
	}},
	{"lateness", func(p *locale.Printer, c statistics.Case) sheet.Cell {
		if !c.Late {
			return sheet.Text("")
		}
		return sheet.Text(p.T("statistics.is_late"))
	}},
}

// Columns are the keys of the columns.
func (p *casesPage) Columns() (list []string) {
	for _, c := range caseColumns {
		list = append(list, c.key)
	}
	return list
}

// Cell is what a case has in a column.
func (p *casesPage) Cell(c statistics.Case, i int) string {
	return caseColumns[i].value(p.words, c).String()
}

// Numeric says whether a column has numbers of days.
func (p *casesPage) Numeric(key string) bool {
	return key == "took" || key == "stood" || key == "handed"
}

// Unbroken says whether the words of a column stay whole.
func (p *casesPage) Unbroken(key string) bool {
	return key == "number" || key == "registered" || key == "due" || key == "completed"
}

// Words are what a case has in a column, word by word: names of places are not broken within one.
func (p *casesPage) Words(c statistics.Case, i int) []string { return strings.Fields(p.Cell(c, i)) }

// Opens is the address of a case, where the reader may open it; "" elsewhere.
func (p *casesPage) Opens(c statistics.Case) string {
	if !access.Can(p.actor, cases.View, c.Object()) {
		return ""
	}
	return "/cases/" + c.ID.String()
}

// casesFilter is what a list can be narrowed to.
var casesFilter = with(periodFilter, request.Filter{
	"of": request.OneOf(statistics.Whats...), "channel": request.OneOf(cases.Counter, cases.Online), "applicant": request.OneOf("person", "entrepreneur", "entity"), "after": isPlace,
})

func isPlace(value string) bool {
	_, ok := placeOf(value)
	return ok
}

// placeOf reads a place in a list as an address names it: day and case.
func placeOf(value string) (at statistics.Place, ok bool) {
	day, id, _ := strings.Cut(value, ".")
	if !isDay(day) {
		return at, false
	}
	at.Day, _ = time.Parse(time.DateOnly, day)
	parsed, err := uuid.Parse(id)
	at.ID = parsed
	return at, err == nil && parsed != uuid.Nil
}

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
	}, nil
}

// cases lists the cases that a figure counts.
func (h handlers) cases(c *gin.Context) error {
	form, f, err := h.asked(c)
	if err != nil {
		return err
	}
	page := &casesPage{Page: web.Page{Wide: true}, Form: form, Asked: f, actor: session.Actor(c), words: h.site.Printer(c)}
	at, _ := placeOf(form.Value("after"))
	if form.OK() {
		if page.Found, err = h.Statistics.List(c.Request.Context(), session.Actor(c), f, at, pageSize); err != nil {
			return err
		}
	}
	page.List = ui.Listing{Total: page.Found.Total, Page: 1, Pages: 1}
	page.Back = &ui.Link{Href: address(c, "/statistics", "of", "", "channel", "", "applicant", "", "after", ""), Text: page.words.T("statistics.title")}
	if n := len(page.Found.Cases); n > 0 && page.Found.More {
		last := page.Found.Cases[n-1].Place()
		page.Older = address(c, "/statistics/cases", "after", last.Day.Format(time.DateOnly)+"."+last.ID.String())
	}
	if at.ID != uuid.Nil {
		page.First = address(c, "/statistics/cases", "after", "")
	}
	page.Workbook, page.CSV = address(c, "/statistics/cases/table", "after", "", "kind", string(sheet.XLSX)), address(c, "/statistics/cases/table", "after", "", "kind", string(sheet.CSV))
	if page.Narrowed, err = h.narrowed(c, f); err != nil {
		return err
	}
	if !form.OK() {
		return h.site.Invalid(c, "statistics/case_list", form, page)
	}
	return h.site.Render(c, http.StatusOK, "statistics/case_list", page)
}

// narrowed says in words how a list is narrowed.
func (h handlers) narrowed(c *gin.Context, f statistics.Filter) (words []string, err error) {
	p := h.site.Printer(c)
	centres, authorities, services, err := h.Statistics.Choices(c.Request.Context(), session.Actor(c))
	if err != nil {
		return nil, err
	}
	for _, one := range []struct {
		key  string
		id   uuid.UUID
		from []statistics.Choice
	}{{"statistics.print_centre", f.Centre, centres}, {"statistics.print_authority", f.Authority, authorities}, {"statistics.print_service", f.Service, services}} {
		for _, choice := range one.from {
			if choice.ID == one.id {
				words = append(words, p.T(one.key, in(p, choice.Name)))
			}
		}
	}
	if f.Channel != "" {
		words = append(words, p.T("statistics.print_channel", p.T("statistics.channel."+f.Channel)))
	}
	if f.Applicant != "" {
		words = append(words, p.T("statistics.print_applicant", p.T("statistics.applicant."+f.Applicant)))
	}
	return words, nil
}

// tablePatience is how long the slowest line may take for a table.
const tablePatience = 5 * time.Minute

// casesTable sends the list with the columns of its page, row by row.
func (h handlers) casesTable(c *gin.Context) error {
	form, f, err := h.asked(c)
	if err != nil {
		return err
	}
	if !form.OK() {
		return fault.InvalidFields(form.Errors()...)
	}
	leave, err := h.alone(c)
	if err != nil {
		return err
	}
	defer leave()
	web.Extend(c, tablePatience)
	kind, p := kindOf(c), h.site.Printer(c)
	sends(c, p.T("statistics.cases_file"), string(kind), "attachment")
	c.Header("Content-Type", kind.MediaType())
	c.Status(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return nil
	}
	if err := h.writeCases(c, kind, f); err != nil {
		if !c.Writer.Written() { // what failed is told as a page, and not as a file
			header := c.Writer.Header()
			header.Del("Content-Disposition")
			header.Del("Content-Type")
			return err
		}
		h.site.Fail(c, err)
		panic(http.ErrAbortHandler) // so that nobody takes the part that was sent for the whole
	}
	return nil
}

func (h handlers) writeCases(c *gin.Context, kind sheet.Kind, f statistics.Filter) error {
	p, head := h.site.Printer(c), make([]string, len(caseColumns))
	for i, col := range caseColumns {
		head[i] = p.T("statistics.column." + col.key)
	}
	var out sheet.Writer
	begin := func() (err error) {
		if out == nil {
			out, err = sheet.New(kind, c.Writer, p.T("statistics.of."+string(f.What)), head)
		}
		return err
	}
	row := make([]sheet.Cell, len(caseColumns))
	err := h.Statistics.Each(c.Request.Context(), session.Actor(c), f, func(one statistics.Case) error {
		if err := begin(); err != nil { // with the first row: what fails before it is told as a page
			return err
		}
		for i, col := range caseColumns {
			row[i] = col.value(p, one)
		}
		return out.Row(row...)
	})
	if err == nil {
		err = begin()
	}
	if err == nil {
		err = out.Close()
	}
	return err
}

package statistics

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/sheet"
	"portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

const pageSize = 50

// listPage is a list behind a figure: of cases, of stages, or of cases that wait.
type listPage struct {
	web.Page
	Form     *web.Form
	Title    string
	Counting int    // as on the page of figures
	Period   string // which days it is of
	Means    string // what its title means; "" where nobody asks
	Narrowed []string
	Counted  string // how many lines there are, in words
	List     ui.Listing
	Columns  []listColumn
	Rows     []listed
	First    string // address of the first page; "" on it
	Older    string // of the next one; "" on the last
	Workbook string
	CSV      string
}

// listColumn is a column of a list and of its table.
type listColumn struct {
	Key      string
	Number   bool // days
	Unbroken bool
	Long     bool // a text in lines
}

// listed is a line of a list: what it has in each column, and the case that it opens; "" where the reader may not open that.
type listed struct {
	Href  string
	cells []sheet.Cell
	words *locale.Printer
}

// Cell is what a line has in a column, days as the reader writes them.
func (l listed) Cell(i int) string {
	if at, ok := l.cells[i].Date(); ok {
		return l.words.DateShort(at)
	}
	return l.cells[i].String()
}

// Words are what a line has in a column, word by word: names of places are not broken within one.
func (l listed) Words(i int) []string { return strings.Fields(l.Cell(i)) }

// opens is the address of a case, where the actor may open it; "" elsewhere.
func opens(actor access.Actor, c statistics.Case) string {
	if !access.Can(actor, cases.View, c.Object()) {
		return ""
	}
	return "/cases/" + c.ID.String()
}

// optional is a number of days that there may not be.
func optional(days *int) sheet.Cell {
	if days == nil {
		return sheet.Text("")
	}
	return sheet.Number(float64(*days))
}

// lateness says that something was late.
func lateness(p *locale.Printer, late bool) sheet.Cell {
	if !late {
		return sheet.Text("")
	}
	return sheet.Text(p.T("statistics.is_late"))
}

// narrowed says in words how a list is narrowed, with more.
func (h handlers) narrowed(c *gin.Context, q statistics.Question, more []string) (words []string, err error) {
	p := h.site.Printer(c)
	centres, authorities, services, err := h.Statistics.Choices(c.Request.Context(), session.Actor(c))
	if err != nil {
		return nil, err
	}
	for _, one := range []struct {
		key  string
		id   uuid.UUID
		from []statistics.Choice
	}{{"statistics.print_centre", q.Centre, centres}, {"statistics.print_authority", q.Authority, authorities}, {"statistics.print_service", q.Service, services}} {
		for _, choice := range one.from {
			// A head's only centre has all their cases; their only authority need not answer for each.
			if choice.ID == one.id || len(one.from) == 1 && one.key == "statistics.print_centre" {
				words = append(words, p.T(one.key, in(p, choice.Name)))
			}
		}
	}
	return append(words, more...), nil
}

// partyIn names a party of the actor's cases; "" where they have none of that id.
func (h handlers) partyIn(c *gin.Context, id uuid.UUID) (string, error) {
	centres, authorities, _, err := h.Statistics.Choices(c.Request.Context(), session.Actor(c))
	if err != nil {
		return "", err
	}
	for _, choice := range slices.Concat(centres, authorities) {
		if choice.ID == id {
			return in(h.site.Printer(c), choice.Name), nil
		}
	}
	return "", nil
}

// periodIn says which days a list is of, and in which days it counts.
func periodIn(p *locale.Printer, q statistics.Question) string {
	return p.T("statistics.period", p.DateShort(q.From), p.DateShort(q.To), p.T("statistics.unit."+string(q.In)))
}

// fileOf is the name of a file about the period of a question.
func fileOf(name string, q statistics.Question) string {
	return name + "-" + q.From.Format(time.DateOnly) + "-" + q.To.Format(time.DateOnly)
}

// notes writes lines below a table, behind an empty one.
func notes(out sheet.Writer, lines []string) error {
	for _, line := range append([]string{""}, lines...) {
		if err := out.Row(sheet.Text(line)); err != nil {
			return err
		}
	}
	return nil
}

// figureSheet is a table of figures to be taken away. It is short: the longest has a row for each service.
type figureSheet struct {
	file, title string
	head        []string
	rows        [][]sheet.Cell
	notes       []string // what it is of, below the rows
}

// sendFigures sends the table in the kind that the address asks for, once all of it is made: a fault is a page and no broken file.
func sendFigures(c *gin.Context, t figureSheet) error {
	kind := kindOf(c)
	var b bytes.Buffer
	out, err := sheet.New(kind, &b, t.title, t.head)
	if err != nil {
		return err
	}
	for _, row := range t.rows {
		if err := out.Row(row...); err != nil {
			return err
		}
	}
	if err := notes(out, t.notes); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	sends(c, t.file, string(kind), "attachment")
	c.Data(http.StatusOK, kind.MediaType(), b.Bytes())
	return nil
}

// noted says below a table what it is of: its name, its days, how it is narrowed, that it is not whole yet, and when it was taken.
func (h handlers) noted(c *gin.Context, title, period string, q statistics.Question, more ...string) ([]string, error) {
	words, err := h.narrowed(c, q, more)
	if err != nil {
		return nil, err
	}
	p := h.site.Printer(c)
	lines := append([]string{title, period}, words...)
	counting, err := h.counting(c.Request.Context())
	if err != nil {
		return nil, err
	}
	if counting >= 0 && !q.From.IsZero() {
		lines = append(lines, p.T("statistics.counting", counting))
	}
	return append(lines, p.T("statistics.taken", p.DateTimeShort(h.Now()))), nil
}

// tablePatience is how long the slowest line may take for a table.
const tablePatience = 5 * time.Minute

// table is a list that is taken away, with lines below it that say what it is of.
type table struct {
	file, title string
	notes       []string
	columns     []listColumn
	each        func(write func(cells []sheet.Cell) error) error
}

// send sends the table row by row.
func (h handlers) send(c *gin.Context, form *web.Form, t table) error {
	if !form.OK() {
		return fault.InvalidFields(form.Errors()...)
	}
	leave, err := h.alone(c)
	if err != nil {
		return err
	}
	defer leave()
	web.Extend(c, tablePatience)
	kind := kindOf(c)
	sends(c, t.file, string(kind), "attachment")
	c.Header("Content-Type", kind.MediaType())
	c.Status(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return nil
	}
	if err := t.write(c, h.site.Printer(c), kind); err != nil {
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

func (t table) write(c *gin.Context, p *locale.Printer, kind sheet.Kind) error {
	head := make([]string, len(t.columns))
	for i, col := range t.columns {
		head[i] = p.T("statistics.column." + col.Key)
	}
	var out sheet.Writer
	begin := func() (err error) {
		if out == nil {
			out, err = sheet.New(kind, c.Writer, t.title, head)
		}
		return err
	}
	err := t.each(func(cells []sheet.Cell) error {
		if err := begin(); err != nil { // with the first row: what fails before it is told as a page
			return err
		}
		return out.Row(cells...)
	})
	if err == nil {
		err = begin()
	}
	if err == nil {
		err = notes(out, t.notes)
	}
	if err == nil {
		err = out.Close()
	}
	return err
}

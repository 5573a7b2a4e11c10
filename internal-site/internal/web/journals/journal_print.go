package journals

import (
	"mime"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/paper"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// mostPrinted is how many entries are printed at once: some two hundred sheets.
const mostPrinted = 3000

// errTooMuch ends the reading of a journal of which more than that would be printed.
var errTooMuch = fault.New(fault.Invalid, "journals.too_much_to_print", mostPrinted)

// print sets the journal as it is narrowed on A4, in the order of its numbers.
func (h handlers) print(c *gin.Context) error {
	form, f, err := asked(c)
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
	p := h.site.Printer(c)
	register, columns, err := h.register(c, p, f)
	if err != nil {
		return err
	}
	var years []int
	err = h.Journals.Each(c.Request.Context(), session.Actor(c), f, func(e journals.Entry) error {
		if len(register.Rows) == mostPrinted {
			return errTooMuch
		}
		row := make([]string, len(columns))
		for i, col := range columns {
			if col.value != nil {
				row[i] = col.value(p, e).String()
			}
		}
		register.Rows, years = append(register.Rows, row), append(years, e.Year)
		return nil
	})
	if err != nil {
		return err
	}
	withYears(register.Rows, slices.IndexFunc(columns, func(col column) bool { return col.key == number.key }), years)
	pdf, err := h.set(c, register)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": p.T("journals.file."+string(f.Journal)) + ".pdf"}))
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, paper.MediaType, pdf)
	return nil
}

// set sets a print when few others are being set.
func (h handlers) set(c *gin.Context, register paper.Register) ([]byte, error) {
	select {
	case h.setting <- struct{}{}:
		defer func() { <-h.setting }()
		return paper.PrintRegister(register)
	case <-c.Request.Context().Done():
		return nil, c.Request.Context().Err()
	}
}

// withYears puts the year beside the number of each line where lines are of several years: numbers begin anew with each.
func withYears(rows [][]string, number int, years []int) {
	if len(years) == 0 || slices.Min(years) == slices.Max(years) {
		return
	}
	for i, year := range years {
		rows[i][number] += "/" + strconv.Itoa(year)
	}
}

// centreShare is the share of the column that says which centre's a line is, where there are several.
const centreShare = 14

// unbroken are the columns whose words are not broken in print.
var unbroken = []string{"number", "at", "case", "request", "due", "state", "answered"}

// register is the sheet without its rows, and the columns that it has.
func (h handlers) register(c *gin.Context, p *locale.Printer, f journals.Filter) (paper.Register, []column, error) {
	user, _ := session.User(c)
	centres, authorities, services, err := h.Journals.Choices(c.Request.Context(), session.Actor(c))
	if err != nil {
		return paper.Register{}, nil, err
	}
	if len(centres) == 1 {
		f.Centre = centres[0].ID
	}
	r := paper.Register{
		Title: p.T("journals.sheet." + string(f.Journal)), Made: h.Now(),
		Lines: append(printedFor(p, f, centres, authorities, services), p.T("journals.printed", p.DateTimeShort(h.Now()), user.FullName)),
		Foot:  func(page, rows, sum int) string { return p.T("journals.page_foot", page, rows, sum) },
		End:   []string{p.T("journals.sign_clerk"), p.T("journals.sign_head")},
	}
	var columns []column
	for _, col := range columnsOf[f.Journal] {
		if col.key == centre.key {
			if f.Centre != uuid.Nil {
				continue
			}
			col.share = centreShare
		}
		columns = append(columns, col)
		r.Columns = append(r.Columns, paper.Column{Heading: p.T("journals.column." + col.key), Share: col.share, Whole: slices.Contains(unbroken, col.key)})
	}
	return r, columns, nil
}

// printedFor says whose journal it is, and how it is narrowed.
func printedFor(p *locale.Printer, f journals.Filter, centres, authorities, services []journals.Choice) (lines []string) {
	for _, one := range []struct {
		key  string
		id   [16]byte
		from []journals.Choice
	}{{"journals.print_centre", f.Centre, centres}, {"journals.print_authority", f.Authority, authorities}, {"journals.print_service", f.Service, services}} {
		for _, choice := range one.from {
			if choice.ID == one.id {
				lines = append(lines, p.T(one.key, in(p, choice.Name)))
			}
		}
	}
	switch {
	case !f.From.IsZero() && !f.To.IsZero():
		lines = append(lines, p.T("journals.print_days", p.DateShort(f.From), p.DateShort(f.To)))
	case !f.From.IsZero():
		lines = append(lines, p.T("journals.print_since", p.DateShort(f.From)))
	case !f.To.IsZero():
		lines = append(lines, p.T("journals.print_until", p.DateShort(f.To)))
	}
	if f.State != "" {
		lines = append(lines, p.T("journals.print_state", p.T("journals.state."+f.State)))
	}
	if f.Q != "" {
		lines = append(lines, p.T("journals.print_sought", f.Q))
	}
	return lines
}

package statistics

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/paper"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
)

// figuresPrint sets the figures on A4 as the page shows them: what of, over which days, how narrowed, who printed it and when.
func (h handlers) figuresPrint(c *gin.Context) error {
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
	user, _ := session.User(c)
	r := paper.Register{
		Title: p.T("statistics.heading"), Made: h.Now(),
		Lines: append(page.printedFor(), p.T("statistics.printed", p.DateTimeShort(h.Now()), user.FullName)),
		Foot:  func(page, _, _ int) string { return p.T("statistics.page_foot", page) },
		End:   []string{p.T("statistics.measured"), p.T("statistics.few", page.Few(), page.FewNinety())},
	}
	r.Columns = append(r.Columns, paper.Column{Heading: p.T("statistics.by." + string(page.Asked.By)), Share: 22})
	for _, col := range columns {
		r.Columns = append(r.Columns, paper.Column{Heading: p.T("statistics.column." + col.key), Share: col.share, Whole: true, Number: true})
	}
	for _, l := range page.Lines {
		row := []string{l.Name}
		for i := range columns {
			one := page.Cell(l, i+1)
			text := one.Text
			if text == "" {
				text = "–"
			}
			if one.Before != "" {
				text += "\n(" + one.Before + ")"
			}
			row = append(row, text)
		}
		r.Rows = append(r.Rows, row)
	}
	pdf, err := paper.PrintRegister(r)
	if err != nil {
		return err
	}
	sends(c, fileOf(p.T("statistics.file"), page.Asked), "pdf", "inline")
	c.Data(http.StatusOK, paper.MediaType, pdf)
	return nil
}

// printedFor says which days the figures are of, and how they are narrowed.
func (p *figuresPage) printedFor() []string {
	w := p.words
	lines := []string{w.T("statistics.print_days", w.DateShort(p.Asked.From), w.DateShort(p.Asked.To), w.T("statistics.unit."+string(p.Asked.In)))}
	if p.Counting >= 0 {
		lines = append(lines, w.T("statistics.counting", p.Counting))
	}
	for _, one := range []struct {
		name, key string
		from      []ui.SelectItem
	}{{"centre", "statistics.print_centre", p.Centres}, {"authority", "statistics.print_authority", p.Authorities}, {"service", "statistics.print_service", p.Services}} {
		for _, item := range one.from {
			// A head's only centre has all their cases; their only authority need not answer for each.
			if item.Value != "" && (item.Value == p.Form.Value(one.name) || len(one.from) == 2 && one.name == "centre") {
				lines = append(lines, w.T(one.key, item.Text))
			}
		}
	}
	if p.Compared != "" {
		lines = append(lines, w.T("statistics.print_compared", w.DateShort(p.Before.From), w.DateShort(p.Before.To)))
	}
	return lines
}

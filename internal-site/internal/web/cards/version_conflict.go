package cards

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// conflict shows what is saved and what was typed; the saved version may have left its draft meanwhile.
func (p pages[C]) conflict(c *gin.Context, mine catalogue.Version[C], form *web.Form) error {
	ctx, words := c.Request.Context(), p.site.Printer(c)
	saved, err := p.versions.Get(ctx, mine.ID)
	if err != nil {
		return err
	}
	by, err := p.versions.LastChange(ctx, mine.ServiceID)
	if err != nil {
		return err
	}
	sections, err := p.own.sections(c)
	if err != nil {
		return err
	}
	page := &conflict.Page{
		Action: p.base(mine.Meta) + "/edit", Saved: p.base(mine.Meta), Overwrite: saved.State == catalogue.Draft, By: by,
		Rows: metaRows(words, saved.Meta, mine.Meta), Latest: p.formOf(saved).All(),
	}
	for _, change := range catalogue.Diff(sections(saved.Content), sections(mine.Content)) {
		page.Rows = append(page.Rows, rowOf(words, change))
	}
	return conflict.Render(p.site, c, page, form.All(), strconv.Itoa(saved.Version))
}

// metaRows compares what versions say of themselves.
func metaRows(p *locale.Printer, saved, mine catalogue.Meta) []conflict.Row {
	var rows []conflict.Row
	if !saved.EffectiveFrom.Equal(mine.EffectiveFrom) {
		rows = append(rows, conflict.Row{
			Field: "effective_from", Label: p.T("cards.effective"), Saved: []string{p.Date(saved.EffectiveFrom)}, Mine: []string{p.Date(mine.EffectiveFrom)},
		})
	}
	if saved.ChangeNote != mine.ChangeNote {
		rows = append(rows, conflict.Row{Field: "change_note", Label: p.T("cards.change_note"), Saved: []string{saved.ChangeNote}, Mine: []string{mine.ChangeNote}})
	}
	return rows
}

// rowOf shows a section that differs, whole on both sides.
func rowOf(p *locale.Printer, change catalogue.Change) conflict.Row {
	row := conflict.Row{Field: change.Section, Label: p.T("cards.section." + change.Section)}
	for _, l := range change.Lines {
		if l.Op != '+' {
			row.Saved = append(row.Saved, l.Text)
		}
		if l.Op != '-' {
			row.Mine = append(row.Mine, l.Text)
		}
	}
	return row
}

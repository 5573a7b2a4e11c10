package cards

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/formtree"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

const maxTemplate = 20 << 20

// xlsx is a spreadsheet: a zip file like DOCX.
var xlsx = web.FileType{
	Name: "XLSX", Extensions: []string{".xlsx"}, Matches: web.DOCX.Matches,
	MediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

var templateLimits = web.UploadLimits{
	File: maxTemplate, Total: maxTemplate, Files: 1, Types: []web.FileType{web.PDF, web.DOCX, web.ODT, xlsx},
}

type cardEditPage struct {
	web.Page
	Service   catalogue.Service
	Card      catalogue.Card // what was typed
	Form      *web.Form
	Acts      []ui.SelectItem
	Forms     []ui.SelectItem
	FeeKinds  []ui.Choice
	Yes       []ui.Choice
	FileNames map[uuid.UUID]string
}

// editForm is everything of a version that is typed, beside its content.
type editForm struct {
	Version int       `form:"version"`
	From    time.Time `form:"effective_from"`
	Note    string    `form:"change_note"`
}

// Fee kinds: an imported card may say nothing about payment.
const (
	feeFree    = "free"
	feePaid    = "paid"
	feeUnknown = "not_stated"
)

// formOf is the form that shows a version.
func formOf(m catalogue.Meta, content any) *web.Form {
	form := web.FormOf(editForm{m.Version, inKyiv(m.EffectiveFrom), m.ChangeNote})
	for name, values := range formtree.Encode(content) {
		form.Set(name, values...)
	}
	if card, ok := content.(contract.Card); ok {
		form.Set("fee.kind", feeKind(card.Fee))
	}
	return form
}

func feeKind(f contract.Fee) string {
	switch {
	case f.Paid:
		return feePaid
	case f.NotStated:
		return feeUnknown
	}
	return feeFree
}

// inKyiv is a date as date inputs know it: midnight in Kyiv.
func inKyiv(date time.Time) time.Time {
	y, m, d := date.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, locale.Kyiv())
}

// read takes the form of a card apart; what cannot be read becomes a problem of its field.
func read(form *web.Form, card *catalogue.Card) {
	readMeta(form, &card.Meta)
	card.Content = contract.Card{SourcePage: card.Content.SourcePage}
	for _, e := range formtree.Decode(form.All(), &card.Content) {
		form.Add(e.Field, e.Key, e.Args...)
	}
	kind := form.Value("fee.kind")
	card.Content.Fee.Paid, card.Content.Fee.NotStated = kind == feePaid, kind == feeUnknown
}

func readMeta(form *web.Form, m *catalogue.Meta) {
	var in editForm
	form.Bind(&in)
	form.Check(!in.From.IsZero(), "effective_from", "cards.effective_required")
	form.MaxLen("change_note", 1000)
	m.Version, m.ChangeNote = request.Version(form), in.Note
	m.EffectiveFrom = workdays.DateOf(in.From)
}

func (h handlers) edit(c *gin.Context) error {
	service, card, err := h.draft(c)
	if err != nil {
		return err
	}
	if card.State != catalogue.Draft {
		return web.Redirect(c, "/services/"+service.ID.String()+"/cards/"+card.ID.String())
	}
	return h.renderEdit(c, http.StatusOK, service, card, formOf(card.Meta, card.Content))
}

// draft is the version in the address, if the person may edit it.
func (h handlers) draft(c *gin.Context) (catalogue.Service, catalogue.Card, error) {
	service, id, err := h.service(c)
	if err != nil {
		return service, catalogue.Card{}, err
	}
	card, err := h.Services.Card(c.Request.Context(), id)
	if err != nil {
		return service, card, err
	}
	if err := own(card.Meta, service); err != nil {
		return service, card, err
	}
	return service, card, catalogue.Permit(session.Actor(c), catalogue.StepEdit, catalogue.Draft, service)
}

func (h handlers) editPost(c *gin.Context) error {
	service, saved, err := h.draft(c)
	if err != nil {
		return err
	}
	var file web.Upload
	var data bytes.Buffer
	form, err := h.site.ReadUpload(c, templateLimits, func(u web.Upload) error {
		file = u
		_, err := io.Copy(&data, u.Body)
		return err
	})
	if err != nil {
		return err
	}
	if conflict.Picked(form) {
		form = conflict.Merge(form, formOf(saved.Meta, saved.Content).All())
	}
	card := catalogue.Card{Meta: catalogue.Meta{ID: saved.ID, ServiceID: service.ID, Number: saved.Number}}
	card.Content.SourcePage = saved.Content.SourcePage
	read(form, &card)
	if form.OK() && data.Len() > 0 {
		if err := h.addTemplate(c, service, &card, file, data.Bytes()); err != nil {
			return err
		}
	}
	do := form.Value("do")
	if _, ok := formtree.Do(&card.Content, do); ok || do == conflict.DoEdit || do == "upload" {
		return h.renderEdit(c, statusOf(form), service, card, refill(form, card))
	}
	if form.OK() {
		err = h.Services.SaveCard(c.Request.Context(), session.Actor(c), card)
		if fault.Is(err, fault.Conflict) {
			return h.cardConflict(c, service, saved, card, refill(form, card))
		}
		if err != nil && !form.Take(err) {
			return err
		}
	}
	if !form.OK() {
		// Problems are counted by the rows that a tidied card has; show those.
		card.Content = catalogue.Tidy(card.Content, uuid.New)
		return h.renderEdit(c, http.StatusUnprocessableEntity, service, card, refill(form, card))
	}
	h.site.Flash(c, "cards.saved")
	base := "/services/" + service.ID.String() + "/cards/" + card.ID.String()
	if do == "preview" {
		return web.Redirect(c, base+"/preview")
	}
	if do == "finish" {
		return web.Redirect(c, base)
	}
	return web.Redirect(c, base+"/edit")
}

// statusOf tells a browser whether something in the form is wrong.
func statusOf(form *web.Form) int {
	if form.OK() {
		return http.StatusOK
	}
	return http.StatusUnprocessableEntity
}

// refill is the form with the rows as they are after buttons and tidying, and the problems it had.
func refill(form *web.Form, card catalogue.Card) *web.Form {
	fresh := web.NewForm(url.Values{})
	for name, values := range formtree.Encode(card.Content) {
		fresh.Set(name, values...)
	}
	for _, name := range []string{"version", "effective_from-day", "effective_from-month", "effective_from-year", "change_note", "fee.kind"} {
		fresh.Set(name, form.Values(name)...)
	}
	// What could not be read stays as it was typed.
	for _, e := range form.Errors() {
		fresh.Add(e.Field, e.Key, e.Args...)
		if e.Field != "" && form.Has(e.Field) {
			fresh.Set(e.Field, form.Values(e.Field)...)
		}
	}
	return fresh
}

// addTemplate keeps an uploaded form or sample and adds it to the card's list.
func (h handlers) addTemplate(c *gin.Context, s catalogue.Service, card *catalogue.Card, u web.Upload, data []byte) error {
	ctx, actor := c.Request.Context(), session.Actor(c)
	id := uuid.Must(uuid.NewV7())
	f := documents.File{
		ID: id, Purpose: documents.Template, Title: u.Name, FileName: u.Name, MediaType: u.Type.MediaType,
		ObjectKey: "templates/" + id.String(), ServiceID: &s.ID, UploadedBy: &actor.UserID,
	}
	f, err := h.Vault.Put(ctx, f, data)
	if err != nil {
		return err
	}
	if err := h.Files.AddTemplate(ctx, f, actor.Audit()); err != nil {
		return h.Vault.Undo(ctx, err, f)
	}
	card.Content.Templates = append(card.Content.Templates, contract.FileRef{ID: id, Title: locale.Text{UK: u.Name}})
	return nil
}

// cardConflict shows both versions; the one in the database may have left its draft meanwhile.
func (h handlers) cardConflict(c *gin.Context, s catalogue.Service, _, mine catalogue.Card, form *web.Form) error {
	ctx, p := c.Request.Context(), h.site.Printer(c)
	saved, err := h.Services.Card(ctx, mine.ID)
	if err != nil {
		return err
	}
	actName, err := h.actNames(ctx, p)
	if err != nil {
		return err
	}
	by, err := h.Services.LastCardChange(ctx, s.ID)
	if err != nil {
		return err
	}
	base := "/services/" + s.ID.String() + "/cards/" + mine.ID.String()
	page := &conflict.Page{
		Action: base + "/edit", Saved: base, Overwrite: saved.State == catalogue.Draft, By: by,
		Rows: metaRows(p, saved.Meta, mine.Meta),
	}
	for _, change := range catalogue.Diff(saved.Content, catalogue.Tidy(mine.Content, uuid.New), actName) {
		row := conflict.Row{Field: change.Section, Label: p.T("cards.section." + change.Section)}
		for _, l := range change.Lines {
			if l.Op != '+' {
				row.Saved = append(row.Saved, l.Text)
			}
			if l.Op != '-' {
				row.Mine = append(row.Mine, l.Text)
			}
		}
		page.Rows = append(page.Rows, row)
	}
	return conflict.Render(h.site, c, page, form.All(), strconv.Itoa(saved.Version))
}

// metaRows compares what a version says of itself.
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

func (h handlers) renderEdit(c *gin.Context, status int, s catalogue.Service, card catalogue.Card, form *web.Form) error {
	ctx, p := c.Request.Context(), h.site.Printer(c)
	page := &cardEditPage{
		Page: web.Page{Breadcrumbs: crumbs(p, s, p.T("cards.draft_title", card.Number)), Errors: form.Errors()}, Service: s, Card: card, Form: form,
		FeeKinds: []ui.Choice{
			ui.NewChoice(feeFree, p.T("cards.fee.free")), ui.NewChoice(feePaid, p.T("cards.fee.paid")), ui.NewChoice(feeUnknown, p.T("cards.fee.not_stated")),
		},
		Yes: []ui.Choice{ui.NewChoice("true", p.T("cards.document_required"))}, FileNames: map[uuid.UUID]string{},
	}
	for _, f := range catalogue.DocumentForms {
		page.Forms = append(page.Forms, ui.SelectItem{Value: f, Text: p.T("cards.form." + orNone(f))})
	}
	acts, err := h.Services.Acts(ctx)
	if err != nil {
		return err
	}
	page.Acts = request.Options(p, p.T("cards.act_choose"), acts, func(a catalogue.Choice) (string, locale.Text) { return a.ID.String(), a.Name })
	files, err := h.Files.Templates(ctx, s.ID)
	if err != nil {
		return err
	}
	for _, f := range files {
		page.FileNames[f.ID] = fmt.Sprintf("%s, %s", f.FileName, p.FileSize(f.Size))
	}
	return h.site.Render(c, status, "cards/card_edit", page)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

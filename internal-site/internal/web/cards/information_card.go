package cards

import (
	"fmt"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

const maxTemplate = 20 << 20

// xlsx is a spreadsheet: a zip file like DOCX.
var xlsx = web.FileType{
	Name: "XLSX", Extensions: []string{".xlsx"}, Matches: web.DOCX.Matches,
	MediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

func (h handlers) informationCards() pages[contract.Card] {
	return pages[contract.Card]{
		handlers: h, kind: "cards", versions: h.Cards, own: informationCard{h}, preview: true,
		uploads: web.UploadLimits{File: maxTemplate, Total: maxTemplate, Files: 1, Types: []web.FileType{web.PDF, web.DOCX, web.ODT, xlsx}},
	}
}

// informationCard is the subject of the pages of information cards.
type informationCard struct{ handlers }

// Fee kinds: an imported card may say nothing about payment.
const (
	feeFree    = "free"
	feePaid    = "paid"
	feeUnknown = "not_stated"
)

func (informationCard) fill(form *web.Form, card contract.Card) {
	kind := feeFree
	switch {
	case card.Fee.Paid:
		kind = feePaid
	case card.Fee.NotStated:
		kind = feeUnknown
	}
	form.Set("fee.kind", kind)
}

func (informationCard) read(form *web.Form, saved contract.Card, card *contract.Card) {
	kind := form.Value("fee.kind")
	card.Fee.Paid, card.Fee.NotStated = kind == feePaid, kind == feeUnknown
	card.SourcePage = saved.SourcePage
}

// attach keeps an uploaded form or sample and adds it to the card's list.
func (h informationCard) attach(c *gin.Context, s catalogue.Service, card *contract.Card, file web.Upload, data []byte) error {
	ctx, actor := c.Request.Context(), session.Actor(c)
	id := uuid.Must(uuid.NewV7())
	f := documents.File{
		ID: id, Purpose: documents.Template, Title: file.Name, FileName: file.Name, MediaType: file.Type.MediaType,
		ObjectKey: "templates/" + id.String(), ServiceID: &s.ID, UploadedBy: &actor.UserID,
	}
	f, err := h.Vault.Put(ctx, f, data)
	if err != nil {
		return err
	}
	if err := h.Files.AddTemplate(ctx, actor, f); err != nil {
		return h.Vault.Undo(ctx, err, f)
	}
	card.Templates = append(card.Templates, contract.FileRef{ID: id, Title: locale.Text{UK: file.Name}})
	return nil
}

func (informationCard) shows(*gin.Context, contract.Card) (any, error) { return nil, nil }

// cardChoices is what the form of a card offers to choose from.
type cardChoices struct {
	Acts      []ui.SelectItem
	Forms     []ui.SelectItem
	FeeKinds  []ui.Choice
	Required  []ui.Choice
	Units     []ui.SelectItem // of the term
	Tacit     []ui.Choice
	Answers   []ui.SelectItem // after which a service is not for whoever gave it
	FileNames map[uuid.UUID]string
}

func (h informationCard) choices(c *gin.Context, s catalogue.Service, _ contract.Card) (any, error) {
	ctx, p := c.Request.Context(), h.site.Printer(c)
	offered := cardChoices{
		FeeKinds: []ui.Choice{
			ui.NewChoice(feeFree, p.T("cards.fee.free")), ui.NewChoice(feePaid, p.T("cards.fee.paid")), ui.NewChoice(feeUnknown, p.T("cards.fee.not_stated")),
		},
		Required: []ui.Choice{ui.NewChoice("true", p.T("cards.document_required"))}, Units: unitItems(p), FileNames: map[uuid.UUID]string{},
	}
	offered.Tacit = []ui.Choice{ui.NewChoice("true", p.T("cards.tacit_yes"), p.T("cards.tacit_hint"))}
	for _, a := range []string{contract.AnswerNo, contract.AnswerYes} {
		offered.Answers = append(offered.Answers, ui.SelectItem{Value: a, Text: p.T("cards.answer." + a)})
	}
	for _, f := range catalogue.DocumentForms {
		offered.Forms = append(offered.Forms, ui.SelectItem{Value: f, Text: p.T("cards.form." + orNone(f))})
	}
	acts, err := h.Services.Acts(ctx)
	if err != nil {
		return nil, err
	}
	offered.Acts = request.Options(p, p.T("cards.act_choose"), acts, func(a catalogue.Choice) (string, locale.Text) { return a.ID.String(), a.Name })
	files, err := h.Files.Templates(ctx, session.Actor(c), s.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		offered.FileNames[f.ID] = fmt.Sprintf("%s, %s", f.FileName, p.FileSize(f.Size))
	}
	return offered, nil
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

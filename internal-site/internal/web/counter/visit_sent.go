package counter

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/web/download"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// sent fills in the files that the applicant sent, and which lines of the list they can answer.
func (h handlers) sent(c *gin.Context, page *visitShowPage) (err error) {
	var card contract.Card
	if page.Service != nil {
		card = page.Service.Card
	}
	if page.Sent, err = h.Visits.SentTo(c.Request.Context(), page.Visit, card); err != nil || len(page.Sent) == 0 {
		return err
	}
	p := h.site.Printer(c)
	page.Opening = slices.ContainsFunc(page.Sent, counter.Sent.Waits)
	if page.Service == nil {
		return nil
	}
	page.Lines = linesOf(p, *page.Service)
	page.GivensSent = append([]ui.SelectItem{{Value: string(counter.BySent), Text: p.T("counter.given.sent")}}, page.Givens...)
	page.GivensSentOptional = append(page.GivensSent[:1:1], page.GivensOptional...)
	for _, f := range page.Sent {
		if field := counter.SentField(f.ID.String()); !page.Form.Has(field) {
			page.Form.Set(field, f.Line)
		}
	}
	return nil
}

// linesOf are what a file that the applicant sent can be: a document of the list, one beside it, or not taken over.
func linesOf(p *locale.Printer, service counter.Service) []ui.SelectItem {
	var items []ui.SelectItem
	for _, d := range service.Card.Documents {
		name, _ := d.Name.In(p.Lang())
		items = append(items, ui.SelectItem{Value: d.ID, Text: name})
	}
	return append(items, ui.SelectItem{Value: "", Text: p.T("counter.sent_beside")}, ui.SelectItem{Value: counter.LeftOut, Text: p.T("counter.sent_left_out")})
}

// Answers says whether a file that the applicant sent can answer the line, so that «sent» is among what can be said of it.
func (p *visitShowPage) Answers(line string) bool {
	return slices.ContainsFunc(p.Sent, func(f counter.Sent) bool {
		return p.Form.Value(counter.SentField(f.ID.String())) == line && (f.Kept() || f.Waits())
	})
}

// typedSent is what a form says of the files that the applicant sent.
func typedSent(form *web.Form, before map[string]string) map[string]string {
	sent := map[string]string{}
	for id, line := range before {
		sent[id] = line
	}
	for _, name := range form.Names() {
		if id, ok := strings.CutPrefix(name, counter.SentField("")); ok {
			sent[id] = form.Value(name)
		}
	}
	if len(sent) == 0 {
		return nil
	}
	return sent
}

// sentFile shows a file that the applicant sent, before it is a case's.
func (h handlers) sentFile(c *gin.Context) error {
	f, err := download.Find(c, h.Visits.SentFile)
	if err != nil {
		return err
	}
	return download.Show(c, h.Vault, f)
}

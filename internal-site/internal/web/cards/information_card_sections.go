package cards

import (
	"html"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

func (h informationCard) sections(c *gin.Context) (func(contract.Card) []catalogue.Section, error) {
	p := h.site.Printer(c)
	acts, err := h.Services.Acts(c.Request.Context())
	if err != nil {
		return nil, err
	}
	names := map[uuid.UUID]string{}
	for _, a := range acts {
		names[a.ID] = p.Value(a.Name)
	}
	return func(card contract.Card) []catalogue.Section { return cardReader{p, names}.sections(card) }, nil
}

// cardReader reads a card out as lines of text, each in one language and in words that people use.
type cardReader struct {
	*locale.Printer
	acts map[uuid.UUID]string
}

func (r cardReader) sections(c contract.Card) []catalogue.Section {
	return []catalogue.Section{
		{Name: "description", Lines: append(textLines(untagged(c.Description.UK)), textLines(untagged(c.Description.EN))...)},
		{Name: "conditions", Lines: texts(c.Conditions)},
		{Name: "documents", Lines: r.documents(c.Documents)},
		{Name: "filing", Lines: texts(c.Filing...)},
		{Name: "fee", Lines: r.fee(c.Fee)},
		{Name: "term", Lines: append(r.term(c.Term), texts(c.Term.Note)...)},
		{Name: "suspension", Lines: grounds(c.Suspension)},
		{Name: "refusal", Lines: grounds(c.Refusal)},
		{Name: "result", Lines: texts(c.Result)},
		{Name: "delivery", Lines: texts(c.Delivery...)},
		{Name: "contacts", Lines: texts(c.Contacts)},
		{Name: "acts", Lines: r.actLines(c.Acts)},
		{Name: "templates", Lines: templates(c.Templates)},
		{Name: "payout", Lines: texts(c.Payout)},
		{Name: "questions", Lines: r.questions(c.Questions)},
		{Name: "online", Lines: onlineWays(c.Online)},
	}
}

func (r cardReader) documents(list []contract.Document) (lines []string) {
	for _, d := range list {
		when := r.T("cards.document_sometimes")
		if d.Required {
			when = r.T("cards.document_always")
		}
		form := ""
		if d.Form != "" {
			form = r.T("cards.form." + d.Form)
		}
		lines = append(lines, joined(d.Name.UK, d.Note.UK, form, when))
		if en := joined(d.Name.EN, d.Note.EN); en != "" {
			lines = append(lines, en)
		}
	}
	return lines
}

func (r cardReader) fee(f contract.Fee) []string {
	lines := texts(f.Grounds, f.Account)
	switch {
	case f.NotStated:
		return append([]string{r.T("cards.fee.not_stated")}, lines...)
	case !f.Paid:
		return append([]string{r.T("cards.fee.free")}, lines...)
	}
	amount := f.Amount
	if m, err := locale.ParseMoney(f.Amount); err == nil {
		amount = r.Money(m)
	}
	return append([]string{joined(r.T("cards.fee.paid"), amount)}, lines...)
}

func (r cardReader) term(term contract.Term) []string {
	switch {
	case term.Days < 0:
		return []string{r.T("cards.fee.not_stated")}
	case term.Days == 0:
		return []string{r.T("cards.term_at_once")}
	}
	lines := []string{daysOf(r.Printer, term.Span())}
	if term.Tacit {
		lines = append(lines, r.T("cards.tacit_yes"))
	}
	return lines
}

func (r cardReader) actLines(list []contract.ActRef) (lines []string) {
	for _, a := range list {
		lines = append(lines, joined(r.acts[a.ID], a.Note.UK))
		if a.Note.EN != "" {
			lines = append(lines, a.Note.EN)
		}
	}
	return lines
}

func (r cardReader) questions(list []contract.CardQuestion) (lines []string) {
	for _, q := range list {
		lines = append(lines, joined(q.Text.UK, r.T("cards.question_stop")+": "+r.T("cards.answer."+q.Stop), q.Advice.UK))
		if en := joined(q.Text.EN, q.Advice.EN); en != "" {
			lines = append(lines, en)
		}
	}
	return lines
}

func onlineWays(list []contract.OnlineWay) (lines []string) {
	for _, o := range list {
		lines = append(lines, joined(o.Name.UK, o.Name.EN, o.URL))
	}
	return lines
}

func templates(list []contract.FileRef) (lines []string) {
	for _, f := range list {
		lines = append(lines, texts(f.Title)...)
	}
	return lines
}

func grounds(list []contract.Ground) (lines []string) {
	for _, g := range list {
		lines = append(lines, texts(g.Text)...)
	}
	return lines
}

// texts are the lines of texts, the Ukrainian ones of each before the English.
func texts(list ...locale.Text) (lines []string) {
	for _, t := range list {
		lines = append(append(lines, textLines(t.UK)...), textLines(t.EN)...)
	}
	return lines
}

func textLines(s string) (lines []string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// joined are the parts that are not empty, in one line.
func joined(parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, " · ")
}

var (
	blockEnd = regexp.MustCompile(`(?i)</(p|li|h[1-6]|tr|div|ul|ol|table|blockquote)>|<br\s*/?>`)
	anyTag   = regexp.MustCompile(`<[^>]*>`)
)

// untagged is sanitised HTML as lines of text, for comparing.
func untagged(s string) string {
	return html.UnescapeString(anyTag.ReplaceAllString(blockEnd.ReplaceAllString(s, "\n"), ""))
}

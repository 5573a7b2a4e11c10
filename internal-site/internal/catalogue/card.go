package catalogue

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/importing/clean"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// DocumentForms are the values of contract.Document.Form.
var DocumentForms = []string{"", "original", "copy", "show"}

var rowID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// Tidy makes what was typed into a card fit to be kept: rows in which nothing was typed are dropped, rows
// get their ids, amounts their two digits, and the description keeps only harmless HTML.
func Tidy(c contract.Card, newID func() uuid.UUID) contract.Card {
	c.Description = locale.Text{UK: sanitise(c.Description.UK), EN: sanitise(c.Description.EN)}
	c.Documents = tidyRows(c.Documents, func(d contract.Document) bool { return d.Name.IsZero() && d.Note.IsZero() })
	c.Suspension = tidyRows(c.Suspension, func(g contract.Ground) bool { return g.Text.IsZero() })
	c.Refusal = tidyRows(c.Refusal, func(g contract.Ground) bool { return g.Text.IsZero() })
	c.Filing, c.Delivery = tidyRows(c.Filing, locale.Text.IsZero), tidyRows(c.Delivery, locale.Text.IsZero)
	c.Acts = tidyRows(c.Acts, func(a contract.ActRef) bool { return a.ID == uuid.Nil && a.Note.IsZero() })
	c.Templates = tidyRows(c.Templates, func(f contract.FileRef) bool { return f.ID == uuid.Nil })
	c.Questions = tidyRows(c.Questions, func(q contract.CardQuestion) bool { return q.Text.IsZero() && q.Advice.IsZero() })
	c.Online = tidyRows(c.Online, func(o contract.OnlineWay) bool { return o.Name.IsZero() && o.URL == "" })
	for i := range c.Questions {
		c.Questions[i].ID = orNew(c.Questions[i].ID, newID)
	}
	for i := range c.Documents {
		c.Documents[i].ID = orNew(c.Documents[i].ID, newID)
	}
	for i := range c.Suspension {
		c.Suspension[i].ID = orNew(c.Suspension[i].ID, newID)
	}
	for i := range c.Refusal {
		c.Refusal[i].ID = orNew(c.Refusal[i].ID, newID)
	}
	if m, err := locale.ParseMoney(c.Fee.Amount); err == nil {
		c.Fee.Amount = m.String()
	}
	return c
}

func sanitise(html string) string {
	return strings.TrimSpace(clean.Policy().Sanitize(paragraphs(html)))
}

// paragraphs marks up a text of several lines that was typed without any tags: an empty line begins a paragraph. Citizens
// would otherwise read all of it as one.
func paragraphs(text string) string {
	text = strings.TrimSpace(text)
	if strings.Contains(text, "<") || !strings.Contains(text, "\n") {
		return text
	}
	var b strings.Builder
	for _, part := range emptyLines.Split(text, -1) {
		b.WriteString("<p>" + strings.ReplaceAll(part, "\n", "<br>\n") + "</p>\n")
	}
	return b.String()
}

// emptyLines stand between the paragraphs of a text.
var emptyLines = regexp.MustCompile(`\n(?:[ \t]*\n)+`)

// tidyRows returns a copy without the empty rows; never nil, so that JSON has [] and not null.
func tidyRows[T any](rows []T, empty func(T) bool) []T {
	kept := make([]T, 0, len(rows))
	for _, r := range rows {
		if !empty(r) {
			kept = append(kept, r)
		}
	}
	return kept
}

// orNew keeps an id; cases cite grounds by it, so it stays the same through all versions.
func orNew(id string, newID func() uuid.UUID) string {
	if rowID.MatchString(id) {
		return id
	}
	hex := strings.ReplaceAll(newID().String(), "-", "")
	return "r" + hex[len(hex)-12:] // the random end of a uuid v7
}

// CheckCard says what is wrong with a tidied card. A draft may be incomplete; what is approved may not.
func CheckCard(c contract.Card, complete bool) error {
	p := &problems{}
	checkTexts(p, c)
	checkLists(p, c)
	checkFee(p, c.Fee, complete)
	p.check(c.Term.Days >= -1 && c.Term.Days <= 3650, "term.days", "catalogue.days_range")
	p.check(!c.Term.Tacit || c.Term.Days > 0, "term.tacit", "catalogue.tacit_without_term")
	p.check(slices.Contains(workdays.Units, c.Term.DaysIn), "term.days_in", "form.choice")
	if complete {
		p.check(c.Result.UK != "", "result.uk", "catalogue.result_required")
		p.check(c.Description.UK != "" || c.Conditions.UK != "", "description.uk", "catalogue.description_required")
		p.check(len(c.Documents) > 0, "documents", "catalogue.documents_required")
		p.check(len(c.Filing) > 0, "filing", "catalogue.filing_required")
		p.check(len(c.Delivery) > 0, "delivery", "catalogue.delivery_required")
		p.check(len(c.Refusal) > 0, "refusal", "catalogue.refusal_required")
	}
	return fault.InvalidFields(p.list...)
}

func checkTexts(p *problems, c contract.Card) {
	for field, t := range map[string]locale.Text{
		"conditions": c.Conditions, "result": c.Result, "contacts": c.Contacts, "term.note": c.Term.Note,
		"fee.grounds": c.Fee.Grounds, "fee.account": c.Fee.Account, "payout": c.Payout,
	} {
		p.length(t.UK, field+".uk", maxLong)
		p.length(t.EN, field+".en", maxLong)
	}
	p.length(c.Description.UK, "description.uk", 10*maxLong)
	p.length(c.Description.EN, "description.en", 10*maxLong)
	slices.SortFunc(p.list, func(a, b fault.FieldError) int { return strings.Compare(a.Field, b.Field) })
}

func checkLists(p *problems, c contract.Card) {
	ids := map[string]bool{}
	for i, d := range c.Documents {
		field := fmt.Sprintf("documents.%d", i)
		p.check(d.Name.UK != "", field+".name.uk", "catalogue.document_name")
		p.check(slices.Contains(DocumentForms, d.Form), field+".form", "form.choice")
		p.check(!ids[d.ID], field+".name.uk", "catalogue.row_twice")
		p.length(d.Name.UK, field+".name.uk", maxLong)
		p.length(d.Note.UK, field+".note.uk", maxLong)
		ids[d.ID] = true
	}
	checkQuestions(p, c.Questions)
	checkOnline(p, c.Online)
	checkGrounds(p, "suspension", c.Suspension)
	checkGrounds(p, "refusal", c.Refusal)
	checkLines(p, "filing", c.Filing)
	checkLines(p, "delivery", c.Delivery)
	for i, a := range c.Acts {
		p.check(a.ID != uuid.Nil, fmt.Sprintf("acts.%d.id", i), "catalogue.act_choose")
	}
	for _, list := range []struct {
		field string
		rows  int
	}{
		{"documents", len(c.Documents)},
		{"suspension", len(c.Suspension)},
		{"refusal", len(c.Refusal)},
		{"filing", len(c.Filing)},
		{"delivery", len(c.Delivery)},
		{"acts", len(c.Acts)},
		{"templates", len(c.Templates)},
		{"online", len(c.Online)},
	} {
		p.check(list.rows <= maxRows, list.field, "catalogue.rows_many", maxRows)
	}
}

func checkGrounds(p *problems, field string, grounds []contract.Ground) {
	ids := map[string]bool{}
	for i, g := range grounds {
		row := fmt.Sprintf("%s.%d.text.uk", field, i)
		p.check(g.Text.UK != "", row, "catalogue.ground_text")
		p.check(!ids[g.ID], row, "catalogue.row_twice")
		p.length(g.Text.UK, row, maxLong)
		ids[g.ID] = true
	}
}

// maxQuestions is how many questions somebody may be asked before an application; with more they would rather read the card.
const maxQuestions = 8

func checkQuestions(p *problems, questions []contract.CardQuestion) {
	p.check(len(questions) <= maxQuestions, "questions", "catalogue.rows_many", maxQuestions)
	for i, q := range questions {
		field := fmt.Sprintf("questions.%d", i)
		p.check(q.Text.UK != "", field+".text.uk", "catalogue.question_text")
		p.check(q.Stop == contract.AnswerYes || q.Stop == contract.AnswerNo, field+".stop", "catalogue.question_stop")
		p.check(q.Advice.UK != "", field+".advice.uk", "catalogue.question_advice")
		p.length(q.Text.UK, field+".text.uk", maxLong)
		p.length(q.Advice.UK, field+".advice.uk", maxLong)
	}
}

func checkOnline(p *problems, ways []contract.OnlineWay) {
	for i, o := range ways {
		field := fmt.Sprintf("online.%d", i)
		p.check(o.Name.UK != "", field+".name.uk", "catalogue.online_name")
		u, err := url.Parse(o.URL)
		p.check(err == nil && u.Scheme == "https" && u.Host != "" && len(o.URL) <= 500, field+".url", "catalogue.online_url")
		p.length(o.Name.UK, field+".name.uk", maxLong)
	}
}

func checkLines(p *problems, field string, lines []locale.Text) {
	for i, l := range lines {
		row := fmt.Sprintf("%s.%d.uk", field, i)
		p.check(l.UK != "", row, "catalogue.line_text")
		p.length(l.UK, row, maxLong)
	}
}

func checkFee(p *problems, f contract.Fee, complete bool) {
	if !f.Paid {
		p.check(f.Amount == "", "fee.amount", "catalogue.fee_unpaid") // dropping it would hide a slip of the hand
		return
	}
	if f.Amount != "" {
		m, err := locale.ParseMoney(f.Amount)
		p.check(err == nil && m > 0, "fee.amount", "form.money")
	}
	p.check(!complete || f.Amount != "" || f.Grounds.UK != "", "fee.amount", "catalogue.fee_required")
}

// AsForms are the documents of a card as application forms are compared with them. The application itself is not
// attached: it is the form that is filled in.
func AsForms(documents []contract.Document) []forms.CardDocument {
	out := make([]forms.CardDocument, len(documents))
	for i, d := range documents {
		out[i] = forms.CardDocument{ID: d.ID, Name: d.Name, Required: d.Required, Attached: d.Form == "copy"}
	}
	return out
}

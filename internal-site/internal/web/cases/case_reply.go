package cases

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/request"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

// replyPart is what a case's page says of what the applicant was asked for and has answered.
type replyPart struct {
	AskedFor     *askedFor // while the work stands still
	Replied      []reply   // the latest first
	ReplyWaits   bool      // somebody has to look at the last one
	PapersHref   string
	AskGrounds   []ui.SelectItem
	AskDocuments []ui.Choice
	AskFields    []ui.Choice
}

// askedFor is a correction in words.
type askedFor struct {
	cases.Correction

	Why    locale.Text // the ground of the card
	Papers []locale.Text
	Titles []string // of the fields
	Passed bool     // the last day for the reply has passed
}

// reply is what an applicant sent or brought, in words.
type reply struct {
	cases.Reply

	Changed []changedAnswer
	Papers  []documents.File
}

// changedAnswer is an answer that the reply corrects.
type changedAnswer struct{ Title, Was, Is string }

// fillReplies says what the applicant was asked for and what came back, and offers what can be asked.
func (h handlers) fillReplies(ctx context.Context, page *caseShowPage, w *cases.Work, p *locale.Printer, files []documents.File) error {
	var form *forms.Form
	if page.Names.FormSchema != nil {
		form, _ = forms.Parse(page.Names.FormSchema) // a form that cannot be read offers and explains no fields
	}
	page.PapersHref, page.ReplyWaits = "/cases/"+w.Case.ID.String()+"/papers", w.ReplyWaits()
	if c := w.Wanted(); c != nil && !page.Outline {
		page.AskedFor = wordsOfAsked(w, *c, form, p)
		page.AskedFor.Passed = !c.Until.IsZero() && page.Today.After(c.Until)
	}
	list, err := h.Cases.Replies(ctx, w)
	if err != nil {
		return err
	}
	for _, r := range list {
		page.Replied = append(page.Replied, wordsOfReply(r, form, p, files))
	}
	if page.Can[string(cases.Suspend)] {
		page.offerAsking(p, w.Card, form)
	}
	return nil
}

func wordsOfAsked(w *cases.Work, c cases.Correction, form *forms.Form, p *locale.Printer) *askedFor {
	a := &askedFor{Correction: c}
	for _, g := range w.Card.Suspension {
		if g.ID == c.Ground {
			a.Why = g.Text
		}
	}
	for _, d := range w.Card.Documents {
		if slices.Contains(c.Documents, d.ID) {
			a.Papers = append(a.Papers, d.Name)
		}
	}
	for _, name := range c.Fields {
		a.Titles = append(a.Titles, titleOf(form, name, p))
	}
	return a
}

func titleOf(form *forms.Form, name string, p *locale.Printer) string {
	if form != nil && form.Field(name) != nil {
		return p.Value(form.Field(name).Title)
	}
	return name
}

func wordsOfReply(r cases.Reply, form *forms.Form, p *locale.Printer, files []documents.File) reply {
	words := reply{Reply: r}
	for _, f := range files {
		if slices.ContainsFunc(r.Files, func(of cases.ReplyFile) bool { return of.ID == f.ID }) {
			words.Papers = append(words.Papers, f)
		}
	}
	is, was := answersIn(form, r.Answers, p), answersIn(form, r.Former, p)
	for _, name := range namesOf(r.Answers) {
		words.Changed = append(words.Changed, changedAnswer{titleOf(form, name, p), was[name], is[name]})
	}
	return words
}

func namesOf(answers json.RawMessage) (names []string) {
	var all map[string]json.RawMessage
	if json.Unmarshal(answers, &all) != nil {
		return nil
	}
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// answersIn are answers as people read them, by their fields. What the form does not know stands as it was sent.
func answersIn(form *forms.Form, raw json.RawMessage, p *locale.Printer) map[string]string {
	words := map[string]string{}
	var all map[string]any
	if json.Unmarshal(raw, &all) != nil {
		return words
	}
	for name, v := range all {
		if v != nil {
			words[name] = p.Value(v)
		}
	}
	if form == nil {
		return words
	}
	given, err := form.ParseAnswers(withoutNulls(all))
	if err != nil {
		return words
	}
	for name := range given {
		alone := forms.Answers{name: given[name]}
		for _, row := range form.Rows(alone, p) {
			if row.Field == name {
				words[name] = row.Text()
			}
		}
	}
	return words
}

func withoutNulls(all map[string]any) json.RawMessage {
	given := map[string]any{}
	for name, v := range all {
		if v != nil {
			given[name] = v
		}
	}
	raw, _ := json.Marshal(given) // what came from JSON goes back into it
	return raw
}

// offerAsking offers what the applicant can be asked for: grounds and documents of the card, fields of the form.
func (page *caseShowPage) offerAsking(p *locale.Printer, card contract.Card, form *forms.Form) {
	page.AskGrounds = request.Options(p, p.T("cases.ask_ground_choose"), card.Suspension, func(g contract.Ground) (string, locale.Text) { return g.ID, g.Text })
	for _, d := range card.Documents {
		page.AskDocuments = append(page.AskDocuments, ui.NewChoice(d.ID, p.Value(d.Name)))
	}
	if form == nil {
		return
	}
	for _, f := range form.Correctable() {
		page.AskFields = append(page.AskFields, ui.NewChoice(f.Name, p.Value(f.Title)))
	}
}

// readAsking reads what is wanted of the applicant.
func readAsking(form *web.Form, cmd *cases.Command) {
	cmd.Ask = cases.Asking{
		Ground: form.Value("ask_ground"), Documents: form.Values("ask_documents"), Fields: form.Values("ask_fields"),
		Until: dayOf(form.Date("ask_until")), Confirm: form.Value("ask_confirm") == "true",
	}
}

// dayOf is a day as the domain has it: midnight UTC, zero for none.
func dayOf(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return workdays.DateOf(at)
}

// askFields are the inputs of what is wanted.
var askFields = []string{
	"ask_ground", "ask_documents", "ask_fields", "ask_until-day", "ask_until-month", "ask_until-year", "ask_confirm", cases.FieldOf(cases.Suspend),
}

// byApplicant says whether the event is the applicant's own doing.
func (e event) ByApplicant() bool {
	return e.ActorID == nil && (e.Kind == cases.EventReplied || e.Kind == cases.EventWithdrawalAsked)
}

// papers shows the page on which papers of the applicant are put to a case.
func (h handlers) papers(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	return h.showPapers(c, id, web.NewForm(nil))
}

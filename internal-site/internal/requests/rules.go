package requests

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

const (
	// DaysOffered is the term that a new request begins with, in working days unless it says otherwise.
	DaysOffered = 5
	maxDays     = 30
	maxText     = 4000
)

// OfCard stands before the id of a ground that the card names.
const OfCard = "card:"

// OwnGrounds are the grounds for which an authority may refuse a request whatever the card says.
var OwnGrounds = []string{"no_data", "not_ours", "incomplete", "restricted", "other"}

// offerOf lists what a request of the case may carry. The reader has to see all of the case.
func offerOf(w *cases.Work, asker access.Place, n cases.Names, a cases.Applicant, files []documents.File) Offer {
	o := Offer{CaseID: w.Case.ID, Number: w.Case.Number, Asker: asker, Documents: w.Card.Documents, grounds: w.Card.Refusal}
	o.Facts = append(factsOf(n, a), answersOf(n, w.Case)...)
	for _, f := range files {
		if f.Purpose != documents.SealedResult {
			o.Files = append(o.Files, f)
		}
	}
	return o
}

// factsOf are the service and what is known of the applicant; what is empty is no fact.
func factsOf(n cases.Names, a cases.Applicant) []Fact {
	list := []Fact{{Key: "service", Value: n.Service}}
	for _, f := range []struct{ key, value string }{
		{"name", a.Name()},
		{"signatory", a.Signatory()},
		{"representative", a.Representative.Name()},
		{"tax_number", a.TaxNumber},
		{"edrpou", a.EDRPOU},
		{"unzr", a.UNZR},
		{"passport", a.Passport},
		{"address", a.Address},
		{"phone", a.Phone},
		{"email", a.Email},
	} {
		if f.value != "" {
			list = append(list, Fact{Key: f.key, Value: locale.Text{UK: f.value, EN: f.value}})
		}
	}
	for i := range list {
		list[i].Label = say("requests.fact." + list[i].Key)
	}
	return list
}

// answersOf are the answers of the application in the words of its form; none when it came without a form that can be read.
func answersOf(n cases.Names, c cases.Case) (list []Fact) {
	if n.FormSchema == nil {
		return nil
	}
	form, err := forms.Parse(n.FormSchema)
	if err != nil {
		return nil
	}
	answers, err := form.ParseAnswers(c.Answers)
	if err != nil {
		return nil
	}
	english := form.Rows(answers, said.In(locale.EN))
	for i, row := range form.Rows(answers, said.In(locale.UK)) {
		if row.IsFile || len(row.Values) == 0 {
			continue
		}
		list = append(list, Fact{
			Key: "answer." + row.Step + "." + row.Field, Label: locale.Text{UK: row.Label, EN: english[i].Label},
			Value: locale.Text{UK: row.Text(), EN: english[i].Text()},
		})
	}
	return list
}

// request makes a request out of what was typed, or says everything that is wrong with it.
func (o Offer) request(d Draft) (r Request, err error) {
	var wrong []fault.FieldError
	add := func(ok bool, field, key string, args ...any) {
		if !ok {
			wrong = append(wrong, fault.FieldError{Field: field, Key: key, Args: args})
		}
	}
	r = Request{CaseID: o.CaseID, CaseNumber: o.Number, Asker: o.Asker, Authority: d.Authority, Asked: strings.TrimSpace(d.Asked), Days: d.Days, DaysIn: cmp.Or(d.DaysIn, workdays.InWorking), Grounds: o.grounds, State: Asked}
	i := slices.IndexFunc(o.Authorities, func(a Authority) bool { return a.ID == d.Authority })
	add(i >= 0, "authority", "requests.authority_required")
	if i >= 0 {
		r.Name = o.Authorities[i].Name
	}
	if j := slices.IndexFunc(o.Documents, func(c contract.Document) bool { return c.ID == d.Document }); j >= 0 {
		r.Document = o.Documents[j].Name
	} else {
		add(d.Document == "", "document", "form.choice")
		add(r.Asked != "", "asked", "requests.asked_required")
	}
	add(utf8.RuneCountInString(r.Asked) <= maxText, "asked", "form.too_long", maxText)
	add(d.Days >= 1 && d.Days <= maxDays, "days", "requests.days_range", maxDays)
	add(slices.Contains(workdays.Units, d.DaysIn), "days_in", "form.choice")
	for _, f := range o.Facts {
		if slices.Contains(d.Facts, f.Key) {
			r.Facts = append(r.Facts, f)
		}
	}
	for _, f := range o.Files {
		if slices.Contains(d.Files, f.ID) {
			r.Files = append(r.Files, f)
		}
	}
	add(len(r.Facts) == len(unique(d.Facts)), "facts", "form.choice")
	add(len(r.Files) == len(unique(d.Files)), "files", "form.choice")
	return r, fault.InvalidFields(wrong...)
}

func unique[T comparable](list []T) (out []T) {
	for _, v := range list {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// Answer is what an authority says to a request.
type Answer struct {
	Text   string
	Ground string          // of a refusal
	File   *documents.File // the document, already in the object store
	Press  uuid.UUID       // the form that it was typed in, by its hash, for WasPressed; Nil for none
}

// checkAnswer: an answer brings a document or says something.
func (a Answer) checkAnswer() error {
	if a.File == nil && a.Text == "" {
		return fault.InvalidFields(fault.FieldError{Field: "answer", Key: "requests.answer_required"})
	}
	return checkText("answer", a.Text)
}

// checkRefusal: a refusal cites a ground of the card or one of the portal's, and says why it applies.
func (a Answer) checkRefusal(r Request) error {
	var wrong []fault.FieldError
	r.Ground = a.Ground
	if r.CardGround().IsZero() && !slices.Contains(OwnGrounds, a.Ground) {
		wrong = append(wrong, fault.FieldError{Field: "ground", Key: "requests.ground_required"})
	}
	if a.Text == "" {
		wrong = append(wrong, fault.FieldError{Field: "refusal", Key: "requests.motive_required"})
	}
	if len(wrong) > 0 {
		return fault.InvalidFields(wrong...)
	}
	return checkText("refusal", a.Text)
}

func checkText(field, text string) error {
	if utf8.RuneCountInString(text) > maxText {
		return fault.InvalidFields(fault.FieldError{Field: field, Key: "form.too_long", Args: []any{maxText}})
	}
	return nil
}

// CardGround is the text of the card's ground that a refusal cites; zero when it cites one of OwnGrounds.
func (r Request) CardGround() locale.Text {
	for _, g := range r.Grounds {
		if OfCard+g.ID == r.Ground {
			return g.Text
		}
	}
	return locale.Text{}
}

// MayAnswer says whether the actor works for the authority that is asked.
func (r Request) MayAnswer(actor access.Actor) bool {
	return r.State == Asked && access.Can(actor, cases.WorkOn, ofPlace(access.InAuthority(r.Authority)))
}

// MayRecall says whether the actor works for the party that asks: they remind, and withdraw.
func (r Request) MayRecall(actor access.Actor) bool {
	return r.State == Asked && access.Can(actor, cases.WorkOn, ofPlace(r.Asker))
}

// SeesCase says whether the actor is of the party that asks, or sees the cases of the whole region.
func (r Request) SeesCase(actor access.Actor) bool {
	return access.Can(actor, cases.View, ofPlace(r.Asker))
}

// ofPlace is a request as one of its two parties has it.
func ofPlace(p access.Place) access.Object {
	return access.Object{Own: []access.Place{p}, Part: []access.Place{p}}
}

// RemindedOn says whether the authority has been reminded on the day of a moment.
func (r Request) RemindedOn(at time.Time) bool {
	return r.RemindedAt != nil && workdays.DateOf(*r.RemindedAt).Equal(workdays.DateOf(at))
}

// has says whether the request carries the file, or is answered by it.
func (r Request) has(file uuid.UUID) bool {
	return r.File != nil && r.File.ID == file || slices.ContainsFunc(r.Files, func(f documents.File) bool { return f.ID == file })
}

package demo

import (
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/importing/clean"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// pilot are the services of the six pilot areas that the project was asked for.
var pilot = []string{
	"birth-assistance", "legal-aid", "voter-certificate", "works-order", "land-conclusion", "certificate-duplicate", "outdoor-advertising",
}

func TestTheCatalogueIsLargeEnough(t *testing.T) {
	b := mustBuild(t)
	for table, least := range map[string]int{
		"catalogue.services": 40, "catalogue.life_situations": 12, "catalogue.forms": 8, "cases.cases": 300, "law.acts": 40,
	} {
		if n := b.count(table); n < least {
			t.Errorf("%s has %d rows, want at least %d", table, n, least)
		}
	}
	for _, key := range pilot {
		if !slices.ContainsFunc(b.offers, func(o *offer) bool { return o.service.Key == key }) {
			t.Errorf("the pilot service %s is missing", key)
		}
	}
}

func TestCardsAreComplete(t *testing.T) {
	for _, o := range mustBuild(t).offers {
		t.Run(o.service.Key, func(t *testing.T) {
			for _, v := range o.cards {
				complete(t, v.card)
			}
			s := o.service
			for name, missing := range map[string]bool{
				"name": full(s.Name), "summary": full(s.Summary), "keywords": s.Keywords != "", "request": s.Request != "",
				"situations": len(s.Situations) > 0, "applicants": len(s.Applicants) > 0, "centres": len(o.centres) > 0,
			} {
				if !missing {
					t.Errorf("%s is missing", name)
				}
			}
		})
	}
}

// TestFormsAgreeWithTheirCards: whoever does what a form says is not refused by its card.
func TestFormsAgreeWithTheirCards(t *testing.T) {
	for _, o := range mustBuild(t).offers {
		if o.formJSON == nil {
			continue
		}
		f, err := forms.Parse(o.formJSON)
		if err != nil {
			t.Fatalf("%s: %v", o.service.Key, err)
		}
		for _, e := range f.Disagreements(catalogue.AsForms(o.cards[len(o.cards)-1].card.Documents)) {
			t.Errorf("%s: %s %v", o.service.Key, e.Key, e.Problem("").Args)
		}
	}
}

func full(x locale.Text) bool { return x.UK != "" && x.EN != "" }

func complete(t *testing.T, c contract.Card) {
	t.Helper()
	for name, ok := range map[string]bool{
		"description": full(c.Description), "conditions": full(c.Conditions), "documents": len(c.Documents) >= 2, "filing": len(c.Filing) > 0,
		"grounds of the fee": full(c.Fee.Grounds), "term": c.Term.Days >= 0, "suspension": len(c.Suspension) > 0,
		"refusal": len(c.Refusal) >= 2, "result": full(c.Result), "delivery": len(c.Delivery) > 0, "contacts": full(c.Contacts),
		"acts": len(c.Acts) >= 2, "templates": len(c.Templates) > 0, "account": !c.Fee.Paid || full(c.Fee.Account),
		"amount": c.Fee.Amount == "" || c.Fee.Paid && regexp.MustCompile(`^\d+\.\d\d$`).MatchString(c.Fee.Amount),
	} {
		if !ok {
			t.Errorf("%s is not complete", name)
		}
	}
	for _, html := range []string{c.Description.UK, c.Description.EN} {
		if clean := clean.Policy().Sanitize(html); clean != html {
			t.Errorf("the description is not clean HTML:\n%s\n%s", html, clean)
		}
	}
	ids(t, "document", c.Documents, func(d contract.Document) (string, bool) {
		return d.ID, full(d.Name) && full(d.Note) && slices.Contains([]string{"original", "copy", "show"}, d.Form)
	})
	ids(t, "ground", slices.Concat(c.Suspension, c.Refusal), func(g contract.Ground) (string, bool) { return g.ID, full(g.Text) })
	ids(t, "act", c.Acts, func(a contract.ActRef) (string, bool) { return a.ID.String(), full(a.Note) })
}

// ids checks that every part has an id of its own and is complete.
func ids[T any](t *testing.T, what string, list []T, of func(T) (id string, complete bool)) {
	t.Helper()
	seen := map[string]bool{}
	for _, part := range list {
		id, ok := of(part)
		if id == "" || seen[id] || !ok {
			t.Errorf("%s %q is not complete, or not alone with its id: %+v", what, id, part)
		}
		seen[id] = true
	}
}

func TestTechnologicalCardsKeepTheTerm(t *testing.T) {
	for _, o := range mustBuild(t).offers {
		s, total := o.service, o.tech.TotalDays()
		terms := []int{s.Term}
		if s.Earlier != nil {
			terms = append(terms, s.Earlier.Term)
		}
		if s.Next != nil {
			terms = append(terms, s.Next.Term)
		}
		for _, term := range terms {
			if total > term {
				t.Errorf("%s: stages take %d days, the term is %d", s.Key, total, term)
			}
		}
		if s.Stages[0].use != "receive" || s.Stages[len(s.Stages)-1].use != "issue" {
			t.Errorf("%s: work begins with receiving and ends with issuing", s.Key)
		}
		for _, st := range o.tech.Stages {
			if !full(st.Name) || !full(st.Official) || !full(st.Unit) || st.Days < 0 || !slices.Contains(
				[]string{contract.ActionExecutes, contract.ActionTakesPart, contract.ActionAgrees, contract.ActionApproves}, st.Action) {
				t.Errorf("%s: stage %+v is not complete", s.Key, st)
			}
		}
	}
}

func TestFormsAreRight(t *testing.T) {
	b := mustBuild(t)
	for key := range b.forms {
		if !slices.ContainsFunc(b.offers, func(o *offer) bool { return o.service.Key == key && o.formID != nil }) {
			t.Errorf("the form %s belongs to no quick service", key)
		}
	}
	for _, o := range b.offers {
		card := o.cards[len(o.cards)-1].card
		online := slices.Contains(card.Filing, b.region.Filing["online"])
		if online != o.service.Quick {
			t.Errorf("%s: a quick service can be applied for online, and no other", o.service.Key)
		}
		if o.formID != nil {
			checkForm(t, o, card)
		}
	}
}

func checkForm(t *testing.T, o *offer, card contract.Card) {
	t.Helper()
	form, err := forms.Parse(o.formJSON)
	if err != nil {
		t.Errorf("%s: %v", o.service.Key, err)
		return
	}
	for _, f := range form.FileFields() {
		if !slices.ContainsFunc(card.Documents, func(d contract.Document) bool { return d.ID == f.Document }) {
			t.Errorf("%s: field %s asks for %q, which the card does not name", o.service.Key, f.Name, f.Document)
		}
	}
}

// A clerk finds each paper beside its question: it bears the question's title, as after the intake.
func TestPapersBearTheTitlesOfTheirQuestions(t *testing.T) {
	b := mustBuild(t)
	titles := map[string]string{} // by the paper's id
	for i, id := range column[uuid.UUID](t, &b.dataset, "documents.files", "id") {
		titles[id.String()] = column[string](t, &b.dataset, "documents.files", "title")[i]
	}
	papers := 0
	for i, raw := range column[json.RawMessage](t, &b.dataset, "cases.cases", "answers") {
		formID := column[*uuid.UUID](t, &b.dataset, "cases.cases", "form_id")[i]
		if formID == nil {
			continue
		}
		at := slices.Index(column[uuid.UUID](t, &b.dataset, "catalogue.forms", "id"), *formID)
		form, err := forms.Parse(column[json.RawMessage](t, &b.dataset, "catalogue.forms", "schema")[at])
		if err != nil {
			t.Fatal(err)
		}
		var answers map[string]any
		if err := json.Unmarshal(raw, &answers); err != nil {
			t.Fatal(err)
		}
		for _, f := range form.FileFields() {
			files, _ := answers[f.Name].([]any)
			for _, id := range files {
				if papers++; titles[id.(string)] != f.Title.UK {
					t.Fatalf("case %d: a paper for %q is called %q", i, f.Title.UK, titles[id.(string)])
				}
			}
		}
	}
	if papers == 0 {
		t.Error("nobody sent a paper")
	}
}

func TestAnswersFitTheirForms(t *testing.T) {
	b := mustBuild(t)
	online := 0
	for i, raw := range column[json.RawMessage](t, &b.dataset, "cases.cases", "answers") {
		if column[string](t, &b.dataset, "cases.cases", "channel")[i] != "online" {
			continue
		}
		online++
		var answers map[string]any
		if err := json.Unmarshal(raw, &answers); err != nil || len(answers) < 2 {
			t.Errorf("case %d: answers %s: %v", i, raw, err)
		}
	}
	if online < 50 {
		t.Errorf("only %d cases came online", online)
	}
}

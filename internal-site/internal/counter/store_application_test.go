package counter_test

import (
	"encoding/json"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/counter"
	"portal.example/shared/fault"
)

// The answers of the service's form become those of the case, on the version that was filled in; an unanswered form keeps the
// visit from being registered.
func TestApplicationFormBecomesAnswersOfTheCase(t *testing.T) {
	d := newDesk(t)
	form := d.AddForm(d.Service)
	v := d.visit(t, 5)
	if _, err := d.store.Register(t.Context(), d.clerk, v.ID, v.Version, v.Content, ""); !fault.Is(err, fault.Invalid) {
		t.Fatalf("an empty form: %v", err)
	}
	if err := d.store.Applicable(t.Context(), d.clerk, v.ID); !fault.Is(err, fault.Invalid) {
		t.Errorf("an empty form can be signed: %v", err)
	}
	v.Content.Answers = counter.Typed{"purpose": {"birth"}, "children": {"2"}, "truth": {"true"}}
	v, err := d.store.Save(t.Context(), d.clerk, v.ID, v.Version, v.ServiceID, v.Content)
	if err != nil {
		t.Fatal(err)
	}
	before, err := d.store.Application(t.Context(), d.clerk, v.ID)
	if err != nil || before.Number != "" || before.Answers["purpose"] != "birth" || before.Who.TaxNumber != taxNumber(5) {
		t.Errorf("%+v, %v", before, err)
	}
	made, err := d.store.Register(t.Context(), d.clerk, v.ID, v.Version, v.Content, "")
	if err != nil {
		t.Fatal(err)
	}
	w, err := cases.NewStore(d.DB.PoolAs("internal_site")).Work(t.Context(), d.clerk, made.CaseID)
	if err != nil || w.Case.FormID == nil || *w.Case.FormID != form {
		t.Fatalf("%+v, %v", w.Case.FormID, err)
	}
	var answers map[string]any
	if err := json.Unmarshal(w.Case.Answers, &answers); err != nil || answers["purpose"] != "birth" || answers["children"] != 2.0 || answers["truth"] != true {
		t.Errorf("%s, %v", w.Case.Answers, err)
	}
	after, err := d.store.Application(t.Context(), d.clerk, v.ID)
	if err != nil || after.Number != w.Case.Number || after.Answers["children"] != json.Number("2") {
		t.Errorf("%+v, %v", after, err)
	}
	number, earlier, err := d.store.EarlierAnswers(t.Context(), d.clerk, v.Content.Who, d.Service)
	if err != nil || number != w.Case.Number || string(earlier) != string(w.Case.Answers) {
		t.Errorf("%q %s, %v", number, earlier, err)
	}
	if _, _, err := d.store.EarlierAnswers(t.Context(), d.OtherUsers[access.Administrator], v.Content.Who, d.Service); !fault.Is(err, fault.NotFound) {
		t.Errorf("another centre reads them: %v", err)
	}
}

// Papers name whoever took the documents, not whoever began to.
func TestPapersNameWhoEndedTheVisit(t *testing.T) {
	d := newDesk(t)
	v := d.visit(t, 6)
	colleague := d.AddUser("colleague", access.Grant{Group: access.Administrator, Place: access.InCentre(d.Centre)})
	if _, err := d.store.Register(t.Context(), colleague, v.ID, v.Version, v.Content, ""); err != nil {
		t.Fatal(err)
	}
	r, err := d.store.Receipt(t.Context(), d.clerk, v.ID)
	if err != nil || r.Clerk != colleague.Name {
		t.Errorf("%q, %v", r.Clerk, err)
	}
}

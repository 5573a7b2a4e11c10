package cases_test

import (
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/fault"
)

// A decision that waits for its signature names its signatory, is looked at by those who see the case, and is what is signed; taking the
// signature back brings it back.
func TestAProposalIsSignedAsItWasWorded(t *testing.T) {
	r, s, c := undecided(t)
	officer, head := r.Users[access.Officer], r.Users[access.AuthorityHead]
	r.DB.Exec(`update cases.stages set official = 'Начальник управління' where case_id = $1 and action = 'approves'`, c.ID)
	r.DB.Exec(`insert into offices.holders (id, place, kind, key, title, user_id, since) values (gen_random_uuid(), $1, 'authority', $2, 'Начальник управління', $3, now())`,
		r.Authority, offices.Key("Начальник управління"), head.UserID)
	if _, err := s.ProposedDecision(t.Context(), officer, c.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing is proposed: %v", err)
	}
	doStep(t, s, c.ID, step{officer, cases.Command{Act: cases.Propose, Outcome: cases.Refused, Grounds: []string{"other", "incomplete"}, OtherGround: "Немає права", Text: "Ось чому"}})
	for name, who := range map[string]access.Actor{"whoever worded it": officer, "the signatory": head, "a clerk": r.Users[access.Administrator]} {
		doc, err := s.ProposedDecision(t.Context(), who, c.ID)
		if err != nil || doc.Values[decisions.Official] != head.Name || doc.Values[decisions.Reasoning] != "Ось чому" ||
			doc.Values[decisions.Grounds] != "1) "+fixture.Card().Refusal[0].Text.UK+";\n2) Немає права;" {
			t.Errorf("%s sees %v, %v", name, doc.Values, err)
		}
	}
	for name, who := range map[string]access.Actor{"a partner whose stage is over": r.OtherUsers[access.Officer], "a stranger": r.OtherUsers[access.Administrator]} {
		if _, err := s.ProposedDecision(t.Context(), who, c.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if w, err := s.Work(t.Context(), r.OtherUsers[access.Officer], c.ID); err != nil || w.Case.Proposal != nil {
		t.Errorf("a partner reads the proposal: %v, %v", w.Case.Proposal, err)
	}
	before := stateOf(t, r, c.ID)
	_, doc := decideOnPaper(t, s, head, c, cases.Command{Act: cases.Sign})
	if doc.Values[decisions.Official] != head.Name || doc.Values[decisions.Decided] == "" {
		t.Errorf("signed: %v", doc.Values)
	}
	w, err := s.Work(t.Context(), head, c.ID)
	if err != nil || w.Case.State != cases.Decided || w.Case.Proposal != nil || len(w.Case.Grounds) != 2 || w.Case.OtherGround != "Немає права" || w.Case.DecisionNote != "Ось чому" {
		t.Fatalf("%+v, %v", w.Case, err)
	}
	if _, err := s.Undo(t.Context(), head, c.ID, w.Case.Version); err != nil {
		t.Fatal(err)
	}
	if after := stateOf(t, r, c.ID); after != before {
		t.Errorf("the signature that was taken back leaves\n%s\nof\n%s", after, before)
	}
}

// What the release before has written, one ground of a refusal, is read as the grounds.
func TestOneGroundOfTheReleaseBefore(t *testing.T) {
	r, s, c := undecided(t)
	doStep(t, s, c.ID, step{r.Users[access.Officer], cases.Command{Act: cases.Decide, Outcome: cases.Refused, Grounds: []string{"incomplete"}, Text: "бо"}})
	r.DB.Exec(`update cases.cases set refusal_grounds = '{}' where id = $1`, c.ID)
	if w, err := s.Work(t.Context(), r.Users[access.Officer], c.ID); err != nil || len(w.Case.Grounds) != 1 || w.Case.Grounds[0] != "incomplete" {
		t.Errorf("%v, %v", w.Case.Grounds, err)
	}
}

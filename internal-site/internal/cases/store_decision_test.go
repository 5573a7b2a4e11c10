package cases_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/fault"
)

// decideOnPaper drafts the document of an act and does the act with it, without the bytes.
func decideOnPaper(t *testing.T, s *cases.Store, who access.Actor, c cases.Case, cmd cases.Command) (file uuid.UUID, doc decisions.Document) {
	t.Helper()
	w, err := s.Work(t.Context(), who, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if doc, err = s.DraftDecision(t.Context(), who, c.ID, w.Case.Version, cmd); err != nil {
		t.Fatal(err)
	}
	file = fixture.NewID()
	row := func(id uuid.UUID, purpose documents.Purpose) documents.File {
		return documents.File{
			ID: id, Purpose: purpose, Title: doc.Title.UK, FileName: "decision.pdf", MediaType: "application/pdf", Size: 1,
			SHA256: strings.Repeat("a", 64), ObjectKey: id.String(), CaseID: &c.ID, UploadedBy: &who.UserID,
		}
	}
	sealed := row(fixture.NewID(), documents.SealedResult)
	sealed.OriginalID, sealed.Published = &file, true
	cmd.Decision = &cases.DecisionPaper{File: file, Position: doc.Position, Template: doc.Template}
	if err := s.Do(t.Context(), who, c.ID, w.Case.Version, cmd, row(file, documents.Result), sealed); err != nil {
		t.Fatal(err)
	}
	return file, doc
}

// undecided is a case in the stage in which it is decided.
func undecided(t *testing.T) (*fixture.Region, *cases.Store, cases.Case) {
	t.Helper()
	r := fixture.New(t)
	c, err := register(t.Context(), r.DB.PoolAs("intake"), filing(r))
	if err != nil {
		t.Fatal(err)
	}
	s := cases.NewStore(r.DB.PoolAs("internal_site")).At(now)
	for _, st := range []step{
		{r.Users[access.Administrator], cases.Command{Act: cases.Take}},
		{r.Users[access.Administrator], cases.Command{Act: cases.FinishStage}},
		{r.OtherUsers[access.Officer], cases.Command{Act: cases.FinishStage}},
	} {
		doStep(t, s, c.ID, st)
	}
	return r, s, c
}

var refusal = cases.Command{Act: cases.Decide, Outcome: cases.Refused, Grounds: []string{"incomplete"}, Text: " Немає довідки "}

func TestADraftSaysWhatWouldBeDecided(t *testing.T) {
	r, s, c := undecided(t)
	r.DB.Exec(`update access.users set position = 'Головний спеціаліст' where id = $1`, r.Users[access.Officer].UserID)
	officer, version := r.Users[access.Officer], 4
	doc, err := s.DraftDecision(t.Context(), officer, c.ID, version, refusal)
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[decisions.Field]string{
		decisions.Number: c.Number, decisions.CaseNumber: c.Number, decisions.Applicant: "Ґалаґан Їжак", decisions.Reasoning: "Немає довідки",
		decisions.Service: "Призначення допомоги при народженні дитини", decisions.Authority: "Управління соціального захисту",
		decisions.Official: officer.Name, decisions.Position: "Головний спеціаліст", decisions.Grounds: fixture.Card().Refusal[0].Text.UK,
	} {
		if doc.Values[field] != want {
			t.Errorf("%s is %q, want %q", field, doc.Values[field], want)
		}
	}
	for name, tt := range map[string]struct {
		who     access.Actor
		version int
		cmd     cases.Command
		want    fault.Kind
	}{
		"without a ground": {officer, version, cases.Command{Act: cases.Decide, Outcome: cases.Refused}, fault.Invalid},
		"another act":      {officer, version, cases.Command{Act: cases.Note, Text: "а"}, fault.Invalid},
		"too early":        {officer, version, cases.Command{Act: cases.CorrectDecision, Text: "а"}, fault.Conflict},
		"an old page":      {officer, version - 1, refusal, fault.Conflict},
		"a clerk":          {r.Users[access.Administrator], version, refusal, fault.Forbidden},
		"a partner":        {r.OtherUsers[access.Officer], version, refusal, fault.Forbidden},
		"a stranger":       {r.OtherUsers[access.Administrator], version, refusal, fault.NotFound},
	} {
		if _, err := s.DraftDecision(t.Context(), tt.who, c.ID, tt.version, tt.cmd); !fault.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The applicant can open the document of the decision in force and no other, whatever becomes of the decision.
func TestOnlyTheDocumentInForceLeaves(t *testing.T) {
	r, s, c := undecided(t)
	officer := r.Users[access.Officer]
	leaves := func(what string, want uuid.UUID) {
		t.Helper()
		var originals []uuid.UUID
		if err := r.DB.Pool.QueryRow(t.Context(), `select coalesce(array_agg(original_id), '{}') from documents.files where case_id = $1 and published`, c.ID).Scan(&originals); err != nil {
			t.Fatal(err)
		}
		if want == uuid.Nil && len(originals) > 0 || want != uuid.Nil && (len(originals) != 1 || originals[0] != want) {
			t.Errorf("%s: %v leave, want %v", what, originals, want)
		}
	}
	first, _ := decideOnPaper(t, s, officer, c, refusal)
	leaves("decided", first)
	w, err := s.Work(t.Context(), officer, c.ID)
	if err != nil || w.HasResult() {
		t.Fatalf("the decision counts as the result: %v", err)
	}
	if _, err := s.Undo(t.Context(), officer, c.ID, w.Case.Version); err != nil {
		t.Fatal(err)
	}
	leaves("taken back", uuid.Nil)
	second, doc := decideOnPaper(t, s, officer, c, refusal)
	if doc.Number != c.Number+"/2" {
		t.Errorf("a number that was given already is given again: %s", doc.Number)
	}
	for _, cmd := range []cases.Command{{Act: cases.Upload, File: second, Text: "а"}, {Act: cases.WithdrawResult, File: second, Text: "а"}} {
		if w, err = s.Work(t.Context(), officer, c.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Do(t.Context(), officer, c.ID, w.Case.Version, cmd); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s of the decision's document: %v", cmd.Act, err)
		}
	}
	leaves("decided again", second)
	third, doc := decideOnPaper(t, s, officer, c, cases.Command{Act: cases.CorrectDecision, Grounds: []string{cases.OtherGround}, OtherGround: "Немає права", Reasoning: "Ось чому", Text: "Описка"})
	if doc.Values[decisions.Grounds] != "Немає права" || doc.Values[decisions.Reasoning] != "Ось чому" {
		t.Errorf("%v", doc.Values)
	}
	leaves("corrected", third)
	papers, err := s.Decisions(t.Context(), officer, w)
	if err != nil || len(papers) != 3 || papers[1].Valid || !papers[2].Valid || papers[2].Number != c.Number+"/3" {
		t.Errorf("%+v, %v", papers, err)
	}
	doStep(t, s, c.ID, step{officer, cases.Command{Act: cases.WithdrawDecision, Text: "Помилка"}})
	leaves("withdrawn", uuid.Nil)
}

// A file that is not of the case, or not among those of the act, becomes no decision.
func TestADecisionIsAFileOfItsCase(t *testing.T) {
	r, s, c := undecided(t)
	officer, cmd := r.Users[access.Officer], refusal
	w, err := s.Work(t.Context(), officer, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Decision = &cases.DecisionPaper{File: fixture.NewID(), Position: 1}
	if err := s.Do(t.Context(), officer, c.ID, w.Case.Version, cmd); !fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
}

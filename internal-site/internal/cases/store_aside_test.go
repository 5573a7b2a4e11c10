package cases_test

import (
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

// decidedCase is a case of somebody who holds a code, refused by the officer.
func decidedCase(t *testing.T) (*fixture.Region, *cases.Store, cases.Case, seal.Code) {
	t.Helper()
	r := fixture.New(t)
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	hash := code.Hash()
	f := filing(r)
	f.CodeHash, f.Recipient = hash[:], code.Recipient()
	c, err := register(t.Context(), r.DB.PoolAs("intake"), f)
	if err != nil {
		t.Fatal(err)
	}
	s := cases.NewStore(r.DB.PoolAs("internal_site")).At(now)
	admin, officer := r.Users[access.Administrator], r.Users[access.Officer]
	for _, st := range []step{
		{admin, cases.Command{Act: cases.Take}},
		{admin, cases.Command{Act: cases.FinishStage}},
		{r.OtherUsers[access.Officer], cases.Command{Act: cases.FinishStage}},
		{officer, cases.Command{Act: cases.Decide, Outcome: cases.Refused, Grounds: []string{"incomplete"}, Text: "Немає довідки"}},
	} {
		doStep(t, s, c.ID, st)
	}
	return r, s, c, code
}

// result gives the case a result as an upload does, without its bytes; replaces is the one it takes the place of.
func result(t *testing.T, s *cases.Store, who access.Actor, c cases.Case, replaces uuid.UUID) (original, sealed uuid.UUID, err error) {
	t.Helper()
	original, sealed = fixture.NewID(), fixture.NewID()
	file := func(id uuid.UUID, purpose documents.Purpose) documents.File {
		return documents.File{ID: id, Purpose: purpose, Title: "Рішення", FileName: "a.pdf", MediaType: "application/pdf", Size: 1, SHA256: strings.Repeat("a", 64), ObjectKey: id.String(), CaseID: &c.ID, UploadedBy: &who.UserID}
	}
	of := file(sealed, documents.SealedResult)
	of.OriginalID, of.Published = &original, true
	w, err := s.Work(t.Context(), who, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Do(t.Context(), who, c.ID, w.Case.Version, cases.Command{
		Act: cases.Upload, File: replaces, Text: "інша особа", Result: &cases.ResultFile{Original: original},
	}, file(original, documents.Result), of)
	return original, sealed, err
}

// published lists the files that leave, and those that were withdrawn.
func published(t *testing.T, r *fixture.Region, c cases.Case) (leave, withdrawn []uuid.UUID) {
	t.Helper()
	err := r.DB.Pool.QueryRow(t.Context(), `select coalesce(array_agg(id) filter (where published), '{}'), coalesce(array_agg(id order by id) filter (where withdrawn_why <> ''), '{}')
		from documents.files where case_id = $1`, c.ID).Scan(&leave, &withdrawn)
	if err != nil {
		t.Fatal(err)
	}
	return leave, withdrawn
}

// A wrong result leaves no more once it was replaced or withdrawn; the valid one alone does, and the applicant reads why.
func TestOnlyTheValidResultLeaves(t *testing.T) {
	r, s, c, code := decidedCase(t)
	officer := r.Users[access.Officer]
	wrong, wrongSealed, err := result(t, s, officer, c, uuid.Nil)
	if err != nil {
		t.Fatal(err)
	}
	right, rightSealed, err := result(t, s, officer, c, wrong)
	if err != nil {
		t.Fatal(err)
	}
	if leave, withdrawn := published(t, r, c); !slices.Equal(leave, []uuid.UUID{rightSealed}) || !slices.Equal(withdrawn, []uuid.UUID{wrong, wrongSealed}) {
		t.Errorf("%v leave, %v withdrawn", leave, withdrawn)
	}
	var sealed []byte
	if err := r.DB.Pool.QueryRow(t.Context(), `select sealed from cases.events where case_id = $1 and kind = 'result_withdrawn' and published`, c.ID).Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	if said, err := code.Open(sealed, 1<<10); err != nil || string(said) != "інша особа" {
		t.Errorf("the applicant reads %q, %v", said, err)
	}
	if _, _, err := result(t, s, officer, c, wrong); !fault.Is(err, fault.Conflict) {
		t.Errorf("a result was replaced twice: %v", err)
	}
	doStep(t, s, c.ID, step{officer, cases.Command{Act: cases.WithdrawResult, File: right, Text: "знову не той"}})
	if leave, _ := published(t, r, c); len(leave) > 0 {
		t.Errorf("%v still leave", leave)
	}
	w, err := s.Work(t.Context(), officer, c.ID)
	if err != nil || w.HasResult() || w.Uploaded() != 2 {
		t.Errorf("a result is left, of %d: %v", w.Uploaded(), err)
	}
}

// Before the result is handed over, the decision is corrected and withdrawn by whoever decides, with a reason that the applicant reads.
func TestADecisionIsCorrectedAndWithdrawn(t *testing.T) {
	r, s, c, code := decidedCase(t)
	officer, admin := r.Users[access.Officer], r.Users[access.Administrator]
	w, err := s.Work(t.Context(), admin, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Do(t.Context(), admin, c.ID, w.Case.Version, cases.Command{Act: cases.WithdrawDecision, Text: "бо"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a clerk withdraws a decision: %v", err)
	}
	err = s.Do(t.Context(), officer, c.ID, w.Case.Version, cases.Command{Act: cases.CorrectDecision, Grounds: []string{cases.OtherGround}})
	if problems := fieldsOf(err); len(problems) != 3 {
		t.Errorf("an empty correction: %v", problems)
	}
	doStep(t, s, c.ID, step{officer, cases.Command{
		Act: cases.CorrectDecision, Grounds: []string{cases.OtherGround}, OtherGround: "Заявник уже отримав допомогу", Reasoning: "Призначено торік", Text: "Не та підстава",
	}})
	w, err = s.Work(t.Context(), officer, c.ID)
	if err != nil || w.Case.State != cases.Decided || w.Case.OtherGround != "Заявник уже отримав допомогу" || w.Case.DecisionNote != "Призначено торік" {
		t.Fatalf("%+v, %v", w.Case, err)
	}
	var text string
	var sealed []byte
	if err := r.DB.Pool.QueryRow(t.Context(), `select text, sealed from cases.events where case_id = $1 and kind = 'decided' order by id desc limit 1`, c.ID).Scan(&text, &sealed); err != nil || strings.Contains(text, "отримав") {
		t.Fatalf("the ground that an official wrote leaves in the clear: %q, %v", text, err)
	}
	var lines int
	if err := r.DB.Pool.QueryRow(t.Context(), `select count(*) from cases.events where case_id = $1 and kind in ('decided', 'decision_corrected')`, c.ID).Scan(&lines); err != nil || lines != 2 || !strings.HasPrefix(text, "Рішення виправлено.") {
		t.Errorf("a decision and its correction leave %d lines, the last says %q (%v)", lines, text, err)
	}
	if said, err := code.Open(sealed, 1<<10); err != nil || string(said) != "Не та підстава\n\nЗаявник уже отримав допомогу\n\nПризначено торік" {
		t.Errorf("the applicant reads %q, %v", said, err)
	}
	if _, _, err := result(t, s, officer, c, uuid.Nil); err != nil {
		t.Fatal(err)
	}
	doStep(t, s, c.ID, step{officer, cases.Command{Act: cases.WithdrawDecision, Text: "Довідка була у справі"}})
	w, err = s.Work(t.Context(), officer, c.ID)
	if err != nil || w.Case.State != cases.InProgress || w.Case.Outcome != "" || w.Case.DecidedAt != nil || w.Case.OtherGround != "" || !w.Possible(cases.Decide) || w.HasResult() {
		t.Fatalf("%+v, %v", w.Case, err)
	}
	if leave, _ := published(t, r, c); len(leave) > 0 {
		t.Errorf("the result of a withdrawn decision leaves: %v", leave)
	}
	if n, err := s.Reckon(t.Context()); err != nil || n != 0 {
		t.Errorf("%d cases stand otherwise than written: %v", n, err)
	}
	var told []string
	if err := r.DB.Pool.QueryRow(t.Context(), `select array_agg(kind order by at, event_id) from notices.outbox where case_id = $1`, c.ID).Scan(&told); err != nil || !slices.Equal(told, []string{"registered", "decided", "decision_corrected", "result_ready", "decision_withdrawn"}) {
		t.Errorf("told: %v, %v", told, err)
	}
	doStep(t, s, c.ID, step{officer, cases.Command{Act: cases.Decide, Outcome: cases.Granted}})
}

// Who collected the result and by which document is kept, for those who see the applicant's data. The archive gives a case back for a day.
func TestAResultIsHandedOverToSomebodyKnown(t *testing.T) {
	r, s, c, _ := decidedCase(t)
	admin := r.Users[access.Administrator]
	w, err := s.Work(t.Context(), admin, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Do(t.Context(), admin, c.ID, w.Case.Version, cases.Command{Act: cases.Issue, Paper: "№ 5", Handed: cases.Handover{Recipient: cases.HandedRepresentative}})
	if problems := fieldsOf(err); len(problems) != 4 {
		t.Errorf("nobody known: %v", problems)
	}
	given := cases.Handover{Recipient: cases.HandedRepresentative, Name: "Межова Їва", Basis: "довіреність № 1", Document: "passport", Number: "000123456"}
	doStep(t, s, c.ID, step{admin, cases.Command{Act: cases.Issue, Paper: "№ 5", Handed: given}})
	if w, err = s.Work(t.Context(), admin, c.ID); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Handover(t.Context(), admin, w); err != nil || got != given {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := s.Handover(t.Context(), r.OtherUsers[access.Officer], w); !fault.Is(err, fault.NotFound) {
		t.Errorf("an authority that only took part reads who collected it: %v", err)
	}
	doStep(t, s, c.ID, step{admin, cases.Command{Act: cases.Close}})
	doStep(t, s, c.ID, step{admin, cases.Command{Act: cases.Unarchive}})
	doStep(t, s, c.ID, step{admin, cases.Command{Act: cases.Close}})
	late := s.At(func() time.Time { return now().Add(cases.ArchiveReopens + time.Hour) })
	if w, err = late.Work(t.Context(), admin, c.ID); err != nil || w.Possible(cases.Unarchive) {
		t.Errorf("the archive gives a case back after more than a day: %v", err)
	}
}

// fieldsOf is what is wrong with which fields.
func fieldsOf(err error) []fault.FieldError {
	var f *fault.Error
	if !errors.As(err, &f) {
		return nil
	}
	return f.Fields
}

package cases_test

import (
	"crypto/rand"
	"net/http"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/cases"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/seal"
)

// TestWhereAResultWent: whoever may take a result back reads who of the staff opened it, and what is known of the applicant; nobody
// else reads it, and looking at the page itself is no opening.
func TestWhereAResultWent(t *testing.T) {
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{cases.Area(cases.Deps{Cases: d.Cases, Orgs: d.Orgs, Vault: d.Vault, Openings: d.Cases})}
	})
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	kase := s.Register(domain.Filing{})
	clerk, officer := s.As(s.Users[access.Administrator]), s.As(s.Users[access.Officer])
	for version, act := range []string{"take", "finish_stage"} {
		doAct(clerk, kase.ID, version+1, act)
	}
	files, err := s.Vault.PutResult(t.Context(), documents.NewResult{
		CaseID: kase.ID, CaseNumber: kase.Number, FileName: "act.pdf", MediaType: pdf, UploadedBy: s.Users[access.Officer].UserID, Recipient: code.Recipient(), Data: []byte("%PDF-1.7"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := documents.Insert(t.Context(), s.DB.Pool, f); err != nil {
			t.Fatal(err)
		}
	}
	passport := received(t, s, kase.ID, "Паспорт", "паспорт.pdf", pdf, "%PDF-1.7")
	at := "/cases/" + kase.ID.String() + "/files/" + files[0].ID.String()

	page := officer.Get(at + "/view").Body.String()
	if !strings.Contains(page, "Ніхто з працівників ще не відкривав") || !strings.Contains(page, "Чи відкривав, невідомо") {
		t.Error("the page does not say that nobody of the staff has opened it, and that of the applicant it is not known")
	}
	for _, path := range []string{at, at + "/bytes", at + "/bytes", "/cases/" + kase.ID.String() + "/files/" + passport.ID.String()} {
		if w := clerk.Get(path); w.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, w.Code)
		}
	}
	page = officer.Get(at + "/view").Body.String()
	clerkName := s.Users[access.Administrator].Name
	for _, want := range []string{clerkName + ": збережено ", clerkName + ": переглянуто ", "усього 2, уперше"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	if page := clerk.Get(at + "/view").Body.String(); strings.Contains(page, "Хто вже відкривав") {
		t.Error("a clerk, who may take no result back, reads who opened it")
	}
	var rows int
	if err := s.DB.Pool.QueryRow(t.Context(), `select count(*) from documents.openings`).Scan(&rows); err != nil || rows != 2 {
		t.Errorf("%d openings are kept, %v: the passport is nobody's to take back", rows, err)
	}
}

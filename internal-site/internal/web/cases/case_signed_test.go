package cases_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/signatures"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/cases"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/signature/signaturetest"
)

// trusting is a site that verifies signatures by what the folder holds.
func trusting(t *testing.T, folder string) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(d webtest.Stores) []area.Area {
		verifier := signatures.New(signatures.NewStore(d.Pool), d.Vault, folder, nil)
		return []area.Area{cases.Area(cases.Deps{Cases: d.Cases, Orgs: d.Orgs, Vault: d.Vault, Decisions: d.Cases, Signed: verifier})}
	})
}

func signatureBy(t *testing.T, who *signaturetest.Issuer, content string) string {
	t.Helper()
	b, err := who.Sign([]byte(content), false, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestStaffSeeWhoSigned(t *testing.T) {
	w, err := signaturetest.NewWorld(signaturetest.DSTU, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := w.Write(folder); err != nil {
		t.Fatal(err)
	}
	s := trusting(t, folder)
	kase := s.Register(domain.Filing{})
	clerk := s.As(s.Users[access.Administrator])
	const text = "%PDF-1.7 заява"
	paper := received(t, s, kase.ID, "Заява", "заява.pdf", pdf, text)
	good := received(t, s, kase.ID, "Підпис", "заява.pdf.p7s", signatures.TypeCMS, signatureBy(t, w.Person, text))
	bad := received(t, s, kase.ID, "Підпис", "інше.p7s", signatures.TypeCMS, signatureBy(t, w.Person, "%PDF-1.7 інша заява"))
	at := "/cases/" + kase.ID.String() + "/files/"

	for _, id := range []uuid.UUID{paper.ID, good.ID} {
		page := clerk.Get(at + id.String() + "/view").Body.String()
		for _, want := range []string{"Підпис дійсний", "Коваленко Оксана Петрівна", "2922912343", "Видав Тестовий надавач", "DSTU 4145-2002 (257)", "GOST 34.311-95", "заява.pdf.p7s", "Підписав не заявник"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: no %q", id, want)
			}
		}
	}
	page := clerk.Get(at + bad.ID.String() + "/view").Body.String()
	if !strings.Contains(page, "Немає файла, якого стосується підпис") || strings.Contains(page, "Підпис дійсний") {
		t.Error("a signature of a file that is not there is taken for one of another")
	}
	list := clerk.Get("/cases/" + kase.ID.String()).Body.String()
	if !strings.Contains(list, "Підпис дійсний") || !strings.Contains(list, "Не перевірено") {
		t.Error("the case does not say whether signatures hold")
	}
	if english := clerk.Get("/cases/" + kase.ID.String() + "/files/" + good.ID.String() + "/view?lang=en").Body.String(); strings.Contains(english, "signature.") {
		t.Error("a key without words")
	}
	var rows int
	if err := s.DB.Pool.QueryRow(t.Context(), `select count(*) from documents.signatures`).Scan(&rows); err != nil || rows != 2 {
		t.Errorf("%d rows of evidence after four views, want one for each signature: %v", rows, err)
	}
}

func TestWithoutTrustPagesSayThatNothingWasVerified(t *testing.T) {
	w, err := signaturetest.NewWorld(signaturetest.ECDSA, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s := trusting(t, "")
	kase := s.Register(domain.Filing{})
	received(t, s, kase.ID, "Заява", "заява.pdf", pdf, "%PDF-1.7 заява")
	f := received(t, s, kase.ID, "Підпис", "заява.pdf.p7s", signatures.TypeCMS, signatureBy(t, w.Person, "%PDF-1.7 заява"))
	page := s.As(s.Users[access.Administrator]).Get("/cases/" + kase.ID.String() + "/files/" + f.ID.String() + "/view").Body.String()
	if !strings.Contains(page, "Не перевірено, бо немає сертифікатів довіри") || strings.Contains(page, "Підпис дійсний") {
		t.Error("the page does not say honestly that nothing was verified")
	}
}

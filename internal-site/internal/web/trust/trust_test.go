package trust_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/signatures"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/trust"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/signature/signaturetest"
	"portal.example/shared/signature/x509ua"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// keep is a site with a folder of trust and a clock of its own.
func keep(t *testing.T, folder string, now *time.Time) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(d webtest.Stores) []area.Area {
		verifier := signatures.New(nil, nil, folder, nil).At(func() time.Time { return *now })
		return []area.Area{trust.Area(trust.Deps{Kept: verifier})}
	})
}

func TestRoutes(t *testing.T) {
	clock := time.Now()
	webtest.Walk(t, keep(t, "", &clock), strings.NewReplacer().Replace, map[string]access.Object{"region": {}})
}

func TestTheAdministratorSeesHowOldListsAre(t *testing.T) {
	now := time.Now()
	w, err := signaturetest.NewWorld(signaturetest.ECDSA, now)
	if err != nil {
		t.Fatal(err)
	}
	other, err := w.Root.Issue(signaturetest.ECDSA, signaturetest.Subject{
		Name: "Надавач без списку", NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(0, 0, 20), CA: true, Usage: x509ua.CertificateSign, Serial: 77,
	})
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	clock := now
	s := keep(t, folder, &clock)
	admin := s.As(s.Users[access.PortalAdministrator])
	webtest.Shows(t, admin.Get("/trust"), http.StatusOK, "Жодному сертифікату портал зараз не довіряє", folder)
	if answer := s.As(s.Users[access.Administrator]).Get("/trust"); answer.Code != http.StatusForbidden {
		t.Errorf("a clerk: %d", answer.Code)
	}

	if err := w.Write(folder); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(time.Hour)
	webtest.Shows(t, admin.Get("/trust"), http.StatusOK, "Тестовий кореневий центр", "Тестовий надавач", "У ньому 0 сертифікатів", "Дійсний")
	page := admin.Get("/trust").Body.String()
	for _, bad := range []string{"Застарів", "Закінчується", "Списку немає", "не вдалося використати", "Принесіть"} {
		if strings.Contains(page, bad) {
			t.Errorf("what is fresh is said to be %q", bad)
		}
	}

	for name, b := range map[string][]byte{"certificates/other.cer": other.Certificate.Raw, "lists/damaged.crl": []byte("x")} {
		if err := os.WriteFile(filepath.Join(folder, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	clock = now.Add(7*24*time.Hour - time.Hour)
	webtest.Shows(t, admin.Get("/trust"), http.StatusOK, "Для деяких надавачів немає списку", "Надавач без списку", "Списку немає", "Закінчується", "damaged.crl", "не сертифікат і не список")
	if err := os.Remove(filepath.Join(folder, "certificates/other.cer")); err != nil {
		t.Fatal(err)
	}
	clock = now.Add(8 * 24 * time.Hour)
	webtest.Shows(t, admin.Get("/trust"), http.StatusOK, "списки відкликаних сертифікатів застаріли", "Застарів", "Принесіть новий")
	if english := admin.Get("/trust?lang=en").Body.String(); strings.Contains(english, "trust.") || !strings.Contains(english, "Out of date") {
		t.Error("the English page lacks words")
	}
}

func TestWithoutAFolderThePageSaysSo(t *testing.T) {
	clock := time.Now()
	s := keep(t, "", &clock)
	webtest.Shows(t, s.As(s.Users[access.PortalAdministrator]).Get("/trust"), http.StatusOK, "Не вказано в налаштуваннях", "Жодному сертифікату")
}

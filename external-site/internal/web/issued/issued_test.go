package issued_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"portal.example/external-site/internal/issued"
	"portal.example/external-site/internal/web/areatest"
	page "portal.example/external-site/internal/web/issued"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

const decision = "%PDF-1.7 рішення"

func sumOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// register has one document.
type register struct{ issued.Document }

func (r register) ByNumber(_ context.Context, number string) (issued.Document, error) {
	if number != r.Number {
		return issued.Document{}, fault.New(fault.NotFound, "")
	}
	return r.Document, nil
}

func (r register) ByHash(_ context.Context, sum string) (issued.Document, error) {
	if sum != r.SHA256 {
		return issued.Document{}, fault.New(fault.NotFound, "")
	}
	return r.Document, nil
}

func open(t *testing.T, withdrawn *time.Time) (*areatest.Site, string) {
	t.Helper()
	number, err := contract.NewDocumentNumber(bytes.NewReader([]byte("12345678")))
	if err != nil {
		t.Fatal(err)
	}
	d := issued.Document{
		Number: number, On: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), SHA256: sumOf(decision), Withdrawn: withdrawn,
		Authority: locale.Text{UK: "Управління містобудування", EN: "Planning department"},
	}
	return areatest.New(t, page.Area(page.Deps{Documents: register{d}, BaseURL: areatest.BaseURL})), number
}

func send(t *testing.T, s *areatest.Site, number, name, content string) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("number", number); err != nil {
		t.Fatal(err)
	}
	if name != "" {
		part, err := form.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/issued", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.Do(r)
}

// What anybody learns of a number or a file, with scripts (the hash in the address) and without (the file is sent).
func TestAnybodyChecksADocument(t *testing.T) {
	s, number := open(t, nil)
	areatest.Contains(t, s.Page("/issued"), "Номер для перевірки", `data-portal-issued="20971520"`)
	const valid, same, other, unknown = "Такий документ видано, він чинний", "Файл той самий", "Файл інший", "Такого документа портал не знає"
	digits := strings.NewReplacer("D", "", "-", "").Replace(number)
	for _, c := range []struct {
		name        string
		answer      *httptest.ResponseRecorder
		status      int
		want, lacks []string
	}{
		{"by the QR code", s.Get("/issued/" + number), http.StatusOK, []string{valid, number, "Управління містобудування", "20 листопада 2026 року", sumOf(decision)}, []string{same, other}},
		{"as it is typed", s.Get("/issued?number=д" + digits), http.StatusOK, []string{valid, number}, []string{same, other}},
		{"by its hash", s.Get("/issued?sha256=" + sumOf(decision)), http.StatusOK, []string{valid, number, same}, []string{other}},
		{"by both", s.Get("/issued?number=" + number + "&sha256=" + sumOf("інше")), http.StatusOK, []string{valid, other}, []string{same}},
		{"its file", send(t, s, "", "рішення.pdf", decision), http.StatusOK, []string{valid, number, same}, []string{other}},
		{"another file under its number", send(t, s, number, "рішення.pdf", "%PDF-1.7 підробка"), http.StatusOK, []string{other}, []string{same}},
		{"a file that nobody issued", send(t, s, "", "рішення.pdf", "%PDF-1.7 підробка"), http.StatusNotFound, []string{unknown, "Документа з таким файлом"}, []string{valid}},
		{"a number that nobody issued", s.Get("/issued/D-0000-0000-0000-0098"), http.StatusNotFound, []string{unknown, "D-0000-0000-0000-0098"}, []string{valid}},
		{"a mistyped number", s.Get("/issued/D-0000-0000-0000-0097"), http.StatusUnprocessableEntity, []string{"набрана неправильно"}, []string{unknown}},
		{"nothing", send(t, s, "", "", ""), http.StatusUnprocessableEntity, []string{"Уведіть номер або виберіть файл"}, []string{unknown}},
		{"a file of another type", send(t, s, "", "рішення.exe", "MZ"), http.StatusUnprocessableEntity, []string{"рішення.exe"}, []string{unknown}},
		{"no hash", s.Get("/issued?sha256=<script>"), http.StatusOK, []string{"Номер для перевірки"}, []string{unknown, "<script>\""}},
	} {
		if c.answer.Code != c.status {
			t.Errorf("%s: %d, want %d", c.name, c.answer.Code, c.status)
		}
		areatest.Contains(t, c.answer.Body.String(), c.want...)
		areatest.Lacks(t, c.answer.Body.String(), c.lacks...)
	}
	if to := send(t, s, digits, "", ""); to.Code != http.StatusSeeOther || to.Header().Get("Location") != "/issued/"+number {
		t.Errorf("a number without a script leads to %d %q", to.Code, to.Header().Get("Location"))
	}
	if js := s.Get("/issued/check.js"); js.Code != http.StatusOK || !strings.HasPrefix(js.Header().Get("Content-Type"), "text/javascript") {
		t.Errorf("the script: %d", js.Code)
	}
	areatest.Lacks(t, s.Get("/issued/"+number+"?lang=en").Body.String(), "issued.")
}

func TestAWithdrawnDocumentIsSaidToBe(t *testing.T) {
	on := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	s, number := open(t, &on)
	answer := s.Get("/issued/" + number).Body.String()
	areatest.Contains(t, answer, "його відкликано", "Відкликано 21 листопада 2026 року")
	areatest.Lacks(t, answer, "він чинний")
}

package verify_test

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"

	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/verify"
	"portal.example/shared/signature/signaturetest"
	"portal.example/shared/signature/trust"
)

// file is one of a form.
type file struct {
	field, name string
	content     []byte
}

// send sends files as a browser does.
func send(t *testing.T, s *areatest.Site, files ...file) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range files {
		part, err := form.CreateFormFile(f.field, f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(f.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/verify", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.Do(r)
}

func TestAnybodyChecksASignature(t *testing.T) {
	w, err := signaturetest.NewWorld(signaturetest.DSTU, areatest.Monday())
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	s := areatest.New(t, verify.Area(verify.Deps{Trust: trust.Watch(folder, nil)}))
	content := []byte("%PDF-1.7 рішення")
	attached, err := w.Person.Sign(content, true, areatest.Monday())
	if err != nil {
		t.Fatal(err)
	}
	detached, err := w.Person.Sign(content, false, areatest.Monday())
	if err != nil {
		t.Fatal(err)
	}
	areatest.Contains(t, s.Page("/verify"), "Перевірити електронний підпис", "ще не встановлено сертифікатів довіри")
	untrusted := send(t, s, file{"signed", "рішення.p7s", attached})
	areatest.Contains(t, untrusted.Body.String(), "Не перевірено, бо немає сертифікатів довіри")
	areatest.Lacks(t, untrusted.Body.String(), "Підпис дійсний")

	if err := w.Write(folder); err != nil {
		t.Fatal(err)
	}
	s.Now = s.Now.Add(2 * trust.LookAgain)
	for _, c := range []struct {
		name   string
		files  []file
		status int
		want   []string
		lacks  string
	}{
		{"attached", []file{{"signed", "рішення.p7s", attached}}, http.StatusOK, []string{"Підписано, підписи дійсні", "Коваленко Оксана Петрівна", "Видав Тестовий надавач", "рішення.p7s"}, "ще не встановлено"},
		{"detached", []file{{"signed", "рішення.p7s", detached}, {"file", "рішення.pdf", content}}, http.StatusOK, []string{"Підписано, підписи дійсні"}, "Підпис недійсний"},
		{"in base64", []file{{"signed", "рішення.p7s", []byte(base64.StdEncoding.EncodeToString(attached))}}, http.StatusOK, []string{"Підписано, підписи дійсні"}, "ще не встановлено"},
		{"in PEM", []file{{"signed", "рішення.p7s", pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: detached})}, {"file", "рішення.pdf", content}}, http.StatusOK, []string{"Підписано, підписи дійсні"}, "Підпис недійсний"},
		{"of another file", []file{{"signed", "рішення.p7s", detached}, {"file", "рішення.pdf", []byte("%PDF-1.7 інше")}}, http.StatusOK, []string{"Підпис недійсний", "Підписано інший файл"}, "Підпис дійсний"},
		{"without its file", []file{{"signed", "рішення.p7s", detached}}, http.StatusOK, []string{"Немає файла, якого стосується підпис"}, "Підпис дійсний"},
		{"no signature", []file{{"signed", "рішення.p7s", []byte("0 не підпис")}}, http.StatusOK, []string{"не є електронним підписом"}, "Підпис дійсний"},
		{"nothing", nil, http.StatusUnprocessableEntity, []string{"Додайте файл із підписом"}, "Підпис дійсний"},
		{"a file of another type", []file{{"signed", "рішення.exe", []byte("MZ")}}, http.StatusUnprocessableEntity, []string{"рішення.exe"}, "Підпис дійсний"},
	} {
		answer := send(t, s, c.files...)
		if answer.Code != c.status {
			t.Errorf("%s: %d", c.name, answer.Code)
		}
		areatest.Contains(t, answer.Body.String(), c.want...)
		areatest.Lacks(t, answer.Body.String(), c.lacks)
	}
}

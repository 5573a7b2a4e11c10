package cabinet_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// A file that does not fit any more is refused in words, at the status that says so, and leaves nothing behind.
func TestADocumentThatDoesNotFit(t *testing.T) {
	s := open(t)
	s.register("olena")
	s.document("Паспорт", "a.pdf", "%PDF-1.7 один")
	link := documentLink.FindString(s.Page("/cabinet/documents"))
	s.DB.Exec(`update account.documents set size = 104857000`)
	for _, path := range []string{"/cabinet/documents", link + "/versions"} {
		w := s.Upload(path, "file", []string{"b.pdf", "%PDF-1.7 два"})
		if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "Для документів є 100 МБ") {
			t.Errorf("%s: %d\n%s", path, w.Code, w.Body)
		}
	}
	if w := s.Upload(link+"/versions", "file", []string{"b.txt", "два"}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a text as a version: %d", w.Code)
	}
	webtest.Contains(t, s.Page("/cabinet/documents"), "файлів – 1 з 200")
}

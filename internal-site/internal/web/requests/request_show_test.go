package requests_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// An answer brings its document; what is no document stays out, and what was typed stays.
func TestAnsweringWithADocument(t *testing.T) {
	d := newDesk(t)
	official := d.As(d.official)
	form := url.Values{"version": {"1"}, "answer": {"Додаємо довідку"}, "act": {"answer"}}
	webtest.Shows(t, official.Multipart(d.path(), form, "file", "довідка.pdf", []byte("<html>")), http.StatusUnprocessableEntity, "Додаємо довідку</textarea>")
	webtest.Shows(t, official.Post(d.path(), url.Values{"version": {"1"}, "act": {"answer"}}), http.StatusUnprocessableEntity, "Додайте документ або напишіть відповідь")
	webtest.Shows(t, official.Post(d.path(), url.Values{"version": {"1"}, "act": {"refuse"}, "refusal": {"бо"}}), http.StatusUnprocessableEntity, "Виберіть підставу відмови", "бо</textarea>")
	for _, press := range []string{"once", "twice"} { // a double click answers once
		if w := official.Multipart(d.path(), form, "file", "довідка.pdf", []byte("%PDF-1.7")); w.Code != http.StatusSeeOther {
			t.Fatalf("pressed %s: %d %s", press, w.Code, w.Body)
		}
	}
	webtest.Shows(t, d.As(d.Users[access.Administrator]).Get("/cases/"+d.kase.ID.String()), http.StatusOK, "Відповіді на запити", "довідка.pdf", "відповідь надано")
	webtest.Shows(t, official.Post(d.path(), form), http.StatusConflict, "уже відповіли", "Додаємо довідку</textarea>")
	r, err := d.store.Get(t.Context(), d.official, d.id)
	if err != nil || r.File == nil {
		t.Fatal(err)
	}
	if w := official.Get(d.path() + "/files/" + r.File.ID.String()); w.Code != http.StatusOK || w.Body.String() != "%PDF-1.7" {
		t.Errorf("the document: %d", w.Code)
	}
	if n := d.Count(`select count(*) from documents.files where purpose = 'answer'`); n != 1 {
		t.Errorf("%d documents", n)
	}
}

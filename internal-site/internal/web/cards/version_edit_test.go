package cards_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/formtree"
	"portal.example/internal-site/internal/web/webtest"
)

// draft begins a draft of the region's first service and returns its address and the form as it stands.
func draft(t *testing.T, s *webtest.Site) (string, url.Values) {
	t.Helper()
	store := catalogue.NewStore(s.DB.Pool).At(webtest.Now)
	id, err := store.Cards.Start(t.Context(), s.Users[access.Administrator], s.Service)
	if err != nil {
		t.Fatal(err)
	}
	card, err := store.Cards.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	form := formtree.Encode(card.Content)
	for name, value := range map[string]string{
		"version": "1", "effective_from-day": "18", "effective_from-month": "11", "effective_from-year": "2026", "fee.kind": "free",
	} {
		form.Set(name, value)
	}
	return "/services/" + s.Service.String() + "/cards/" + id.String(), form
}

func with(form url.Values, pairs ...string) url.Values {
	fresh := url.Values{}
	for k, v := range form {
		fresh[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		fresh.Set(pairs[i], pairs[i+1])
	}
	return fresh
}

func TestRowsWorkWithoutJavaScript(t *testing.T) {
	s := newSite(t)
	path, form := draft(t, s)
	c := s.As(s.Users[access.Administrator])
	w := c.Multipart(path+"/edit", with(form, "do", "add documents", "result.uk", "Щойно набране"), "", "", nil)
	page := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(page, `name="documents.2.name.uk"`) || !strings.Contains(page, "Щойно набране") {
		t.Fatalf("add: %d", w.Code)
	}
	w = c.Multipart(path+"/edit", with(form, "do", "remove documents 0"), "", "", nil)
	page = w.Body.String()
	if strings.Contains(page, `name="documents.1.name.uk"`) || !strings.Contains(page, "Паспорт") {
		t.Error("remove took the wrong row, or none")
	}
	if s.Count(`select count(*) from catalogue.cards where version > 1`) != 0 {
		t.Error("a button for rows saved the draft")
	}
}

func TestCardFormThatFailsKeepsEverything(t *testing.T) {
	s := newSite(t)
	path, form := draft(t, s)
	c := s.As(s.Users[access.Administrator])
	w := c.Multipart(path+"/edit", with(form, "do", "save", "term.days", "десять", "effective_from-day", "31", "result.uk", "Набране"), "", "", nil)
	page := w.Body.String()
	for _, want := range []string{`href="#term.days"`, `value="десять"`, `href="#effective_from"`, "Набране"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("status %d", w.Code)
	}
}

func TestTemplateIsUploadedWithWhatWasTyped(t *testing.T) {
	s := newSite(t)
	path, form := draft(t, s)
	c := s.As(s.Users[access.Administrator])
	w := c.Multipart(path+"/edit", with(form, "do", "upload", "result.uk", "Набране"), "template", "Заява.pdf", []byte("%PDF-1.7"))
	page := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(page, "Заява.pdf") || !strings.Contains(page, "Набране") || !strings.Contains(page, `name="templates.0.id"`) {
		t.Fatalf("upload: %d", w.Code)
	}
	if n := s.Count(`select count(*) from documents.files where purpose = 'template' and not published`); n != 1 {
		t.Errorf("%d templates", n)
	}
	w = c.Multipart(path+"/edit", with(form, "do", "upload", "result.uk", "Набране"), "template", "virus.exe", []byte("MZ"))
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Набране") {
		t.Errorf("a refused type: %d", w.Code)
	}
	w = c.Multipart(path+"/edit", with(form, "do", "upload", "result.uk", "Набране"), "template", "Заява.docx", []byte("PK\x03\x04EICAR"))
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Набране") || !strings.Contains(w.Body.String(), "Вміст файлу не відповідає його типу") {
		t.Errorf("what only begins as a document: %d", w.Code)
	}
}

package cards_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/formtree"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/web"
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

// Buttons that only show the form again say what is wrong to nobody who has not asked, and go on saying it to those who have.
func TestButtonsOfRowsAskForNoMistakes(t *testing.T) {
	s := newSite(t)
	path, form := draft(t, s)
	c, edit := s.As(s.Users[access.Administrator]), path+"/edit"
	send := func(address string, pairs ...string) *httptest.ResponseRecorder {
		wrong := with(form, "effective_from-day", "", "effective_from-month", "", "effective_from-year", "", "term.days", "десять")
		return c.Multipart(address, with(wrong, pairs...), "", "", nil)
	}
	for do, address := range map[string]string{"add documents": edit, "down documents 0": edit, "": web.ShowUnaskedPath(edit)} {
		w := send(address, "do", do)
		webtest.Shows(t, w, http.StatusOK, `value="десять"`)
		webtest.Lacks(t, w, "govuk-error", `name="judged"`)
	}
	webtest.Shows(t, send(edit, "do", "save"), http.StatusUnprocessableEntity, `name="judged" value="yes"`)
	for do, address := range map[string]string{"add documents": edit, "": web.ShowPath(edit)} {
		w := send(address, "do", do, "judged", "yes")
		webtest.Shows(t, w, http.StatusUnprocessableEntity, `href="#effective_from"`, `href="#term.days"`, `name="judged" value="yes"`, `value="десять"`)
		webtest.Lacks(t, w, `href="#documents.2`) // nothing has been typed into the new row
	}
}

// What cannot be read goes with its row.
func TestWhatCannotBeReadStaysInItsRow(t *testing.T) {
	s := newSite(t)
	c := s.As(s.Users[access.Administrator])
	store := catalogue.NewStore(s.DB.Pool).At(webtest.Now)
	id, err := store.TechCards.Start(t.Context(), s.Users[access.Administrator], s.Service)
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"version": {"1"}, "stages.0.action": {""}, "stages.0.days": {"два"}, "stages.1.days": {"3"}, "stages.2.days": {"чотири"}}
	edit := "/services/" + s.Service.String() + "/tech-cards/" + id.String() + "/edit"
	days := func(do string) (found []string) {
		page := c.Multipart(edit, with(form, "do", do), "", "", nil).Body.String()
		for _, m := range regexp.MustCompile(`id="stages\.\d\.days"[^>]*value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			found = append(found, m[1])
		}
		return found
	}
	for do, want := range map[string][]string{
		"remove stages 0": {"3", "чотири"}, "remove stages 1": {"два", "чотири"}, "down stages 0": {"3", "два", "чотири"},
		"up stages 2": {"два", "чотири", "3"}, "down stages 2": {"два", "3", "чотири"}, "add stages": {"два", "3", "чотири", "0"},
	} {
		if got := days(do); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", do, got, want)
		}
	}
}

// A card with more text than a form takes comes back whole, with what is wrong with it: nothing that was typed is lost.
func TestACardThatIsTooLargeComesBackWhole(t *testing.T) {
	s := newSite(t)
	path, form := draft(t, s)
	c := s.As(s.Users[access.Administrator])
	w := c.Multipart(path+"/edit", with(form, "do", "save", "conditions.uk", strings.Repeat("Умова. ", 120_000), "result.uk", "Щойно набране"), "", "", nil)
	webtest.Shows(t, w, http.StatusUnprocessableEntity, "На сторінці забагато тексту", "Щойно набране", strings.Repeat("Умова. ", 50))
}

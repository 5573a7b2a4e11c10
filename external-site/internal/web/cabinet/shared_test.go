package cabinet_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// Whoever has the link and the code gets the document, as often as was allowed and no longer; without the code, or with the code of another link, nothing.
func TestADocumentByALink(t *testing.T) {
	s := open(t)
	s.register("olena")
	s.document("Паспорт Олени", "pasport.pdf", "%PDF-1.7 один")
	file := fileLink.FindString(s.Page("/cabinet/documents"))
	once, other := s.give(file, "Нотаріус", "1", "1"), s.give(file, "Банк", "1", "3")
	owner := s.Remember()
	s.Forget()
	page := s.Page(once.link)
	webtest.Lacks(t, page, "Паспорт", "pasport", "Нотаріус")
	webtest.Contains(t, s.posted(http.StatusUnprocessableEntity, once.link, "code", "12"), "Введіть 8 знаків коду")
	webtest.Contains(t, s.posted(http.StatusUnprocessableEntity, once.link, "code", other.code), "Скільки спроб залишилося – 4")
	w := s.Post(once.link, "code", " "+strings.ToLower(once.code))
	if w.Code != http.StatusOK || w.Body.String() != "%PDF-1.7 один" || !strings.Contains(w.Header().Get("Content-Disposition"), "pasport.pdf") {
		t.Errorf("the document: %d %v", w.Code, w.Header())
	}
	if w := s.Get(once.link); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "Це посилання не діє") {
		t.Errorf("opened as often as allowed, and asks again: %d", w.Code)
	}
	if w := s.Post(once.link, "code", once.code); w.Code == http.StatusOK {
		t.Error("the code opens twice")
	}
	for _, left := range []string{"4", "3", "2", "1", "0"} {
		webtest.Contains(t, s.posted(http.StatusUnprocessableEntity, other.link, "code", "AAAA-AAAA"), "Скільки спроб залишилося – "+left)
	}
	if w := s.Post(other.link, "code", other.code); w.Code == http.StatusOK {
		t.Error("the right code still opens after five wrong ones")
	}
	if w := s.Get("/cabinet/shared/" + strings.Repeat("A", 26)); w.Code != http.StatusNotFound {
		t.Errorf("a link that nobody made: %d", w.Code)
	}
	owner()
	webtest.Contains(t, s.Page("/cabinet/documents"), "Відкрито 1 з 1", "Код вгадували")
	third := s.give(file, "Мама", "3", "3")
	s.posted(http.StatusSeeOther, file+"/remove")
	if w := s.Post(third.link, "code", third.code); w.Code == http.StatusOK {
		t.Error("a removed document opens by its link")
	}
}

package cabinet_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// handed is what somebody got to open a document with.
type handed struct{ link, code string }

var (
	sharedLink = regexp.MustCompile(`/cabinet/shared/[A-Z2-7]{26}`)
	sharedCode = regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}`)
)

// give makes a link to the file that is open.
func (s *site) give(file, whom, days, times string) handed {
	s.t.Helper()
	page := s.posted(http.StatusOK, file+"/share", "whom", whom, "days", days, "times", times)
	h := handed{sharedLink.FindString(page), sharedCode.FindString(page)}
	if h.link == "" || h.code == "" {
		s.t.Fatalf("no link or no code: %s", page)
	}
	return h
}

// What is asked of whoever gives a document away is asked in words, and nothing is given before.
func TestGivingALinkAsks(t *testing.T) {
	s := open(t)
	s.register("olena")
	s.document("Паспорт", "a.pdf", "%PDF-1.7 один")
	file := fileLink.FindString(s.Page("/cabinet/documents"))
	webtest.Contains(t, s.Page(file+"/share"), "a.pdf", "Скільки разів можна відкрити")
	for _, typed := range [][]string{
		{"whom", "", "days", "3", "times", "1"},
		{"whom", "Я", "days", "400", "times", "1"},
		{"whom", "Я", "days", "3", "times", "99"},
		{"whom", strings.Repeat("я", 81), "days", "3", "times", "1"},
	} {
		webtest.Lacks(t, s.posted(http.StatusUnprocessableEntity, file+"/share", typed...), "/cabinet/shared/")
	}
	s.give(file, "Нотаріус", "30", "10")
	webtest.Contains(t, s.Page("/cabinet/documents"), "Нотаріус", "Відкрито 0 з 10")
	s.posted(http.StatusSeeOther, shareLink.FindString(s.Page("/cabinet/documents")))
	webtest.Lacks(t, s.Page("/cabinet/documents"), "Нотаріус")
}

package statistics_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// A list names no applicant, leads back to the figures with the same question, and is taken away line by line.
func TestCasesOfAFigure(t *testing.T) {
	s := opened(t)
	head := s.As(s.Users[access.CentreHead])
	list := head.Get("/statistics/cases?of=late&in=calendar&applicant=person&channel=online")
	webtest.Shows(t, list, http.StatusOK, "Знайдено 2 справи", "Подано: онлайн", "фізична особа", `href="/statistics?`, "прострочено")
	webtest.Lacks(t, list, "Ґава")
	webtest.Shows(t, head.Get("/statistics/cases?applicant=entity"), http.StatusOK, "Перелік порожній")
	csv := strings.Split(strings.TrimSpace(head.Get("/statistics/cases/table?of=late").Body.String()), "\r\n")
	if len(csv) != 3 || !strings.Contains(csv[1], ";30;") {
		t.Errorf("%q", csv)
	}
}

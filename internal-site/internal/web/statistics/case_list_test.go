package statistics_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
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
	whole, asked := "Суб’єкт надання: ", s.As(s.Users[access.AuthorityHead])
	webtest.Lacks(t, asked.Get("/statistics/cases/table"), whole)
	if table := asked.Get("/statistics/cases/table?authority=" + s.Authority.String()).Body.String(); !strings.Contains(table, whole) {
		t.Errorf("asked for an authority: %q", table)
	}
	webtest.Shows(t, head.Get("/statistics/cases?applicant=entity"), http.StatusOK, "Перелік порожній")
	link := strings.Split(strings.SplitAfter(head.Get("/statistics?by=month&in=calendar&compare=before&service="+s.Service.String()).Body.String(), `href="/statistics/cases?`)[1], `"`)[0]
	page := head.Get("/statistics/cases?" + html.UnescapeString(link))
	webtest.Shows(t, page, http.StatusOK, "Центр надання адміністративних послуг: ")
	for _, part := range []string{"by=month", "compare=before", "in=calendar", "service=" + s.Service.String()} {
		if got := regexp.MustCompile(`href="(/statistics\?[^"]*)" class="govuk-back-link"`).FindStringSubmatch(page.Body.String()); got == nil || !strings.Contains(got[1], part) {
			t.Errorf("back to %q loses %s", got, part)
		}
	}
	webtest.Shows(t, head.Get("/statistics/cases?back="+url.QueryEscape("by=nothing&from=x%3A&next=//evil.example")), http.StatusOK, `href="/statistics?from=x%3A" class="govuk-back-link"`)
	english := head.Get("/statistics/cases?lang=en")
	webtest.Shows(t, english, http.StatusOK)
	webtest.Lacks(t, english, "02.11.2026")
	taken := head.Get("/statistics/cases/table?of=late")
	if name := taken.Header().Get("Content-Disposition"); !strings.Contains(name, "late-2026-01-01-2026-11-18.csv") {
		t.Errorf("the file is named %s", name)
	}
	rows, below, _ := strings.Cut(taken.Body.String(), "\r\n\r\n")
	for _, part := range []string{"З 01.01.2026 по 18.11.2026, робочі дні", "Центр надання адміністративних послуг: ", "Складено 18.11.2026"} {
		if !strings.Contains(below, part) {
			t.Errorf("%q lacks %s", below, part)
		}
	}
	s.DB.Exec(`update cases.measurings set done_at = null, seen = 7`)
	for _, path := range []string{"/statistics/cases", "/statistics/parties", "/statistics/cases/table", "/statistics/parties/table", "/statistics/table"} {
		webtest.Shows(t, head.Get(path), http.StatusOK, "Переглянуто справ: 7")
	}
	csv := strings.Split(rows, "\r\n")
	if len(csv) != 3 || !strings.Contains(csv[1], ";30;") {
		t.Errorf("%q", csv)
	}
}

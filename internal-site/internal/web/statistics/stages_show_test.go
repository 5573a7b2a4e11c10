package statistics_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// staged is opened with a stage of each case: done by the authority in six days, and late in two of the cases.
func staged(t *testing.T) *webtest.Site {
	t.Helper()
	s := opened(t)
	s.DB.Exec(`insert into cases.stage_measures select m.case_id, 2, m.completed_on, m.late, 8, 6, 0, 0, m.centre_id, m.authority_id, m.service_id, m.authority_id, 'Розгляд & рішення', '' from cases.measures m`)
	return s
}

// Each number of stages and of open cases leads to a list that is as long as it says.
func TestWhoTakesHowLong(t *testing.T) {
	s := staged(t)
	head, link := s.As(s.Users[access.CentreHead]), regexp.MustCompile(`href="(/statistics/parties/(?:stages|waiting)\?[^"]+)">(\d+)</a>`)
	whose := map[bool]string{true: "Хто має діяти: ", false: "Хто виконує: Управління соціального захисту"}
	for _, narrowed := range []string{"", "?service=" + s.Service.String()} {
		page := head.Get("/statistics/parties" + narrowed)
		webtest.Shows(t, page, http.StatusOK, "Управління соціального захисту", "Хто має діяти у відкритих справах станом на 18.11.2026", "Виконано етапів", "половина етапів")
		links := link.FindAllStringSubmatch(page.Body.String(), -1)
		if len(links) != 3 || links[0][2] != "12" || links[1][2] != "12" || links[2][2] != "2" { // open cases; stages, and late ones
			t.Fatalf("%v", links)
		}
		for _, l := range links {
			path := html.UnescapeString(l[1])
			list := head.Get(path)
			webtest.Shows(t, list, http.StatusOK, "Знайдено "+l[2]+" ", whose[strings.HasPrefix(path, "/statistics/parties/waiting")])
			webtest.Shows(t, list, http.StatusOK, `href="/statistics/parties?from=2026-01-01&amp;in=working&amp;`, `class="govuk-back-link"`)
			webtest.Lacks(t, list, "Ґава", "стаді", "Стаді")
			at, rest, _ := strings.Cut(path, "?")
			table, _, _ := strings.Cut(head.Get(at+"/table?"+rest).Body.String(), "\r\n\r\n")
			if lines := strings.Count(table, "\r\n"); lines != strings.Count(list.Body.String(), `href="/cases/`) {
				t.Errorf("%s has %d lines in its table", path, lines)
			}
		}
	}
	table := head.Get("/statistics/parties/table?service=" + s.Service.String()).Body.String()
	if !strings.Contains(table, "Розгляд & рішення;Управління соціального захисту;12;2;83;6;6\r\n") {
		t.Errorf("%q", table)
	}
	webtest.Shows(t, head.Get("/statistics/parties?from=2026-11-20&to=2026-11-10"), http.StatusUnprocessableEntity, "Перший день пізніший за останній")
}

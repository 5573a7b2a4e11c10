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

// A head reads how the people of their authority keep their terms, each number with its list; an officer reads of themselves alone; the region's manager of
// nobody.
func TestHowPeopleKeepTheirTerms(t *testing.T) {
	s := staged(t)
	officer, head := s.Users[access.Officer], s.Users[access.AuthorityHead]
	s.DB.Exec(`update cases.stage_measures set person = case when late or outcome_of.n <= 3 then $1::uuid else $2::uuid end
		from (select case_id as id, row_number() over (order by late, case_id) as n from cases.stage_measures) outcome_of where outcome_of.id = case_id`, officer.UserID, head.UserID)
	s.DB.Exec(`update cases.turns set kind = 'authority', place = $1, standing = 'turn', person = $2, due_on = '2026-11-01' where case_id = (select case_id from cases.turns order by case_id limit 1) and place = $1`,
		s.Authority, officer.UserID)
	link := regexp.MustCompile(`href="(/statistics/people/(?:stages|waiting)\?[^"]+)">(\d+)</a>`)
	for _, c := range []struct {
		who  access.Actor
		want string
	}{{head, "7 5 2 1 1 12 2 1 1"}, {officer, "5 2 1 1"}} {
		page := s.As(c.who).Get("/statistics/people")
		webtest.Shows(t, page, http.StatusOK, officer.Name, "Виконавська дисципліна", "станом на 18.11.2026", "kind=xlsx")
		var seen []string
		for _, l := range link.FindAllStringSubmatch(page.Body.String(), -1) {
			seen = append(seen, l[2])
			path := html.UnescapeString(l[1])
			list := s.As(c.who).Get(path)
			webtest.Shows(t, list, http.StatusOK, "Знайдено "+l[2]+" ", "Хто виконує: ", `class="govuk-back-link"`)
			at, rest, _ := strings.Cut(path, "?")
			table, _, _ := strings.Cut(s.As(c.who).Get(at+"/table?"+rest).Body.String(), "\r\n\r\n")
			if lines := strings.Count(table, "\r\n"); lines != strings.Count(list.Body.String(), `href="/cases/`) {
				t.Errorf("%s has %d lines in its table", path, lines)
			}
		}
		if got := strings.Join(seen, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.who.Login, got, c.want)
		}
	}
	own := s.As(officer)
	webtest.Lacks(t, own.Get("/statistics/people"), head.Name+"</th>", `href="/statistics/parties`)
	webtest.Shows(t, own.Get("/statistics/people/stages?whose="+head.UserID.String()), http.StatusOK, "Знайдено 0 етапів")
	if w := own.Get("/statistics"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/statistics/people" {
		t.Errorf("an officer who opens the statistics: %d %s", w.Code, w.Header().Get("Location"))
	}
	for _, path := range []string{"/statistics/people", "/statistics/people/table", "/statistics/people/stages", "/statistics/people/stages/table", "/statistics/people/waiting", "/statistics/people/waiting/table"} {
		webtest.Shows(t, own.Get(path+"?from=2026-13-40"), http.StatusUnprocessableEntity, "Напишіть день так, як у прикладі")
		if w := s.As(s.Users[access.RegionalManager]).Get(path); w.Code != http.StatusForbidden {
			t.Errorf("the region's manager opens %s: %d", path, w.Code)
		}
	}
}

package statistics_test

import (
	"context"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	domain "portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/web/statistics"
	"portal.example/internal-site/internal/web/webtest"
)

// returnedOnes is opened with three returns: for two documents that the card calls alike, for two and answers of the form, and in words only, which lasts.
func returnedOnes(t *testing.T) *webtest.Site {
	t.Helper()
	s := opened(t)
	s.DB.Exec(`with returned as (
			select c.id, row_number() over (order by c.number) as n, gen_random_uuid() as event, c.centre_id, c.authority_id, c.service_id from cases.cases c order by c.number limit 3
		), told as (
			insert into cases.events (id, case_id, at, kind, text, typed, actor, published)
			select event, id, timestamptz '2026-11-02 10:00Z', 'suspended', 'Зупинено', 'Додайте <b>це</b> ' || n, 'Кресляр', false from returned
		)
		insert into cases.return_measures select id, event, date '2026-11-02', case when n < 3 then date '2026-11-12' end, centre_id, authority_id, service_id,
			case when n < 3 then 10 * n end, case when n < 3 then 8 * n end, n = 2,
			case n when 1 then '{"Паспорт","Паспорт"}'::text[] when 2 then '{"Паспорт","Довідка"}'::text[] else '{}' end, case n when 1 then '{"Passport","Passport"}'::text[] when 2 then '{"Passport",""}'::text[] else '{}' end from returned`)
	return s
}

// Each number of returns leads to a list that is as long as it says, with what each return asked for; days are in the unit that was asked for.
func TestReturnsOpenWhatTheyAskedFor(t *testing.T) {
	s := returnedOnes(t)
	head, link := s.As(s.Users[access.CentreHead]), regexp.MustCompile(`href="(/statistics/returns/cases\?[^"]+)">(\d+)</a>`)
	numbers := map[string]string{"document": "2 2 1 1 1 1 1 1 3 1 2", "centre": "3 1 2 3 1 2", "authority": "3 1 2 3 1 2", "service": "3 1 2 3 1 2", "month": "3 1 2 3 1 2"}
	for _, by := range domain.ReturnBreakdowns {
		page := head.Get("/statistics/returns?by=" + by)
		webtest.Shows(t, page, http.StatusOK, "Днів зупинення разом", "Разом", "kind=xlsx")
		var seen []string
		for _, l := range link.FindAllStringSubmatch(page.Body.String(), -1) {
			seen = append(seen, l[2])
			path := html.UnescapeString(l[1])
			list := head.Get(path)
			webtest.Shows(t, list, http.StatusOK, "Знайдено "+l[2]+" ", "Додайте &lt;b&gt;це&lt;/b&gt;", `class="govuk-back-link"`, "by="+by)
			at, rest, _ := strings.Cut(path, "?")
			table, _, _ := strings.Cut(head.Get(at+"/table?"+rest).Body.String(), "\r\n\r\n")
			if lines := strings.Count(table, "Додайте <b>"); lines != strings.Count(list.Body.String(), `href="/cases/`) {
				t.Errorf("%s has %d lines in its table", path, lines)
			}
		}
		if got := strings.Join(seen, " "); got != numbers[by] {
			t.Errorf("by %s: %s, want %s", by, got, numbers[by])
		}
	}
	webtest.Shows(t, head.Get("/statistics/returns"), http.StatusOK, "Паспорт", "Довідка", "Відомості в заяві", "Нічого за переліком")
	webtest.Shows(t, head.Get("/statistics/returns?in=calendar"), http.StatusOK, "календарні дні", ">30<")
	webtest.Shows(t, head.Get("/statistics/returns"), http.StatusOK, "робочі дні", ">24<")
	webtest.Shows(t, head.Get("/statistics/returns/cases?of=returned_open"), http.StatusOK, "Знайдено 1 ", "ще", "зупинено")
	webtest.Shows(t, head.Get("/statistics/returns/cases?document="+domain.KeyOf("Довідка")), http.StatusOK, "Просили: Довідка", "Знайдено 1 ")
	webtest.Shows(t, head.Get("/statistics/returns?from=2025-01-01&to=2025-12-31"), http.StatusOK, "За цей період розгляд не зупиняли")
	for _, path := range []string{"/statistics/returns", "/statistics/returns/table", "/statistics/returns/cases", "/statistics/returns/cases/table"} {
		webtest.Shows(t, head.Get(path+"?from=2026-13-40"), http.StatusUnprocessableEntity, "Напишіть день так, як у прикладі")
	}
	webtest.Shows(t, s.As(s.OtherUsers[access.CentreHead]).Get("/statistics/returns"), http.StatusOK, "За цей період розгляд не зупиняли")
}

// sentBack is one return of a case that its reader may not open.
type sentBack struct{ played }

func (sentBack) Returns(context.Context, access.Actor, domain.ReturnFilter, domain.ReturnPlace, int) (domain.ReturnPage, error) {
	return domain.ReturnPage{Total: 1, Returns: []domain.Return{{Case: domain.Case{Number: "01-2026-000007"}, Asking: "таємне"}}}, nil
}

// Whoever may not open a case reads that it was returned, and not what was written to its applicant.
func TestAskingIsForThoseWhoMayOpenTheCase(t *testing.T) {
	area := statistics.Area(statistics.Deps{Now: webtest.Now, Statistics: sentBack{}})
	list := webtest.Alone(t, webtest.Member(access.CentreHead, access.InCentre(fixture.NewID())), area).Get("/statistics/returns/cases")
	webtest.Shows(t, list, http.StatusOK, "01-2026-000007")
	webtest.Lacks(t, list, "таємне", `href="/cases/`)
}

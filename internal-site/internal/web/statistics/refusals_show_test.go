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

// refused is opened with three refusals: on a ground of the card, on another one as well, and on the card's again, withdrawn afterwards.
func refused(t *testing.T) *webtest.Site {
	t.Helper()
	s := opened(t)
	s.DB.Exec(`with refused as (
			select c.id, row_number() over (order by c.number) as n, gen_random_uuid() as event, c.centre_id, c.authority_id, c.service_id from cases.cases c order by c.number limit 3
		), told as (
			insert into cases.events (id, case_id, at, kind, text, typed, actor, published)
			select event, id, timestamptz '2026-11-02 10:00Z', 'decided', 'Відмовлено', 'Бо <b>не додано</b> ' || n, 'Кресляр', false from refused
			union all select gen_random_uuid(), id, timestamptz '2026-11-05 10:00Z', 'decision_withdrawn', 'Відкликано', 'Документ знайшовся', 'Кресляр', false from refused where n = 3
		)
		insert into cases.refusal_measures select id, event, date '2026-11-02', centre_id, authority_id, service_id, n = 2, case n when 3 then 'withdrawn' else '' end, case n when 3 then date '2026-11-05' end,
			case n when 2 then '{"Неповний перелік",""}'::text[] else '{"Неповний перелік"}' end, case n when 2 then '{"",""}'::text[] else '{""}' end from refused`)
	return s
}

// Each number of refusals leads to a list that is as long as it says, with the reasoning of each and what became of it; those that may have been
// unlawful are named so.
func TestRefusalsOpenTheirReasoning(t *testing.T) {
	s := refused(t)
	head, link := s.As(s.Users[access.CentreHead]), regexp.MustCompile(`href="(/statistics/refusals/cases\?[^"]+)">(\d+)</a>`)
	numbers := map[string]string{"ground": "3 2 1 1 1 1 1 3 2 1 1", "centre": "3 2 1 1 3 2 1 1", "authority": "3 2 1 1 3 2 1 1", "service": "3 2 1 1 3 2 1 1", "month": "3 2 1 1 3 2 1 1"}
	for _, by := range domain.RefusalBreakdowns {
		page := head.Get("/statistics/refusals?by=" + by)
		webtest.Shows(t, page, http.StatusOK, "Можливо неправомірні", "Разом", "kind=xlsx")
		var seen []string
		for _, l := range link.FindAllStringSubmatch(page.Body.String(), -1) {
			seen = append(seen, l[2])
			path := html.UnescapeString(l[1])
			list := head.Get(path)
			webtest.Shows(t, list, http.StatusOK, "Знайдено "+l[2]+" ", "Бо &lt;b&gt;не додано&lt;/b&gt;", `class="govuk-back-link"`, "by="+by)
			at, rest, _ := strings.Cut(path, "?")
			table, _, _ := strings.Cut(head.Get(at+"/table?"+rest).Body.String(), "\r\n\r\n")
			if lines := strings.Count(table, "Бо <b>"); lines != strings.Count(list.Body.String(), `href="/cases/`) {
				t.Errorf("%s has %d lines in its table", path, lines)
			}
		}
		if got := strings.Join(seen, " "); got != numbers[by] {
			t.Errorf("by %s: %s, want %s", by, got, numbers[by])
		}
	}
	webtest.Shows(t, head.Get("/statistics/refusals/cases?of=doubtful"), http.StatusOK, "Можливо неправомірні відмови", "Інша підстава, якої немає в картці", "Рішення відкликано 05.11.2026", "Документ знайшовся",
		"Це лише ознака")
	webtest.Shows(t, head.Get("/statistics/refusals/cases?ground="+domain.KeyOf("")), http.StatusOK, "Підстава: Інша підстава, якої немає в картці", "Знайдено 1 ")
	table := head.Get("/statistics/refusals/table?by=centre").Body.String()
	if !strings.Contains(table, ";3;2;1;1;0\r\n") {
		t.Errorf("%q", table)
	}
	webtest.Shows(t, head.Get("/statistics/refusals?from=2025-01-01&to=2025-12-31"), http.StatusOK, "Відмов за цей період немає")
	for _, path := range []string{"/statistics/refusals", "/statistics/refusals/table", "/statistics/refusals/cases", "/statistics/refusals/cases/table"} {
		webtest.Shows(t, head.Get(path+"?from=2026-13-40"), http.StatusUnprocessableEntity, "Напишіть день так, як у прикладі")
	}
	webtest.Shows(t, s.As(s.OtherUsers[access.CentreHead]).Get("/statistics/refusals"), http.StatusOK, "Відмов за цей період немає")
}

// told is one refusal of a case that its reader may not open.
type told struct{ played }

func (told) Refusals(context.Context, access.Actor, domain.RefusalFilter, domain.RefusalPlace, int) (domain.RefusalPage, error) {
	return domain.RefusalPage{Total: 1, Refusals: []domain.Refusal{{Case: domain.Case{Number: "01-2026-000007"}, Reasoning: "таємне", Overturned: "withdrawn", Why: "приховане"}}}, nil
}

// Whoever may not open a case reads that it was refused, and not what was written in it.
func TestReasoningIsForThoseWhoMayOpenTheCase(t *testing.T) {
	area := statistics.Area(statistics.Deps{Now: webtest.Now, Statistics: told{}})
	list := webtest.Alone(t, webtest.Member(access.CentreHead, access.InCentre(fixture.NewID())), area).Get("/statistics/refusals/cases")
	webtest.Shows(t, list, http.StatusOK, "01-2026-000007")
	webtest.Lacks(t, list, "таємне", "приховане", `href="/cases/`)
}

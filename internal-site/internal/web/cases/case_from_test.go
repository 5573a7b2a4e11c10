package cases_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	domain "portal.example/internal-site/internal/cases"
)

// Whoever works through a list returns to it: the way back of a case, its acts and the pages that ask first keep the list.
func TestCasesReturnToTheListTheyWereOpenedIn(t *testing.T) {
	p := play().toDecision(t)
	p.must(t, domain.Command{Act: domain.Decide, Outcome: domain.Granted})
	clerk, id := p.as(t, p.clerk), p.w.Case.ID.String()
	const list, kept = "due=overdue&page=2", "?from=due%3Doverdue%26page%3D2"
	if page := clerk.Get("/cases?" + list).Body.String(); !strings.Contains(page, `href="/cases/`+id+kept+`"`) {
		t.Error("the list is not kept by the links to its cases")
	}
	back, home := `href="/cases?due=overdue&amp;page=2"`, "/cases/"+id+kept
	page := clerk.Get(home).Body.String()
	for _, want := range []string{back, `action="/cases/` + id + "/act" + kept + `"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the case has no %s", want)
		}
	}
	form := url.Values{"act": {"note"}, "version": {"1"}, "say_text": {"Телефонували"}}
	if w := clerk.Post("/cases/"+id+"/act"+kept, form); w.Code != http.StatusSeeOther || w.Header().Get("Location") != home {
		t.Errorf("after an act: %d %s", w.Code, w.Header().Get("Location"))
	}
	form = url.Values{"act": {"issue"}, "version": {strconv.Itoa(p.w.Case.Version)}}
	page = clerk.Post("/cases/"+id+"/act"+kept, form).Body.String()
	for _, want := range []string{`name="sure"`, back, `href="` + home + `"`, `action="/cases/` + id + "/act" + kept + `"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page that asks has no %s", want)
		}
	}
	page = clerk.Get("/cases/" + id + "?from=" + url.QueryEscape("//elsewhere.example/?q=1;%zz")).Body.String()
	if !strings.Contains(page, `href="/cases"`) || strings.Contains(page, `//elsewhere.example`) {
		t.Error("an address that is no list of ours leads somewhere")
	}
}

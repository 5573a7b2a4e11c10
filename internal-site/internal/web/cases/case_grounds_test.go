package cases_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/web/webtest"
)

// A refusal is ticked on several grounds; a mistake keeps the ticks, and the page names all of them afterwards.
func TestSeveralGroundsAreTicked(t *testing.T) {
	p := play().toDecision(t)
	officer, path := p.as(t, p.officer), "/cases/"+p.w.Case.ID.String()
	form := url.Values{"act": {"decide"}, "version": {"4"}, "outcome": {"refused"}, "ground": {"incomplete", domain.OtherGround}, "decide_text": {"Бо так"}}
	w := officer.Post(path+"/act", form)
	ticked := regexp.MustCompile(`name="ground"[^>]* checked`)
	if body := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#ground_other"`) || len(ticked.FindAllString(body, -1)) != 2 {
		t.Errorf("another ground without its words: %d, %q", w.Code, ticked.FindAllString(body, -1))
	}
	form.Set("ground_other", "Заявник уже отримав допомогу")
	if w := officer.Post(path+"/act", form); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	webtest.Shows(t, officer.Get(path), http.StatusOK, "<li>"+fixture.Card().Refusal[0].Text.UK+"</li>", "<li>Заявник уже отримав допомогу</li>")
}

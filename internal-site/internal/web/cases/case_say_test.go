package cases_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/webtest"
)

var kindsOf = regexp.MustCompile(`name="say_as" value="(\w+)"( checked)?`)

func offered(w *httptest.ResponseRecorder) (kinds []string) {
	for _, m := range kindsOf.FindAllStringSubmatch(w.Body.String(), -1) {
		kinds = append(kinds, m[1]+m[2])
	}
	return kinds
}

// One composer offers to each reader what they may write now, and nothing else.
func TestTheComposerOffersWhatTheReaderMayWrite(t *testing.T) {
	p := play()
	path := "/cases/" + p.w.Case.ID.String()
	if got, want := offered(p.as(t, p.clerk).Get(path)), []string{"message", "note checked"}; !slices.Equal(got, want) {
		t.Errorf("a case that nobody has taken: %q", got)
	}
	p.must(t, domain.Command{Act: domain.Take})
	if got, want := offered(p.as(t, p.clerk).Get(path)), []string{"message", "note checked", "opinion"}; !slices.Equal(got, want) {
		t.Errorf("in their stage: %q", got)
	}
	if got := offered(p.as(t, p.officer).Get(path)); slices.Contains(got, "opinion") {
		t.Errorf("the authority before the case has reached it: %q", got)
	}
	failed := doAct(p.as(t, p.clerk), p.w.Case.ID, p.w.Case.Version, "opinion")
	if got := offered(failed); failed.Code != http.StatusUnprocessableEntity || !slices.Contains(got, "opinion checked") || !strings.Contains(failed.Body.String(), `href="#say_text"`) {
		t.Errorf("an empty opinion: %d, %q", failed.Code, got)
	}
	looked := doAct(p.as(t, p.clerk), p.w.Case.ID, p.w.Case.Version, "look", "say_as", "message", "say_text", "Добрий день")
	if got := offered(looked); !slices.Contains(got, "message checked") || !strings.Contains(looked.Body.String(), "Добрий день</textarea>") {
		t.Errorf("looked: %q", got)
	}
}

// An opinion is a kind of its own: whoever decides reads it beside the decision, whoever only takes part later does not, and the
// applicant never does.
func TestAnOpinionStandsBesideTheDecision(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	for version, act := range []string{"take", "finish_stage"} {
		doAct(s.As(s.Users[access.Administrator]), kase.ID, version+1, act)
	}
	partner, page := s.As(s.OtherUsers[access.Officer]), "/cases/"+kase.ID.String()
	if w := doAct(partner, kase.ID, 3, "opinion", "say_text", "Земля вільна"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	doAct(partner, kase.ID, 4, "finish_stage")
	if w := doAct(partner, kase.ID, 5, "opinion", "say_text", "Ще одне"); w.Code != http.StatusForbidden {
		t.Errorf("after their stage: %d", w.Code)
	}
	body := s.As(s.Users[access.Officer]).Get(page).Body.String()
	_, beside, _ := strings.Cut(body, `name="outcome"`)
	before, _, _ := strings.Cut(body, `name="outcome"`)
	if !strings.Contains(before, "Земля вільна") || !strings.Contains(beside, "Земля вільна") { // in the history too
		t.Error("the opinion does not stand beside the decision")
	}
	if n := s.Count(`select count(*) from cases.events where kind = 'opinion' and (published or sealed is not null)`); n != 0 {
		t.Error("the applicant is to read an opinion")
	}
	webtest.Shows(t, s.As(s.Users[access.Administrator]).Get(page), http.StatusOK, "Земля вільна")
}

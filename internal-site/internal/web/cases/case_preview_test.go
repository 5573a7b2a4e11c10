package cases_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/webtest"
)

// The list shows a case beside it by a plain link, with the acts that need nothing typed; what is not there, or not the reader's to
// see, leaves the list as it is.
func TestACaseStandsBesideItsList(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{Applicant: domain.Applicant{Kind: "person", Surname: "Ґалаґан", GivenName: "Їжак", TaxNumber: "1234567899", Phone: "+380501112233"}})
	clerk := s.As(s.Users[access.Administrator])
	address := "/cases?row=" + kase.ID.String() + "&view=pool"
	webtest.Shows(t, clerk.Get("/cases?view=pool"), http.StatusOK, strings.ReplaceAll(address, "&", "&amp;")+"#preview", "data-portal-worklist", `data-portal-key="1"`, `data-portal-key="/"`)
	page := clerk.Get(address)
	webtest.Shows(t, page, http.StatusOK, `class="portal-desk__preview"`, "tel:+380501112233", `value="take"`, "/cases/"+kase.ID.String()+"?from=view%3Dpool",
		"/cases/"+kase.ID.String()+"/act?from=view%3Dpool", "portal-desk__step--active", `portal-desk__active" href="/cases?view=pool"`)
	webtest.Lacks(t, page, `value="finish_stage" `, `value="decide"`)
	if w := clerk.Post("/cases/"+kase.ID.String()+"/act?from=view%3Dpool", url.Values{"version": {"1"}, "act": {"take"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("taking it from there: %d", w.Code)
	}
	webtest.Shows(t, clerk.Get(address), http.StatusOK, `value="finish_stage"`, `data-portal-key="E"`)
	note := clerk.Post("/cases/"+kase.ID.String()+"/act?from=view%3Dpool", url.Values{"version": {"2"}, "act": {"note"}, "say_text": {"поруч"}, "beside": {"yes"}})
	if at := note.Header().Get("Location"); note.Code != http.StatusSeeOther || at != "/cases?row="+kase.ID.String()+"&view=pool#preview" {
		t.Errorf("an act beside the list leads to %d, %s", note.Code, at)
	}
	for _, row := range []string{"", "x", uuid.NewString()} {
		webtest.Lacks(t, clerk.Get("/cases?view=mine&row="+row), "portal-desk__preview")
	}
	other := s.As(s.OtherUsers[access.Administrator]).Get(address)
	webtest.Lacks(t, other, "portal-desk__preview", "Ґалаґан")
	if other.Code != http.StatusOK {
		t.Errorf("the list of another centre answers %d", other.Code)
	}
}

// Whoever searches for a whole number is at the case; a part of it, and the way back, show the list.
func TestAWholeNumberOpensItsCase(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	clerk := s.As(s.Users[access.Administrator])
	if w := clerk.Get("/cases?q=+" + kase.Number); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/cases/"+kase.ID.String() {
		t.Errorf("%d, %s", w.Code, w.Header().Get("Location"))
	}
	webtest.Shows(t, clerk.Get("/cases?q="+kase.Number[3:]), http.StatusOK, kase.Number)
	webtest.Shows(t, s.As(s.OtherUsers[access.Administrator]).Get("/cases?q="+kase.Number), http.StatusOK, "data-portal-worklist")
}

// An overdue case that is to be handed over is its clerk's turn, and late, like any other.
func TestCasesToBeIssuedAreTheTurnOfTheirClerk(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	clerk := s.Users[access.Administrator]
	s.DB.Exec(`update cases.stages set state = 'done', started_at = $2, finished_at = $2 where case_id = $1`, kase.ID, domainNow(s))
	s.DB.Exec(`update cases.stages set state = 'active', due_on = '2026-01-05' where case_id = $1 and position = (select max(position) from cases.stages where case_id = $1)`, kase.ID)
	s.DB.Exec(`update cases.stages set authority_id = null where case_id = $1 and state = 'active'`, kase.ID)
	s.DB.Exec(`update cases.cases set state = 'decided', outcome = 'granted', decided_at = $2 where id = $1`, kase.ID, domainNow(s))
	s.Give(kase.ID, s.Centre, clerk)
	for _, view := range []string{"view=mine", "due=overdue&view=mine", "view=issue"} {
		webtest.Shows(t, s.As(clerk).Get("/cases?"+view), http.StatusOK, kase.Number, "– прострочено (1)", "До видачі тут (1)")
	}
}

func domainNow(s *webtest.Site) any { return s.Cases.Now() }

// The way out of a filter stands on the list once.
func TestAFilterIsClearedInOnePlace(t *testing.T) {
	s := newSite(t)
	s.Register(domain.Filing{})
	for _, query := range []string{"view=mine&person=" + s.Users[access.Administrator].UserID.String(), "channel=online", "q=Ґалаґан"} {
		if n := strings.Count(s.As(s.Users[access.CentreHead]).Get("/cases?"+query).Body.String(), "Скинути відбір"); n != 1 {
			t.Errorf("%s: %d times", query, n)
		}
	}
}

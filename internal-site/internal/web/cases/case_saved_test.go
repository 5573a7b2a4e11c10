package cases_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/webtest"
)

// saveView saves the filter of a list and returns the address at which the view is changed.
func saveView(t *testing.T, c webtest.Client, query string, fields url.Values) string {
	t.Helper()
	w := c.Post("/cases/views?"+url.Values{"from": {query}}.Encode(), fields)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("saving %s answers %d: %s", query, w.Code, w.Body)
	}
	page := c.Get(w.Header().Get("Location")).Body.String()
	return regexp.MustCompile(`/cases/views/[0-9a-f-]{36}`).FindString(page)
}

// A filter with a name stands among the views with its count and opens the same list; its owner renames and removes it, and nobody
// else sees it.
func TestAFilterIsSavedAsAView(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	clerk, colleague := s.As(s.Users[access.Administrator]), s.As(s.AddUser("clerk2", access.Grant{Group: access.Administrator, Place: access.InCentre(s.Centre)}))
	webtest.Shows(t, clerk.Post("/cases/views?from=channel%3Donline", url.Values{"name": {" "}}), http.StatusUnprocessableEntity, "Введіть назву добірки")
	webtest.Shows(t, clerk.Post("/cases/views?from=channel%3Donline", url.Values{"name": {strings.Repeat("я", 61)}}), http.StatusUnprocessableEntity, "не довшою за 60")
	at := saveView(t, clerk, "channel=online&page=3&row=x&q=Коваль", url.Values{"name": {"Онлайн <b>"}})
	if at == "" {
		t.Fatal("the view cannot be changed")
	}
	webtest.Shows(t, clerk.Get("/cases?channel=online"), http.StatusOK, "Онлайн &lt;b&gt; (1)", kase.Number, `href="/cases?channel=online"`)
	webtest.Lacks(t, colleague.Get("/cases"), "Онлайн")
	for _, fields := range []url.Values{{"name": {"Моя"}, "version": {"1"}}, {"do": {"remove"}, "version": {"1"}}} {
		if w := colleague.Post(at, fields); w.Code < http.StatusBadRequest {
			t.Errorf("a colleague changes it: %d", w.Code)
		}
	}
	if w := colleague.Get(at); w.Code != http.StatusNotFound {
		t.Errorf("a colleague sees its page: %d", w.Code)
	}
	webtest.Shows(t, clerk.Post(at, url.Values{"name": {""}, "version": {"1"}}), http.StatusUnprocessableEntity, "Введіть назву добірки")
	if w := clerk.Post(at, url.Values{"name": {"З інтернету"}, "version": {"1"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("renaming: %d", w.Code)
	}
	webtest.Shows(t, clerk.Get("/cases"), http.StatusOK, "З інтернету (1)")
	webtest.Shows(t, clerk.Post(at, url.Values{"name": {"Інша"}, "version": {"1"}}), http.StatusConflict, "З інтернету", "Інша", `name="pick:name"`, `name="version" value="2"`)
	if w := clerk.Post(at, url.Values{"do": {"remove"}, "version": {"2"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("removing: %d", w.Code)
	}
	webtest.Lacks(t, clerk.Get("/cases"), "З інтернету")
	if n := s.Count(`select count(*) from audit.events where action like 'cases.view.%'`); n != 3 {
		t.Errorf("the trail has %d entries", n)
	}
}

// A head saves views for everybody in their place, counted for each reader; clerks cannot, and other places do not see them.
func TestAHeadSavesAViewForTheUnit(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	head, clerk := s.As(s.Users[access.CentreHead]), s.As(s.Users[access.Administrator])
	doAct(clerk, kase.ID, 1, "take")
	at := saveView(t, head, "view=mine", url.Values{"name": {"Узяті"}, "for": {s.Centre.String()}})
	webtest.Shows(t, head.Get("/cases"), http.StatusOK, "Узяті (спільна) (0)")
	webtest.Shows(t, clerk.Get("/cases"), http.StatusOK, "Узяті (спільна) (1)")
	webtest.Lacks(t, s.As(s.OtherUsers[access.Administrator]).Get("/cases"), "Узяті")
	if w := clerk.Get(at); w.Code != http.StatusNotFound {
		t.Errorf("a clerk changes the unit's view: %d", w.Code)
	}
	if w := clerk.Post("/cases/views?from=view%3Dpool", url.Values{"name": {"Усім"}, "for": {s.Centre.String()}}); w.Code != http.StatusForbidden {
		t.Errorf("a clerk saves for the unit: %d", w.Code)
	}
	if w := head.Post("/cases/views?from=view%3Dpool", url.Values{"name": {"Чужим"}, "for": {s.Authority.String()}}); w.Code != http.StatusForbidden {
		t.Errorf("a head saves for another place: %d", w.Code)
	}
	for range 19 {
		saveView(t, head, "view=pool", url.Values{"name": {"Ще"}, "for": {s.Centre.String()}})
	}
	if w := head.Post("/cases/views?from=view%3Dpool", url.Values{"name": {"Зайва"}, "for": {s.Centre.String()}}); w.Code != http.StatusConflict {
		t.Errorf("a twenty-first view: %d", w.Code)
	}
}

// A saved view that repeats another one does not stand beside it as a second current page.
func TestOneViewIsCurrent(t *testing.T) {
	s := newSite(t)
	clerk := s.As(s.Users[access.Administrator])
	saveView(t, clerk, "view=mine", url.Values{"name": {"Моє"}})
	page := clerk.Get("/cases?view=mine").Body.String()
	if n := strings.Count(page, ` portal-desk__active"`); n != 1 {
		t.Errorf("%d views are the current one", n)
	}
}

package users_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
)

// Whoever blocks an account is told how many cases it has open, on a page that asks first, and can have them taken off it.
func TestBlockingSaysWhatBecomesOfTheCases(t *testing.T) {
	s := newSite(t)
	clerk := s.Users[access.Administrator]
	for range 2 {
		kase := s.Register(cases.Filing{})
		s.DB.Exec(`update cases.cases set assigned_to = $2 where id = $1`, kase.ID, clerk.UserID)
	}
	admin, page := s.As(s.Users[access.PortalAdministrator]), "/users/"+clerk.UserID.String()
	open := func() int { return s.Count(`select count(*) from cases.cases where assigned_to = $1`, clerk.UserID) }

	shows(t, admin.Get(page), http.StatusOK, "Має 2 відкриті справи", `href="`+page+`/block"`)
	if strings.Contains(admin.Get(page).Body.String(), `action="`+page+`/block"`) {
		t.Error("an account is blocked at one click")
	}
	shows(t, admin.Get(page+"/block"), http.StatusOK, "Заблокувати обліковий запис", "Має 2 відкриті справи", `name="release"`, `action="`+page+`/block"`, `href="`+page+`"`)
	shows(t, admin.Post(page+"/block", url.Values{}), http.StatusOK, "Заблокувати обліковий запис", `name="sure"`)
	leads(t, admin.Post(page+"/block", url.Values{"sure": {"yes"}}), page)
	if open() != 2 {
		t.Fatal("cases were taken off without being asked for")
	}
	shows(t, admin.Get(page), http.StatusOK, "Має 2 відкриті справи", `action="`+page+`/release"`)
	leads(t, admin.Post(page+"/release", nil), page)
	if open() != 0 {
		t.Errorf("%d cases left", open())
	}
}

func TestBlockingTakesTheCasesOffAsAsked(t *testing.T) {
	s := newSite(t)
	clerk := s.Users[access.Administrator]
	kase := s.Register(cases.Filing{})
	s.DB.Exec(`update cases.cases set assigned_to = $2 where id = $1`, kase.ID, clerk.UserID)
	admin, page := s.As(s.Users[access.PortalAdministrator]), "/users/"+clerk.UserID.String()
	leads(t, admin.Post(page+"/release", nil), page)
	if s.Count(`select count(*) from cases.cases where assigned_to is not null`) != 1 {
		t.Fatal("somebody who works lost their cases")
	}
	if w := s.As(s.Users[access.RegionalManager]).Post(page+"/release", nil); w.Code < 400 {
		t.Errorf("whoever does not keep accounts releases: %d", w.Code)
	}
	leads(t, admin.Post(page+"/block", url.Values{"sure": {"yes"}, "release": {"yes"}}), page)
	if s.Count(`select count(*) from cases.cases where assigned_to is not null`) != 0 {
		t.Error("the case is still theirs")
	}
	if s.Count(`select count(*) from access.users where id = $1 and state = 'blocked'`, clerk.UserID) != 1 {
		t.Error("not blocked")
	}
}

// A group is deleted after a page that asks, with the version that was seen.
func TestDeletingAGroupAsksFirst(t *testing.T) {
	s := newSite(t)
	admin := s.As(s.Users[access.PortalAdministrator])
	s.DB.Exec(`insert into access.groups (code, name, place) values ('archive', 'Архіваріус', 'centre')`)
	shows(t, admin.Get("/users/groups/archive"), http.StatusOK, `href="/users/groups/archive/delete"`)
	shows(t, admin.Get("/users/groups/archive/delete"), http.StatusOK, "Видалити групу «Архіваріус»?", "відновити не можна", `name="version" value="1"`)
	shows(t, admin.Post("/users/groups/archive/delete", url.Values{"version": {"1"}}), http.StatusOK, "Видалити групу «Архіваріус»?")
	leads(t, admin.Post("/users/groups/archive/delete", url.Values{"sure": {"yes"}, "version": {"1"}}), "/users/groups")
}

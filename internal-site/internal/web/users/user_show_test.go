package users_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// The administrator sees where an account is locked and lifts it, changes its details, and hands over a password that the
// portal made. One that opens more than the administrator may see is made for a second person.
func TestAnAccountIsLookedAfter(t *testing.T) {
	s := newSite(t)
	admin := s.As(s.Users[access.PortalAdministrator])
	target := s.AddUser("target")
	page := "/users/" + target.UserID.String()
	s.DB.Exec(`insert into access.sign_in_attempts (login, address, at, successful) select 'target', '10.0.0.7', $1, false from generate_series(1, 8)`, webtest.Now())
	shows(t, admin.Get(page), http.StatusOK, "Вхід тимчасово закрито", "10.0.0.7", "Відкрити вхід", "ще не входив")
	leads(t, admin.Post(page+"/unlock", nil), page)
	if strings.Contains(admin.Get(page).Body.String(), "Вхід тимчасово закрито") {
		t.Error("still locked")
	}
	shows(t, admin.Get(page+"/edit"), http.StatusOK, "Користувач target")
	form := url.Values{"version": {"1"}, "full_name": {"Інше Прізвище"}, "email": {"не-адреса"}}
	shows(t, admin.Post(page+"/edit", form), http.StatusUnprocessableEntity, "Введіть адресу електронної пошти", "Інше Прізвище")
	form.Set("email", "new@example.org")
	leads(t, admin.Post(page+"/edit", form), page)
	form.Set("full_name", "Запізніле")
	stale := admin.Post(page+"/edit", form)
	shows(t, stale, http.StatusConflict, "Запізніле", "Інше Прізвище", `name="version" value="2"`)
	shows(t, admin.Post(page+"/password", nil), http.StatusOK, "Тимчасовий пароль", "<code", "target")

	officer := s.Users[access.Officer]
	leads(t, admin.Post("/users/"+officer.UserID.String()+"/password", nil), "/users/"+officer.UserID.String())
	shows(t, s.As(s.Users[access.AuthorityHead]).Post("/users/proposals/"+waiting(t, s)+"/confirm", nil), http.StatusOK, officer.Login, "<code")
}

func TestTheListIsSearched(t *testing.T) {
	s := newSite(t)
	admin := s.As(s.Users[access.PortalAdministrator])
	s.AddUser("target", access.Grant{Group: access.Administrator, Place: access.InCentre(s.OtherCentre)})
	shows(t, admin.Get("/users?q=target"), http.StatusOK, "Знайдено 1 користувача", "Користувач target")
	shows(t, admin.Get("/users?q=ніхто&page=7"), http.StatusOK, "Користувачів немає")
	here := admin.Get("/users?place=" + s.OtherCentre.String()).Body.String()
	if !strings.Contains(here, "Користувач target") || strings.Contains(here, string(s.Users[access.Officer].Name)) {
		t.Error("the filter of a place shows others, or not its own")
	}
}

// A group counts in places of one kind: a place of the other kind is not silently left aside.
func TestAPlaceThatDoesNotCountIsRefused(t *testing.T) {
	s := newSite(t)
	target := s.AddUser("target")
	w := s.As(s.Users[access.PortalAdministrator]).Post("/users/"+target.UserID.String()+"/grant", url.Values{
		"group": {"administrator"}, "centre": {s.Centre.String()}, "authority": {s.Authority.String()},
	})
	shows(t, w, http.StatusUnprocessableEntity, "Ця група тут не діє")
}

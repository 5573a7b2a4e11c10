package users_test

import (
	"net/http"
	"testing"
	"time"

	"portal.example/internal-site/internal/web/webtest"

	"portal.example/internal-site/internal/access"
)

func TestUserList(t *testing.T) {
	seen := time.Date(2026, 11, 17, 7, 30, 0, 0, time.UTC)
	new1, blocked := clerk(), clerk()
	new1.FullName, new1.MustChange, new1.LastSignIn = "Нова <b>", true, &seen
	blocked.FullName, blocked.Blocked = "Заблокована", true
	p := &people{found: []access.User{new1, blocked}}
	list := p.admin(t).Get("/users?q=коваль&state=blocked&place=" + centre.String())
	webtest.Shows(t, list, http.StatusOK, "Нова &lt;b&gt;", "тимчасовий пароль", "заблоковано", "ще не входив", "17.11.2026", "Адміністратор ЦНАП, ЦНАП Вишневої громади",
		"Знайдено 2 користувачі", `value="коваль"`, `href="/users/new"`)
	if p.filter.Q != "коваль" || p.filter.State != "blocked" || p.filter.Place != centre || p.filter.Page != 1 {
		t.Errorf("looked for %+v", p.filter)
	}
	webtest.Shows(t, p.admin(t).Get("/users?lang=en"), http.StatusOK, "2 users found", "Clerk, Vyshneve Centre")
}

func TestUserListWithoutUsers(t *testing.T) {
	none := (&people{}).admin(t).Get("/users?q=ніхто")
	webtest.Shows(t, none, http.StatusOK, "Користувачів немає")
	webtest.Lacks(t, none, "<table")
}

// Whoever manages one place is offered no other to narrow the list to.
func TestUserListOfOnePlace(t *testing.T) {
	webtest.Lacks(t, (&people{}).head(t).Get("/users"), "ЦНАП Лугової громади", "Управління соціального захисту")
}

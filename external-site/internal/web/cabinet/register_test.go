package cabinet_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// Registering asks for a login and a password that nobody guesses first, and shows the recovery code once.
func TestRegistering(t *testing.T) {
	s := open(t)
	for _, c := range []struct{ login, password, again, says string }{
		{"", password, password, "Введіть логін"},
		{"olena@", password, password, "Введіть адресу електронної пошти"},
		{"olena", "коротко", "коротко", "Пароль закороткий"},
		{"olena.petrenko", "olena.petrenko2026", "olena.petrenko2026", "вгадують першим"},
		{"olena", password, password + "!", "Паролі різні"},
	} {
		page := s.posted(http.StatusUnprocessableEntity, "/cabinet/register", "login", c.login, "password", c.password, "again", c.again)
		webtest.Contains(t, page, c.says)
		webtest.Lacks(t, page, `value="`+c.password)
	}
	code := s.register("olena")
	webtest.Lacks(t, s.Page("/cabinet/account"), code)
	for _, c := range s.Held("/cabinet") {
		if c.Name == "cabinet_key" && (c.Path != "/cabinet" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode) {
			t.Errorf("%+v", c)
		}
	}
	for _, c := range s.Held("/services") {
		if c.Name == "cabinet_key" {
			t.Error("the key goes to other pages")
		}
	}
	s.posted(http.StatusSeeOther, "/cabinet/sign-out")
	page := s.posted(http.StatusConflict, "/cabinet/register", "login", "olena", "password", password, "again", password)
	webtest.Contains(t, page, "кабінет уже є")
}

package cabinet_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// Login and password are changed by whoever gives the present password; nothing secret stands on the page that refuses.
func TestPasswordIsChanged(t *testing.T) {
	s := open(t)
	s.register("olena")
	webtest.Contains(t, s.Page("/cabinet/account/password"), `value="olena"`)
	page := s.posted(http.StatusUnprocessableEntity, "/cabinet/account/password", "present", "не той пароль", "login", "olena", "password", "зелений кит пливе", "again", "зелений кит пливе")
	webtest.Contains(t, page, "Це не пароль цього кабінету")
	webtest.Lacks(t, page, "не той пароль", "зелений кит пливе")
	s.posted(http.StatusSeeOther, "/cabinet/account/password", "present", password, "login", "Olena P", "password", "зелений кит пливе", "again", "зелений кит пливе")
	s.posted(http.StatusSeeOther, "/cabinet/sign-out")
	s.posted(http.StatusSeeOther, "/cabinet/sign-in", "login", "olena p", "password", "зелений кит пливе")
}

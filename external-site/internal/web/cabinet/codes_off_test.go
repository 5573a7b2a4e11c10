package cabinet_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// Codes are switched off with the password, and then it is enough again.
func TestSwitchingCodesOff(t *testing.T) {
	s := open(t)
	s.register("olena")
	s.guard()
	webtest.Contains(t, s.Page("/cabinet/account/codes/off"), "Для входу знову вистачатиме")
	webtest.Contains(t, s.posted(http.StatusUnprocessableEntity, "/cabinet/account/codes/off", "present", "не той пароль"), "Це не пароль цього кабінету")
	webtest.Contains(t, s.posted(http.StatusUnprocessableEntity, "/cabinet/account/codes/off"), "Введіть пароль, який є зараз")
	s.posted(http.StatusSeeOther, "/cabinet/account/codes/off", "present", password)
	s.Forget()
	if to := s.posted(http.StatusSeeOther, "/cabinet/sign-in", "login", "olena", "password", password); to != "/cabinet" {
		t.Errorf("leads to %s", to)
	}
}

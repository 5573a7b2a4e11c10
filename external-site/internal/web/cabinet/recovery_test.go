package cabinet_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// A new recovery code takes the place of the present one, for whoever gives the password.
func TestNewRecoveryCode(t *testing.T) {
	s := open(t)
	first := s.register("olena")
	webtest.Contains(t, s.Page("/cabinet/account/recovery"), "Попередній код більше нічого не відкриватиме")
	s.posted(http.StatusUnprocessableEntity, "/cabinet/account/recovery", "present", "не той пароль")
	page := s.posted(http.StatusOK, "/cabinet/account/recovery", "present", password)
	webtest.Lacks(t, page, first)
	s.Forget()
	s.posted(http.StatusUnprocessableEntity, "/cabinet/recover", "code", first, "login", "olena", "password", password, "again", password)
}

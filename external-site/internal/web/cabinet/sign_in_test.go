package cabinet_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// Wrong login and wrong password are one answer, to the letter.
func TestSignInTellsNobodyWhoIsRegistered(t *testing.T) {
	s := open(t)
	s.register("olena@ukr.example")
	s.posted(http.StatusSeeOther, "/cabinet/sign-out")
	s.Page("/cabinet") // says that one has signed out
	known := s.posted(http.StatusUnprocessableEntity, "/cabinet/sign-in", "login", "olena@ukr.example", "password", "не той пароль")
	unknown := s.posted(http.StatusUnprocessableEntity, "/cabinet/sign-in", "login", "elena@ukr.example", "password", "не той пароль")
	request := regexp.MustCompile(`[A-Za-z0-9_-]{12}</`)
	blank := func(page, login string) string {
		return request.ReplaceAllString(strings.ReplaceAll(page, login, ""), "")
	}
	if blank(known, "olena@ukr.example") != blank(unknown, "elena@ukr.example") {
		t.Error("the answers differ")
	}
	webtest.Contains(t, known, "не підходять одне до одного")
	webtest.Lacks(t, known, "не той пароль")
	// Registering with somebody else's address makes another account and says nothing.
	page := s.posted(http.StatusOK, "/cabinet/register", "login", "olena@ukr.example", "password", "зелений кит пливе", "again", "зелений кит пливе")
	webtest.Contains(t, page, "Кабінет створено")
}

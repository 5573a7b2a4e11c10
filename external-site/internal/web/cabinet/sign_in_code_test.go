package cabinet_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// The right password leads to the page that asks for the code and opens nothing; the code leads to where one wanted to go.
func TestSigningInWithACode(t *testing.T) {
	s := open(t)
	recovery := s.register("olena")
	secret := s.guard()
	s.Forget()
	webtest.Contains(t, s.posted(http.StatusUnprocessableEntity, "/cabinet/sign-in", "login", "olena", "password", "не той пароль"), "не підходять одне до одного")
	to := s.posted(http.StatusSeeOther, "/cabinet/sign-in", "login", "olena", "password", password, "next", "/cabinet/documents")
	if to != "/cabinet/sign-in/code?next=%2Fcabinet%2Fdocuments" {
		t.Fatalf("leads to %s", to)
	}
	if w := s.Get("/cabinet/account"); w.Code != http.StatusSeeOther {
		t.Errorf("a page of the cabinet opens without the code: %d", w.Code)
	}
	waiting := s.Remember()
	webtest.Contains(t, s.Page(to), "Введіть код із телефону", "/cabinet/recover")
	webtest.Contains(t, s.posted(http.StatusUnprocessableEntity, "/cabinet/sign-in/code"), "Введіть код із застосунку")
	page := s.posted(http.StatusUnprocessableEntity, "/cabinet/sign-in/code", "code", "000000", "next", "/cabinet/documents")
	webtest.Contains(t, page, "Код не підійшов", `value="/cabinet/documents"`)
	webtest.Lacks(t, page, "000000")
	if to := s.posted(http.StatusSeeOther, "/cabinet/sign-in/code", "code", s.appCode(secret, 1), "next", "/cabinet/documents"); to != "/cabinet/documents" {
		t.Errorf("leads to %s", to)
	}
	webtest.Contains(t, s.Page("/cabinet/account"), "olena")
	waiting() // the browser of somebody who copied the cookie
	if to := s.posted(http.StatusSeeOther, "/cabinet/sign-in/code", "code", s.appCode(secret, 1)); to != "/cabinet/sign-in?late=1" {
		t.Errorf("leads to %s", to)
	}
	webtest.Contains(t, s.Page("/cabinet/sign-in?late=1"), "Кабінет ще не відкрито")

	// Twenty wrong codes in a row close this way in; the recovery code stays.
	s.posted(http.StatusSeeOther, "/cabinet/sign-in", "login", "olena", "password", password)
	for range 20 {
		s.posted(http.StatusUnprocessableEntity, "/cabinet/sign-in/code", "code", "000000")
	}
	webtest.Contains(t, s.posted(http.StatusConflict, "/cabinet/sign-in/code", "code", s.appCode(secret, 1)), "Відкрийте його кодом відновлення")
	s.Forget() // the owner comes from elsewhere
	s.posted(http.StatusOK, "/cabinet/recover", "code", recovery, "login", "olena", "password", "зелений кит пливе", "again", "зелений кит пливе")
	webtest.Contains(t, s.Page("/cabinet/account"), "Увімкнути вхід із кодом", "Хтось знає пароль цього кабінету", "Скільки: 20")
	if page := s.Page("/cabinet/account/everything.json"); strings.Contains(page, "codes_of_an_app_on") {
		t.Error("codes are still asked for")
	}
}

// Who knows the password and no code is told of to the owner, once, and the owner's own mistakes are not.
func TestTheOwnerIsToldOfWrongCodes(t *testing.T) {
	s := open(t)
	s.register("olena")
	secret := s.guard()
	s.Forget()
	s.posted(http.StatusSeeOther, "/cabinet/sign-in", "login", "olena", "password", password)
	for range 3 {
		s.posted(http.StatusUnprocessableEntity, "/cabinet/sign-in/code", "code", "000000")
	}
	s.Forget()
	s.posted(http.StatusSeeOther, "/cabinet/sign-in", "login", "olena", "password", password)
	s.posted(http.StatusUnprocessableEntity, "/cabinet/sign-in/code", "code", "111111")
	page := s.Page(s.posted(http.StatusSeeOther, "/cabinet/sign-in/code", "code", s.appCode(secret, 1)))
	webtest.Contains(t, page, "Хтось знає пароль цього кабінету", "Скільки: 3")
	webtest.Lacks(t, s.Page("/cabinet"), "Хтось знає пароль")
}

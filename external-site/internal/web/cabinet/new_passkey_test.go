package cabinet_test

import (
	"net/http"
	"regexp"
	"testing"

	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/keytest"
)

// A passkey is added by whoever gives the password, if its device makes a secret, and is removed on the account's page.
func TestAddingAPasskey(t *testing.T) {
	s := open(t)
	s.register("olena")
	webtest.Contains(t, s.Page("/cabinet/account/passkey"), "Пароль і код відновлення діють і далі")
	webtest.Contains(t, s.posted(http.StatusUnprocessableEntity, "/cabinet/account/passkey", "name", "", "present", "не той пароль"), "Назвіть пристрій")
	webtest.Contains(t, s.posted(http.StatusUnprocessableEntity, "/cabinet/account/passkey", "name", "Телефон", "present", "не той пароль"), "Це не пароль цього кабінету")
	d := &keytest.Device{TB: t, Origin: webtest.BaseURL}
	page := s.posted(http.StatusOK, "/cabinet/account/passkey", "name", "Телефон", "present", password)
	signed := d.Create(found(t, asked, page))
	page = s.posted(http.StatusUnprocessableEntity, "/cabinet/account/passkey/add", "name", "Телефон", "challenge", found(t, ceremony, page), "credential", signed, "secret", "")
	webtest.Contains(t, page, "не вміє відкривати кабінет")
	s.addPasskey(&keytest.Device{TB: t, Origin: webtest.BaseURL})
	page = s.Page("/cabinet/account")
	webtest.Contains(t, page, "Мій телефон")
	s.posted(http.StatusSeeOther, regexp.MustCompile(`/cabinet/account/passkeys/[^/"]{43}/remove`).FindString(page))
	webtest.Lacks(t, s.Page("/cabinet/account"), "Мій телефон")
}

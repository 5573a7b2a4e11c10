package cabinet_test

import (
	"html"
	"net/http"
	"regexp"
	"testing"

	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/keytest"
)

var (
	asked      = regexp.MustCompile(`data-options="([^"]+)"`)
	secretName = regexp.MustCompile(`data-portal-secret="([^"]+)"`)
	ceremony   = regexp.MustCompile(`name="challenge" value="([^"]+)"`)
)

func found(t *testing.T, what *regexp.Regexp, page string) string {
	t.Helper()
	m := what.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page lacks %s:\n%s", what, page)
	}
	return html.UnescapeString(m[1])
}

// addPasskey adds a key of the device to the account that is open.
func (s *site) addPasskey(d *keytest.Device) {
	s.t.Helper()
	page := s.posted(http.StatusOK, "/cabinet/account/passkey", "name", "Мій телефон", "present", password)
	signed := d.Create(found(s.t, asked, page))
	s.posted(http.StatusSeeOther, "/cabinet/account/passkey/add", "name", "Мій телефон", "challenge", found(s.t, ceremony, page),
		"credential", signed, "secret", d.Secret(found(s.t, secretName, page)))
}

// A passkey opens the cabinet on a device that knows neither login nor password; what it signs counts once.
func TestSigningInWithAPasskey(t *testing.T) {
	s := open(t)
	s.register("olena")
	d := &keytest.Device{TB: t, Origin: webtest.BaseURL}
	s.addPasskey(d)
	s.Forget()
	page := s.Page("/cabinet/sign-in/passkey")
	answer := []string{"challenge", found(t, ceremony, page), "credential", d.Sign(found(t, asked, page)), "secret", d.Secret(found(t, secretName, page))}
	if to := s.posted(http.StatusSeeOther, "/cabinet/sign-in/passkey", answer...); to != "/cabinet" {
		t.Errorf("leads to %s", to)
	}
	webtest.Contains(t, s.Page("/cabinet/account"), "olena", "Мій телефон")
	s.Forget()
	webtest.Contains(t, s.posted(http.StatusUnprocessableEntity, "/cabinet/sign-in/passkey", answer...), "Минуло забагато часу")
	page = s.Page("/cabinet/sign-in/passkey")
	webtest.Contains(t, s.posted(http.StatusUnprocessableEntity, "/cabinet/sign-in/passkey", "challenge", found(t, ceremony, page),
		"credential", d.Sign(found(t, asked, page)), "secret", ""), "не вміє відкривати кабінет")
}

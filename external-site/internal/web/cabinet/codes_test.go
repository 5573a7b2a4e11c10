package cabinet_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"portal.example/external-site/internal/web/webtest"
)

var (
	appSecret = regexp.MustCompile(`<code class="portal-code">([A-Z2-7 ]+)</code>`)
	appSealed = regexp.MustCompile(`name="sealed" value="([^"]+)"`)
)

// appCode is what an app with the secret shows after so many half minutes.
func (s *site) appCode(secret string, halves int) string {
	s.t.Helper()
	now := s.Now()
	if now.IsZero() { // the site with the clock of the machine
		now = time.Now()
	}
	code, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), now.Add(time.Duration(halves)*30*time.Second))
	if err != nil {
		s.t.Fatal(err)
	}
	return code
}

// guard lets the cabinet that is open ask for codes, and returns the app's secret. That of half a minute to come is left for signing in.
func (s *site) guard() string {
	s.t.Helper()
	page := s.Page("/cabinet/account/codes")
	secret := found(s.t, appSecret, page)
	s.posted(http.StatusSeeOther, "/cabinet/account/codes", "sealed", found(s.t, appSealed, page), "code", s.appCode(secret, 0), "present", password)
	return secret
}

// An app is set up with a right code and the password; a form that is shown again keeps the secret that was scanned.
func TestSettingUpCodes(t *testing.T) {
	s := open(t)
	s.register("olena")
	webtest.Contains(t, s.Page("/cabinet/account"), "Увімкнути вхід із кодом")
	page := s.Page("/cabinet/account/codes")
	webtest.Contains(t, page, "<svg", `href="otpauth://totp/`, "issuer=", "olena")
	secret, sealed := found(t, appSecret, page), found(t, appSealed, page)
	webtest.Contains(t, s.posted(http.StatusUnprocessableEntity, "/cabinet/account/codes", "sealed", sealed), "Введіть код із застосунку", "Введіть пароль, який є зараз")
	page = s.posted(http.StatusUnprocessableEntity, "/cabinet/account/codes", "sealed", sealed, "code", "000000", "present", password)
	webtest.Contains(t, page, "Код не підійшов", secret)
	webtest.Lacks(t, page, password)
	page = s.posted(http.StatusUnprocessableEntity, "/cabinet/account/codes", "sealed", sealed, "code", s.appCode(secret, 0), "present", "не той пароль")
	webtest.Contains(t, page, "Це не пароль цього кабінету", secret)
	page = s.posted(http.StatusUnprocessableEntity, "/cabinet/account/codes", "sealed", "AAAA", "code", s.appCode(secret, 0), "present", password)
	webtest.Contains(t, page, "Ця сторінка застаріла")
	webtest.Lacks(t, page, secret)
	if to := s.posted(http.StatusSeeOther, "/cabinet/account/codes", "sealed", sealed, "code", s.appCode(secret, 0), "present", password); to != "/cabinet/account" {
		t.Errorf("leads to %s", to)
	}
	webtest.Contains(t, s.Page("/cabinet/account"), "Вхід із кодом увімкнено", "Вимкнути вхід із кодом")
	all := s.Page("/cabinet/account/everything.json")
	webtest.Contains(t, all, "codes_of_an_app_on")
	webtest.Lacks(t, all, strings.ReplaceAll(secret, " ", ""))
	webtest.Contains(t, s.Page("/cabinet/account/codes"), "налаштовано раніше, більше не підійдуть")
}

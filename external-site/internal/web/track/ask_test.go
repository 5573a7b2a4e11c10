package track_test

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"portal.example/shared/seal"
)

func TestUnknownNumberAndWrongCodeLookAlike(t *testing.T) {
	s := openAlone(t)
	wrong, err := seal.NewCode(rand.Reader)
	must(t, err)
	said := map[string]string{}
	for _, number := range []string{receipt, "01-2026-000001", "99-2026-999999"} {
		w := s.do(http.MethodPost, "/track", nil, "number", number, "code", wrong.Reveal())
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", number, w.Code)
		}
		body := strings.ReplaceAll(w.Body.String(), number, "NUMBER")
		said[body] = number
	}
	if len(said) != 1 {
		t.Errorf("%d different answers", len(said))
	}
	slip := "X"
	if strings.HasPrefix(wrong.Reveal(), slip) {
		slip = "Y"
	}
	if w := s.do(http.MethodPost, "/track", nil, "number", receipt, "code", slip+wrong.Reveal()[1:]); w.Code != 422 || !strings.Contains(w.Body.String(), "Код введено з помилкою") {
		t.Errorf("a slip in the code: %d", w.Code)
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	s := openAlone(t)
	status := 0
	for range 40 {
		wrong, err := seal.NewCode(rand.Reader)
		must(t, err)
		if status = s.do(http.MethodPost, "/track", nil, "number", receipt, "code", wrong.Reveal()).Code; status == http.StatusTooManyRequests {
			return
		}
	}
	t.Errorf("after forty guesses the answer is still %d", status)
}

func TestMadeUpCookiesAreGuessesToo(t *testing.T) {
	s := openAlone(t)
	right := s.enter()
	status := 0
	for range 60 {
		wrong, err := seal.NewCode(rand.Reader)
		must(t, err)
		made := base64.RawURLEncoding.EncodeToString([]byte(`["` + receipt + `","` + wrong.Reveal() + `"]`))
		if status = s.do(http.MethodGet, "/track/version", []*http.Cookie{{Name: "track", Value: made}}).Code; status == http.StatusTooManyRequests {
			break
		}
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("after sixty made-up cookies the answer is still %d", status)
	}
	if w := s.from("198.51.100.7", http.MethodGet, "/track/status", right); w.Code != http.StatusOK {
		t.Errorf("the holder, from elsewhere: %d", w.Code)
	}
}

// Thousands share the address of a mobile operator, and a kiosk is one address for everybody: whatever others typed,
// the right pair opens, by the form and by the cookie.
func TestGuessesOfOthersDoNotLockTheHolderOut(t *testing.T) {
	s := openAlone(t)
	right := s.enter()
	var last *httptest.ResponseRecorder
	for range 130 {
		wrong, err := seal.NewCode(rand.Reader)
		must(t, err)
		last = s.do(http.MethodPost, "/track", nil, "number", "01-2026-000001", "code", wrong.Reveal())
	}
	if last.Code != http.StatusTooManyRequests {
		t.Fatalf("after 130 guesses: %d", last.Code)
	}
	// Ten guesses at one number are taken at once, then one in two minutes.
	if after := last.Header().Get("Retry-After"); after != "120" || !strings.Contains(last.Body.String(), "через 2\u00a0хвилини") && !strings.Contains(last.Body.String(), "через 2 хвилини") {
		t.Errorf("Retry-After %q, and the page does not say the same", after)
	}
	for _, number := range []string{"01-2026-000001", receipt} {
		if w := s.do(http.MethodPost, "/track", nil, "number", number, "code", s.code.Reveal()); w.Code != http.StatusSeeOther {
			t.Errorf("the holder of the code, by %s: %d", number, w.Code)
		}
	}
	if w := s.do(http.MethodGet, "/track/status", right); w.Code != http.StatusOK {
		t.Errorf("the holder of the cookie: %d", w.Code)
	}
}

// Whoever tries many numbers is refused later than whoever tries one: several people may share the address.
func TestGuessesWeighByNumberAndByAddress(t *testing.T) {
	s := openAlone(t)
	refusedAfter := func(number func(i int) string) int {
		for i := range 200 {
			wrong, err := seal.NewCode(rand.Reader)
			must(t, err)
			if s.do(http.MethodPost, "/track", nil, "number", number(i), "code", wrong.Reveal()).Code == http.StatusTooManyRequests {
				return i
			}
		}
		return 200
	}
	if n := refusedAfter(func(int) string { return receipt }); n != 10 {
		t.Errorf("at one number after %d", n)
	}
	if n := refusedAfter(func(i int) string { return fmt.Sprintf("01-2026-%06d", 100+i) }); n != 90 {
		t.Errorf("at many numbers after %d more", n)
	}
}

// Whoever switches the language in the middle of typing, or after a mistake, types nothing twice.
func TestSwitchingTheLanguageKeepsNumberAndCode(t *testing.T) {
	s := openAlone(t)
	other, err := seal.NewCode(rand.Reader)
	must(t, err)
	wrong := other.Reveal()
	show := func(mark, number, code string) *httptest.ResponseRecorder {
		return s.do(http.MethodPost, "/track?show="+mark+"&lang=en", nil, "number", number, "code", code)
	}
	w := show("unasked", receipt, "")
	if page := w.Body.String(); w.Code != http.StatusOK || strings.Contains(page, "govuk-error") || !strings.Contains(page, `value="`+receipt+`"`) {
		t.Errorf("in the middle of typing: %d", w.Code)
	}
	w = s.do(http.MethodPost, "/track", nil, "number", receipt, "code", wrong)
	if page := w.Body.String(); !strings.Contains(page, `formaction="/track?show=&amp;lang=en"`) || !strings.Contains(page, "data-portal-shows") {
		t.Error("the links of languages of a page with a mistake send nothing")
	}
	w = show("", receipt, wrong)
	if page := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(page, `href="#number"`) ||
		!strings.Contains(page, `value="`+wrong+`"`) || !strings.Contains(page, `<html lang="en"`) {
		t.Errorf("after a mistake: %d", w.Code)
	}
	for _, mark := range []string{"", "unasked"} {
		if w := show(mark, receipt, s.code.Reveal()); w.Code != http.StatusOK || w.Header().Get("Location") != "" || strings.Contains(fmt.Sprint(w.Result().Cookies()), "track=") { //nolint:bodyclose // a recorder's body
			t.Errorf("the right pair is opened by switching the language: %d", w.Code)
		}
	}
}

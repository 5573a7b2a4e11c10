package oidctest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"portal.example/shared/oidctest"
)

// The stand-in gives a code to whoever asks as the client does, and a token once, to whoever has the proof and the secret.
func TestTheStandInIsStrict(t *testing.T) {
	p, err := oidctest.New("http://id.example/id", "portal", "s", "http://staff.example/done", oidctest.Person{Subject: "1", Login: "a", Name: "A"})
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		p.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	ask := url.Values{
		"client_id": {"portal"}, "redirect_uri": {"http://staff.example/done"}, "response_type": {"code"}, "state": {"s"}, "nonce": {"n"},
		"code_challenge_method": {"S256"}, "code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, // RFC 7636, appendix B
	}
	if w := get("/id/authorize?" + ask.Encode()); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "login_hint=a") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for field := range ask {
		wrong := url.Values{}
		for k, v := range ask {
			wrong[k] = v
		}
		wrong.Del(field)
		if w := get("/id/authorize?" + wrong.Encode()); w.Code != http.StatusBadRequest {
			t.Errorf("without %s: %d", field, w.Code)
		}
	}
	code := func() string {
		back, err := url.Parse(get("/id/authorize?" + ask.Encode() + "&login_hint=a").Header().Get("Location"))
		if err != nil || back.Query().Get("code") == "" {
			t.Fatalf("%v, %v", back, err)
		}
		return back.Query().Get("code")
	}
	change := func(form url.Values) int {
		r := httptest.NewRequest(http.MethodPost, "/id/token", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		p.Handler().ServeHTTP(w, r)
		return w.Code
	}
	form := url.Values{
		"client_id": {"portal"}, "client_secret": {"s"}, "code": {code()}, "redirect_uri": {"http://staff.example/done"},
		"code_verifier": {"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
	}
	if got := change(form); got != http.StatusOK {
		t.Errorf("the right proof: %d", got)
	}
	if got := change(form); got != http.StatusBadRequest {
		t.Errorf("again: %d", got)
	}
	for field, status := range map[string]int{"client_secret": http.StatusUnauthorized, "redirect_uri": http.StatusBadRequest, "code_verifier": http.StatusBadRequest} {
		form.Set("code", code())
		right := form.Get(field)
		form.Set(field, "wrong")
		if got := change(form); got != status {
			t.Errorf("wrong %s: %d", field, got)
		}
		form.Set(field, right)
	}
}

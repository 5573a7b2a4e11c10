package provider_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"portal.example/internal-site/internal/provider"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/oidctest"
)

const redirect = "https://staff.example.org/sign-in/provider/done"

var olena = oidctest.Person{Subject: "7f3a", Login: "o.koval", Name: "Коваль Олена", Email: "koval@example.org", Methods: []string{"pwd", "otp"}, Class: "high"}

// standIn is a provider on this machine, and the site's way to it.
type standIn struct {
	*provider.Provider
	there *oidctest.Provider
	t     *testing.T
}

func open(t *testing.T, change func(*provider.Config)) *standIn {
	t.Helper()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	theirs, err := oidctest.New(server.URL+"/staff", "portal", "the-secret", redirect, olena)
	if err != nil {
		t.Fatal(err)
	}
	handler = theirs.Handler()
	cfg := provider.Config{
		Name: locale.Text{UK: "Єдиний вхід", EN: "Single sign-on"}, Issuer: theirs.Issuer, ClientID: "portal", Secret: "the-secret",
		Redirect: redirect, SignedOut: "https://staff.example.org/sign-in",
	}
	if change != nil {
		change(&cfg)
	}
	ours, err := provider.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return &standIn{ours, theirs, t}
}

// visit goes to the provider as a browser does and returns what it brings back.
func (s *standIn) visit() (provider.Pass, provider.Answer) {
	s.t.Helper()
	pass, address, err := s.Begin(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, address+"&login_hint=o.koval", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	response, err := browser.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	back, err := url.Parse(response.Header.Get("Location"))
	if err != nil || response.StatusCode != http.StatusFound {
		s.t.Fatalf("%d to %v, %v", response.StatusCode, back, err)
	}
	q := back.Query()
	return pass, provider.Answer{State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss"), Error: q.Get("error")}
}

func TestWhatTheProviderSaysOfSomebody(t *testing.T) {
	s := open(t, func(c *provider.Config) { c.LoginClaim, c.Methods = "preferred_username", []string{"otp"} })
	pass, answer := s.visit()
	is, err := s.Finish(t.Context(), pass, answer)
	if err != nil || is.Issuer != s.Issuer() || is.Subject != "7f3a" || is.Login != "o.koval" || is.Email != "" || !is.Second {
		t.Errorf("%+v, %v", is, err)
	}
	s = open(t, func(c *provider.Config) { c.LoginClaim, c.Classes = "email", []string{"higher"} })
	pass, answer = s.visit()
	if is, err = s.Finish(t.Context(), pass, answer); err != nil || is.Login != "" || is.Email != "koval@example.org" || is.Second {
		t.Errorf("%+v, %v", is, err)
	}
	unsure := olena
	unsure.Unverified = true
	s.there.People = func() []oidctest.Person { return []oidctest.Person{unsure} }
	pass, answer = s.visit()
	if is, err = s.Finish(t.Context(), pass, answer); err != nil || is.Email != "" {
		t.Errorf("an e-mail that the provider has not checked: %+v, %v", is, err)
	}
	s = open(t, nil)
	pass, answer = s.visit()
	if is, err = s.Finish(t.Context(), pass, answer); err != nil || is.Login != "" || is.Email != "" || is.Second {
		t.Errorf("nothing but the subject counts: %+v, %v", is, err)
	}
	if address, err := s.SignOut(t.Context()); err != nil || address != s.Issuer()+"/sign-out?client_id=portal&post_logout_redirect_uri=https%3A%2F%2Fstaff.example.org%2Fsign-in" {
		t.Errorf("%s, %v", address, err)
	}
}

// No token is believed but one that this provider signed for this site, for this sign-in, just now.
func TestForgedTokensAreRefused(t *testing.T) {
	s := open(t, nil)
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	set := func(claim string, value any) func(header, claims map[string]any) string {
		return func(_, claims map[string]any) string {
			claims[claim] = value
			return ""
		}
	}
	for what, forge := range map[string]func(header, claims map[string]any) string{
		"issuer":           set("iss", "https://id.evil.example"),
		"audience":         set("aud", "another-site"),
		"two audiences":    set("aud", []string{"portal", "another-site"}),
		"authorised party": set("azp", "another-site"),
		"nonce":            set("nonce", "of another sign-in"),
		"no nonce":         set("nonce", ""),
		"expired":          set("exp", time.Now().Add(-time.Minute).Unix()),
		"not yet":          set("nbf", time.Now().Add(time.Hour).Unix()),
		"nobody":           set("sub", ""),
		"alg none": func(header, claims map[string]any) string {
			header["alg"] = "none"
			return oidctest.Sign(nil, header, claims)
		},
		"alg HS256": func(header, claims map[string]any) string {
			header["alg"] = "HS256"
			return oidctest.Sign(foreign, header, claims)
		},
		"another's key": func(header, claims map[string]any) string { return oidctest.Sign(foreign, header, claims) },
		"no signature":  func(header, claims map[string]any) string { return oidctest.Sign(nil, header, claims) },
		"no token":      func(_, _ map[string]any) string { return "nonsense" },
	} {
		s.there.Forge = forge
		pass, answer := s.visit()
		if is, err := s.Finish(t.Context(), pass, answer); fault.MessageKey(err) != "access.provider_refused" {
			t.Errorf("%s: %+v, %v", what, is, err)
		}
	}
	s.there.Forge = nil
	pass, answer := s.visit()
	if _, err := s.Finish(t.Context(), pass, answer); err != nil {
		t.Errorf("the true one: %v", err)
	}
}

// What a browser brings back counts once, for the browser that asked, and from this provider.
func TestAnswersBelongToOneSignIn(t *testing.T) {
	s := open(t, nil)
	for what, each := range map[string]struct {
		change func(*provider.Pass, *provider.Answer)
		key    string
	}{
		"another state":    {func(_ *provider.Pass, a *provider.Answer) { a.State = "of another browser" }, "access.challenge_stale"},
		"no state":         {func(_ *provider.Pass, a *provider.Answer) { a.State = "" }, "access.challenge_stale"},
		"another provider": {func(_ *provider.Pass, a *provider.Answer) { a.Issuer = "https://id.evil.example" }, "access.provider_refused"},
		"another verifier": {func(p *provider.Pass, _ *provider.Answer) {
			p.Verifier = "of whoever stole the code, who has only the code"
		}, "access.provider_refused"},
		"no code":       {func(_ *provider.Pass, a *provider.Answer) { a.Code = "" }, "access.provider_refused"},
		"refused there": {func(_ *provider.Pass, a *provider.Answer) { a.Code, a.Error = "", "access_denied" }, "access.provider_denied"},
	} {
		pass, answer := s.visit()
		each.change(&pass, &answer)
		if _, err := s.Finish(t.Context(), pass, answer); fault.MessageKey(err) != each.key {
			t.Errorf("%s: %v", what, err)
		}
	}
	pass, answer := s.visit()
	if _, err := s.Finish(t.Context(), pass, answer); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Finish(t.Context(), pass, answer); fault.MessageKey(err) != "access.provider_refused" {
		t.Errorf("a code counts twice: %v", err)
	}
}

// A provider that does not answer, or whose secret is wrong, is said so at once, and asked again a little later.
func TestProviderIsAway(t *testing.T) {
	var up bool
	var theirs *oidctest.Provider
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !up {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		theirs.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	theirs, err := oidctest.New(server.URL, "portal", "the-secret", redirect, olena)
	if err != nil {
		t.Fatal(err)
	}
	made, err := provider.New(provider.Config{
		Name: locale.Text{UK: "Єдиний вхід", EN: "Single sign-on"}, Issuer: server.URL, ClientID: "portal", Secret: "the-secret", Redirect: redirect,
	})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	ours := made.At(func() time.Time { return now })
	begins := func(ctx context.Context) error {
		_, _, err := ours.Begin(ctx)
		return err
	}
	if err := begins(t.Context()); fault.MessageKey(err) != "access.provider_away" || !fault.Is(err, fault.Unavailable) {
		t.Errorf("away: %v", err)
	}
	up = true
	if err := begins(t.Context()); fault.MessageKey(err) != "access.provider_away" {
		t.Errorf("asked again at once: %v", err)
	}
	now = now.Add(5 * time.Second)
	if err := begins(t.Context()); err != nil {
		t.Errorf("back: %v", err)
	}
	s := &standIn{ours, theirs, t}
	pass, answer := s.visit()
	up = false
	if _, err := s.Finish(t.Context(), pass, answer); fault.MessageKey(err) != "access.provider_away" {
		t.Errorf("away meanwhile: %v", err)
	}
}

func TestConfigurationsThatLetNobodyIn(t *testing.T) {
	good := provider.Config{Name: locale.Text{UK: "а", EN: "a"}, Issuer: "https://id.example", ClientID: "portal"}
	if _, err := provider.New(good); err != nil {
		t.Error(err)
	}
	for _, change := range []func(*provider.Config){
		func(c *provider.Config) { c.Issuer = "" }, func(c *provider.Config) { c.Issuer = "http://id.example" },
		func(c *provider.Config) { c.Issuer = "id.example" }, func(c *provider.Config) { c.Issuer = "https://id.example?a=b" },
		func(c *provider.Config) { c.ClientID = "" }, func(c *provider.Config) { c.Name.EN = "" },
	} {
		wrong := good
		change(&wrong)
		if _, err := provider.New(wrong); err == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
}

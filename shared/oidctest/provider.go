// Package oidctest is an OpenID Connect provider for tests and the demo: it shows a page on which people say who they are, gives
// codes that count once and for whoever asked with the right proof (PKCE), and signs real tokens. It can be told to lie, so
// that a test sees who believes it. Only tests and the demo may import this package; it needs nothing but the standard library.
package oidctest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Person is somebody whom the provider knows.
type Person struct {
	Subject, Login, Name, Email string
	Unverified                  bool     // the provider has not seen that the e-mail is theirs
	Methods                     []string // amr: how they show who they are
	Class                       string   // acr
}

// Provider is one provider with one client. Its fields may be changed between requests only.
type Provider struct {
	Issuer, ClientID, Secret, Redirect string
	People                             func() []Person // at the moment of asking
	Now                                func() time.Time
	// Forge changes a token before it is signed, if it is there; what it returns is the token itself, "" for the signed one.
	Forge func(header, claims map[string]any) string

	key    *rsa.PrivateKey
	mu     sync.Mutex
	grants map[string]grant
}

// grant is what a code stands for.
type grant struct {
	person    Person
	challenge string // of PKCE
	nonce     string
	redirect  string
}

const keyBits = 2048

// New returns a provider with a key of its own.
func New(issuer, clientID, secret, redirect string, people ...Person) (*Provider, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	known := func() []Person { return people }
	return &Provider{
		People: known, Issuer: issuer, ClientID: clientID, Secret: secret, Redirect: redirect, Now: time.Now, key: key, grants: map[string]grant{},
	}, err
}

// Handler serves the provider at the path of its issuer.
func (p *Provider) Handler() http.Handler {
	at, _ := url.Parse(p.Issuer)
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+at.Path+"/.well-known/openid-configuration", p.discover)
	mux.HandleFunc("GET "+at.Path+"/keys", p.keys)
	mux.HandleFunc("GET "+at.Path+"/authorize", p.authorize)
	mux.HandleFunc("POST "+at.Path+"/token", p.token)
	mux.HandleFunc("GET "+at.Path+"/sign-out", p.signOut)
	mux.HandleFunc("GET "+at.Path+"/healthz", func(http.ResponseWriter, *http.Request) {})
	return mux
}

func (p *Provider) discover(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer": p.Issuer, "authorization_endpoint": p.Issuer + "/authorize", "token_endpoint": p.Issuer + "/token",
		"jwks_uri": p.Issuer + "/keys", "end_session_endpoint": p.Issuer + "/sign-out",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"}, "code_challenge_methods_supported": []string{"S256"},
	})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{"keys": []any{map[string]string{
		"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "one",
		"n": text(p.key.N.Bytes()), "e": text(big.NewInt(int64(p.key.E)).Bytes()),
	}}})
}

var page = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Single sign-on of the demo</title><meta name="viewport" content="width=device-width"></head>
<body><main><h1>Single sign-on of the demo</h1><p>Who are you?</p><ul>
{{range .People}}<li><a href="?{{$.Query}}&amp;login_hint={{.Login}}">{{.Name}}</a></li>
{{end}}<li><a href="?{{$.Query}}&amp;refuse=yes">Nobody</a></li></ul></main></body></html>`))

// authorize asks who somebody is, or sends them back with a code when the address says so (login_hint).
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != p.ClientID || q.Get("redirect_uri") != p.Redirect || q.Get("response_type") != "code" ||
		q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" || q.Get("nonce") == "" || q.Get("state") == "" {
		http.Error(w, "this request is not one that the client makes", http.StatusBadRequest)
		return
	}
	back := url.Values{"state": {q.Get("state")}, "iss": {p.Issuer}}
	people := p.People()
	i := slices.IndexFunc(people, func(one Person) bool { return one.Login == q.Get("login_hint") })
	switch {
	case q.Get("refuse") != "":
		back.Set("error", "access_denied")
	case i >= 0:
		back.Set("code", p.grant(grant{people[i], q.Get("code_challenge"), q.Get("nonce"), q.Get("redirect_uri")}))
	default:
		_ = page.Execute(w, map[string]any{"People": people, "Query": template.URL(q.Encode())}) //nolint:gosec // encoded
		return
	}
	http.Redirect(w, r, p.Redirect+"?"+back.Encode(), http.StatusFound)
}

func (p *Provider) grant(g grant) string {
	code := make([]byte, 16)
	_, _ = rand.Read(code)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.grants[text(code)] = g
	return text(code)
}

// token exchanges a code, once, for a token about the person.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	id, secret, _ := r.BasicAuth()
	if id == "" {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if id != p.ClientID || subtle.ConstantTimeCompare([]byte(secret), []byte(p.Secret)) != 1 {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	p.mu.Lock()
	g, known := p.grants[r.PostFormValue("code")]
	delete(p.grants, r.PostFormValue("code"))
	p.mu.Unlock()
	proof := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || g.redirect != r.PostFormValue("redirect_uri") || text(proof[:]) != g.challenge {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	answer(w, http.StatusOK, map[string]any{"access_token": "not-used", "token_type": "Bearer", "expires_in": 60, "id_token": p.idToken(g)})
}

func (p *Provider) idToken(g grant) string {
	now := p.Now()
	header := map[string]any{"alg": "RS256", "typ": "JWT", "kid": "one"}
	claims := map[string]any{
		"iss": p.Issuer, "sub": g.person.Subject, "aud": p.ClientID, "nonce": g.nonce, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		"preferred_username": g.person.Login, "name": g.person.Name, "email": g.person.Email, "email_verified": !g.person.Unverified,
	}
	if len(g.person.Methods) > 0 {
		claims["amr"] = g.person.Methods
	}
	if g.person.Class != "" {
		claims["acr"] = g.person.Class
	}
	if p.Forge != nil {
		if forged := p.Forge(header, claims); forged != "" {
			return forged
		}
	}
	return Sign(p.key, header, claims)
}

// Sign makes a token of RS256. A nil key leaves it without a signature.
func Sign(key *rsa.PrivateKey, header, claims map[string]any) string {
	h, _ := json.Marshal(header)
	c, _ := json.Marshal(claims)
	signed := text(h) + "." + text(c)
	if key == nil {
		return signed + "."
	}
	sum := sha256.Sum256([]byte(signed))
	signature, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	return signed + "." + text(signature)
}

// signOut forgets nobody, as the provider keeps no sessions, and leads back.
func (p *Provider) signOut(w http.ResponseWriter, r *http.Request) {
	back := r.URL.Query().Get("post_logout_redirect_uri")
	from, err := url.Parse(p.Redirect)
	to, errTo := url.Parse(back)
	if err != nil || errTo != nil || to.Host != from.Host || r.URL.Query().Get("client_id") != p.ClientID {
		http.Error(w, "signed out", http.StatusOK)
		return
	}
	http.Redirect(w, r, to.String(), http.StatusFound) //nolint:gosec // the client's own host, as was just checked
}

func answer(w http.ResponseWriter, status int, what any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(what)
}

func text(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

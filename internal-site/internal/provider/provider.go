// Package provider asks an OpenID Connect provider who somebody is: the authorization code flow with PKCE, where state and nonce
// belong to one browser and count once. Who may sign in is for access to say; nothing of what the provider says gives rights. It may
// import internal/access and shared, and knows neither pages nor SQL.
package provider

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// Config says which provider it is, and what of its words counts.
type Config struct {
	Name                     locale.Text // as pages call it
	Issuer, ClientID, Secret string
	// Redirect is the page of the site to which the provider sends people back, SignedOut the one after they have signed out there.
	Redirect, SignedOut string
	Scopes              []string // beside openid
	// LoginClaim names the claim by which somebody's account is found at their first sign-in; "": their account has to be linked
	// by its owner before.
	LoginClaim string
	// Classes (acr) and Methods (amr) are those that stand for a second factor; none: the portal's own is asked for.
	Classes, Methods []string
	Authorities      *x509.CertPool // that vouch for the provider's certificate; nil: those of the system
}

// Limits of what is asked of the provider while a page waits.
const (
	timeLimit  = 5 * time.Second
	sizeLimit  = 1 << 20
	knownFor   = time.Hour       // how long its addresses are believed
	awayFor    = 3 * time.Second // how long it is not asked again after it has not answered
	maxSubject = 255             // as the standard says
)

// Provider is one provider. It is asked for its addresses when somebody wants to sign in, so that the site starts and works without it.
type Provider struct {
	cfg    Config
	client *http.Client
	now    func() time.Time

	mu     sync.Mutex
	found  *oidc.Provider
	failed error     // of the latest try
	until  time.Time // what was found, or that nothing was, counts until then
}

// New refuses a configuration with which nobody could sign in. It asks the provider for nothing.
func New(cfg Config) (*Provider, error) {
	issuer, err := url.Parse(cfg.Issuer)
	switch {
	case err != nil || issuer.Host == "" || issuer.RawQuery != "" || issuer.Fragment != "":
		return nil, fault.Usagef("provider: issuer %q must be like https://id.example", cfg.Issuer)
	case issuer.Scheme != "https" && !loopback(issuer.Hostname()):
		return nil, fault.Usagef("provider: issuer %q must be https", cfg.Issuer)
	case cfg.ClientID == "":
		return nil, fault.Usagef("provider: client_id is missing")
	case cfg.Name.UK == "" || cfg.Name.EN == "":
		return nil, fault.Usagef("provider: its name is missing in Ukrainian or in English")
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: cfg.Authorities, MinVersion: tls.VersionTLS12},
		ResponseHeaderTimeout: timeLimit, MaxIdleConns: 2, IdleConnTimeout: time.Minute,
	}
	return &Provider{cfg: cfg, now: time.Now, client: &http.Client{
		Timeout: timeLimit, Transport: limited{transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("the provider leads elsewhere") },
	}}, nil
}

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// At returns a provider of the same configuration whose clock is now, for tests.
func (p *Provider) At(now func() time.Time) *Provider {
	return &Provider{cfg: p.cfg, client: p.client, now: now}
}

// limited cuts answers off that are larger than any of the protocol's.
type limited struct{ http.RoundTripper }

// RoundTrip sends the request.
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(r)
	if err == nil {
		response.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(response.Body, sizeLimit), response.Body}
	}
	return response, err
}

// Name is what pages call the provider.
func (p *Provider) Name() locale.Text { return p.cfg.Name }

// Issuer is the provider's own name, in which accounts are tied to it.
func (p *Provider) Issuer() string { return p.cfg.Issuer }

// Pass is what the site keeps while somebody is at the provider, for their browser only.
type Pass struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"` // of PKCE
}

// Begin returns the address at which the provider asks who somebody is.
func (p *Provider) Begin(ctx context.Context) (pass Pass, address string, err error) {
	found, err := p.discover(ctx)
	if err != nil {
		return Pass{}, "", err
	}
	pass = Pass{State: secret(), Nonce: secret(), Verifier: oauth2.GenerateVerifier()}
	return pass, p.flow(found).AuthCodeURL(pass.State, oidc.Nonce(pass.Nonce), oauth2.S256ChallengeOption(pass.Verifier)), nil
}

func secret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Answer is what the browser brings back from the provider.
type Answer struct {
	State, Code, Issuer string
	Error               string // a word of the protocol: they may not, or did not want to
}

// Finish exchanges the code for what the provider says of the person.
func (p *Provider) Finish(ctx context.Context, pass Pass, is Answer) (access.Identity, error) {
	switch {
	case subtle.ConstantTimeCompare([]byte(pass.State), []byte(is.State)) != 1:
		return access.Identity{}, fault.New(fault.Invalid, "access.challenge_stale")
	case is.Issuer != "" && is.Issuer != p.cfg.Issuer:
		return access.Identity{}, refused(errors.New("the answer is another provider's"))
	case is.Error != "":
		return access.Identity{}, fault.New(fault.Invalid, "access.provider_denied")
	}
	found, err := p.discover(ctx)
	if err != nil {
		return access.Identity{}, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.client), timeLimit)
	defer cancel()
	tokens, err := p.flow(found).Exchange(ctx, is.Code, oauth2.VerifierOption(pass.Verifier))
	if e := new(oauth2.RetrieveError); errors.As(err, &e) && e.Response.StatusCode < http.StatusInternalServerError {
		return access.Identity{}, refused(fmt.Errorf("code refused: %s", e.ErrorCode))
	}
	if err != nil {
		return access.Identity{}, away(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := found.VerifierContext(ctx, &oidc.Config{ClientID: p.cfg.ClientID, Now: p.now}).Verify(ctx, raw)
	if e := new(url.Error); errors.As(err, &e) { // its keys could not be read
		return access.Identity{}, away(err)
	}
	if err != nil {
		return access.Identity{}, refused(err)
	}
	return p.identity(token, pass)
}

// claims are those of a token of which the site makes use.
type claims struct {
	Party    string   `json:"azp"`
	Class    string   `json:"acr"`
	Methods  []string `json:"amr"`
	Verified bool     `json:"email_verified"`
}

// identity is what the token says, once it is for this site and this browser.
func (p *Provider) identity(token *oidc.IDToken, pass Pass) (access.Identity, error) {
	var c claims
	var all map[string]any
	if err := errors.Join(token.Claims(&c), token.Claims(&all)); err != nil {
		return access.Identity{}, refused(err)
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(pass.Nonce)) != 1:
		return access.Identity{}, refused(errors.New("the token was made for another sign-in"))
	case c.Party != "" && c.Party != p.cfg.ClientID, c.Party == "" && len(token.Audience) > 1:
		return access.Identity{}, refused(errors.New("the token was made for another site"))
	case token.Subject == "" || len(token.Subject) > maxSubject:
		return access.Identity{}, refused(errors.New("the token says nothing of whom it is about"))
	}
	is := access.Identity{Issuer: p.cfg.Issuer, Subject: token.Subject}
	is.Second = slices.Contains(p.cfg.Classes, c.Class) || slices.ContainsFunc(c.Methods, func(m string) bool { return slices.Contains(p.cfg.Methods, m) })
	if text, ok := all[p.cfg.LoginClaim].(string); ok && p.cfg.LoginClaim != "" {
		switch {
		case p.cfg.LoginClaim != "email":
			is.Login = text
		case c.Verified: // anybody can write somebody else's address into their profile
			is.Email = text
		}
	}
	return is, nil
}

// SignOut is the address at which somebody signs out of the provider; "" when it has none.
func (p *Provider) SignOut(ctx context.Context) (string, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	var c struct {
		End string `json:"end_session_endpoint"`
	}
	if err := found.Claims(&c); err != nil || !strings.HasPrefix(c.End, "http") {
		return "", nil //nolint:nilerr // it may say nothing of it
	}
	separator := "?"
	if strings.Contains(c.End, "?") {
		separator = "&"
	}
	return c.End + separator + url.Values{"client_id": {p.cfg.ClientID}, "post_logout_redirect_uri": {p.cfg.SignedOut}}.Encode(), nil
}

func (p *Provider) flow(found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.cfg.ClientID, ClientSecret: p.cfg.Secret, Endpoint: found.Endpoint(), RedirectURL: p.cfg.Redirect,
		Scopes: append([]string{oidc.ScopeOpenID}, p.cfg.Scopes...),
	}
}

// discover asks the provider for its addresses, at most once in an hour.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now().Before(p.until) {
		return p.found, p.failed
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.client), timeLimit)
	defer cancel()
	found, err := oidc.NewProvider(ctx, p.cfg.Issuer)
	if err != nil {
		p.found, p.failed, p.until = nil, away(err), p.now().Add(awayFor)
		return nil, p.failed
	}
	p.found, p.failed, p.until = found, nil, p.now().Add(knownFor)
	return found, nil
}

// away says that the provider cannot be asked; a password works all the same.
func away(err error) error { return fault.Wrap(fault.Unavailable, err, "access.provider_away") }

// refused says that what the provider answered is not believed.
func refused(err error) error { return fault.Wrap(fault.Invalid, err, "access.provider_refused") }

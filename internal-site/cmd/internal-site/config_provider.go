package main

import (
	"crypto/x509"
	"os"
	"strings"

	"portal.example/internal-site/internal/provider"
	"portal.example/internal-site/internal/web/signin"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// ProviderConfig says at which OpenID Connect provider staff may sign in. An empty issuer: at none.
type ProviderConfig struct {
	// Issuer is the provider's address, as its own tokens write it.
	Issuer string `koanf:"issuer"`
	// ClientID and ClientSecretFile are what the provider knows this site by; it has to send people back to
	// base_url + /sign-in/provider/done, and to base_url + /sign-in after they have signed out.
	ClientID         string `koanf:"client_id"`
	ClientSecretFile string `koanf:"client_secret_file"`
	// Name is what the page for signing in calls the provider.
	Name struct {
		UK string `koanf:"uk"`
		EN string `koanf:"en"`
	} `koanf:"name"`
	// Scopes are asked for beside openid, e.g. profile or email.
	Scopes []string `koanf:"scopes"`
	// LoginClaim names the claim that holds the portal's login, or is email, by which an account is found when its owner comes for
	// the first time. "": they link it themselves, on the page of their account. Accounts that keep others' are always
	// linked by their owners, since whoever keeps the provider's accounts chooses what its claims say.
	LoginClaim string `koanf:"login_claim"`
	// ACR and AMR are the provider's words for a sign-in whose second factor stands for the portal's. None: the portal asks for its own.
	ACR []string `koanf:"acr"`
	AMR []string `koanf:"amr"`
	// CAFile holds the certificates that vouch for the provider's; "": those of the system do.
	CAFile string `koanf:"ca_file"`
}

// open returns the provider, which is not asked for anything yet; nil when none is configured.
func (c ProviderConfig) open(baseURL string) (*provider.Provider, error) {
	if c.Issuer == "" {
		if c.ClientID != "" || c.ClientSecretFile != "" {
			return nil, fault.Usagef("configuration: provider.issuer is missing")
		}
		return nil, nil
	}
	if baseURL == "" {
		return nil, fault.Usagef("configuration: base_url is missing, to which the provider sends people back")
	}
	secret, err := os.ReadFile(c.ClientSecretFile)
	if err != nil {
		return nil, fault.Usagef("configuration: provider.client_secret_file: %v", err)
	}
	authorities, err := c.authorities()
	if err != nil {
		return nil, err
	}
	return provider.New(provider.Config{
		Name: locale.Text{UK: c.Name.UK, EN: c.Name.EN}, Issuer: c.Issuer, ClientID: c.ClientID, Secret: strings.TrimSpace(string(secret)),
		Redirect: baseURL + signin.ProviderDone, SignedOut: baseURL + signin.Path,
		Scopes: c.Scopes, LoginClaim: c.LoginClaim, Classes: c.ACR, Methods: c.AMR, Authorities: authorities,
	})
}

func (c ProviderConfig) authorities() (*x509.CertPool, error) {
	if c.CAFile == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, fault.Usagef("configuration: provider.ca_file: %v", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fault.Usagef("configuration: provider.ca_file %s holds no certificate", c.CAFile)
	}
	return pool, nil
}

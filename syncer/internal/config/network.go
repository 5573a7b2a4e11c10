package config

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"portal.example/shared/blob"
)

// protected refuses addresses across a network that are not protected against whoever is on it, unless the
// file says insecure.
func (c *Config) protected() error {
	if c.Insecure {
		return nil
	}
	for key, why := range sorted(c.Exposed()) {
		return c.bad(key, why+"; say `insecure: true` only where nobody else can reach the network")
	}
	return nil
}

// Exposed says of each address that leaves this machine what it lacks.
func (c *Config) Exposed() map[string]string {
	all := map[string]string{}
	for key, dsn := range c.dsns() {
		if why := exposedDSN(dsn); why != "" {
			all[key] = why
		}
	}
	for key, store := range c.stores() {
		if why := exposedStore(store); why != "" {
			all[key] = why
		}
	}
	return all
}

// acceptedAuth are the methods that show nobody the password and prove that the server knows it, or need none.
var acceptedAuth = []string{"scram-sha-256", "none"}

func exposedDSN(dsn string) string {
	u, err := url.Parse(dsn)
	if dsn == "" || err != nil || !slices.ContainsFunc(hosts(u), distant) {
		return ""
	}
	q := u.Query()
	switch {
	case q.Get("sslmode") != "verify-full":
		return "leaves this machine without sslmode=verify-full, so anybody between could read it or answer in the server's place"
	case q.Get("sslrootcert") == "":
		return "leaves this machine without sslrootcert, the authority that signed the server's certificate"
	case q.Get("sslcert") == "" || q.Get("sslkey") == "":
		return "leaves this machine without a client certificate (sslcert, sslkey)"
	case q.Get("require_auth") == "" || slices.ContainsFunc(strings.Split(q.Get("require_auth"), ","), unwanted):
		return "leaves this machine without require_auth=scram-sha-256, so a server could ask for the password in clear"
	}
	return ""
}

func unwanted(method string) bool { return !slices.Contains(acceptedAuth, strings.TrimSpace(method)) }

// hosts are all the servers a DSN may mean.
func hosts(u *url.URL) []string {
	var all []string
	for _, h := range append(strings.Split(u.Host, ","), strings.Split(u.Query().Get("host"), ",")...) {
		if host, _, err := net.SplitHostPort(h); err == nil {
			h = host
		}
		if h = strings.Trim(h, "[]"); h != "" {
			all = append(all, h)
		}
	}
	return all
}

// distant reports whether host is beyond this machine. A name that is not localhost is: what it resolves to
// is up to others.
func distant(host string) bool {
	ip := net.ParseIP(host)
	return !strings.HasPrefix(host, "/") && !strings.HasPrefix(host, "@") && host != "localhost" && (ip == nil || !ip.IsLoopback())
}

func exposedStore(store blob.Config) string {
	host := store.Endpoint
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if host == "" || store.Secure || !distant(host) {
		return ""
	}
	return "leaves this machine without TLS (secure: true), so anybody between could read and change objects"
}

package program

import (
	"fmt"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"portal.example/shared/blob"
	"portal.example/shared/config"
	"portal.example/shared/fault"
	"portal.example/shared/operations"
	"portal.example/shared/pg"
)

// Site is what the configurations of both sites have in common; a site's own embeds it with `koanf:",squash"`.
type Site struct {
	// Listen is host:port of the HTTP server.
	Listen string `koanf:"listen"`
	// BaseURL is the address under which people reach this site, without a trailing slash.
	BaseURL string `koanf:"base_url"`
	// TrustedProxies are the addresses or networks of the reverse proxies whose X-Forwarded-For is believed; none when empty.
	TrustedProxies []string `koanf:"trusted_proxies"`
	// Database has the site's own role in dsn and portal_owner in owner_dsn.
	Database Database `koanf:"database"`
	// Objects is the object store of this node; its bucket is set by the program.
	Objects blob.Config `koanf:"objects"`
	// Operations is where operators find metrics and health.
	Operations operations.Config `koanf:"operations"`
}

// TLS says whether browsers reach the site over https.
func (s Site) TLS() bool { return strings.HasPrefix(s.BaseURL, "https://") }

// Bucket opens a bucket of the node's object store. It connects to nothing yet.
func (s Site) Bucket(name string) (*blob.Bucket, error) {
	o := s.Objects
	o.Bucket = name
	return blob.Open(o)
}

// Check refuses a configuration with which the site could not serve pages. It opens no connection.
func (s Site) Check() error {
	switch {
	case s.Database.DSN == "":
		return fault.Usagef("configuration: database.dsn is missing")
	case s.Objects.Endpoint == "":
		return fault.Usagef("configuration: objects.endpoint is missing")
	}
	for _, dsn := range []string{s.Database.DSN, s.Database.Owner()} {
		if err := pg.CheckDSN(dsn); err != nil {
			return err
		}
	}
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		return fault.Usagef("configuration: listen %q must be host:port", s.Listen)
	}
	if err := operations.CheckAddress("configuration: operations.listen", s.Operations.Listen); err != nil {
		return err
	}
	if s.Operations.Listen == s.Listen {
		return fault.Usagef("configuration: operations.listen must be another address than listen, which everybody can reach")
	}
	if err := CheckURL("base_url", s.BaseURL); err != nil {
		return err
	}
	_, err := s.Bucket("documents")
	return err
}

// CheckURL refuses what is not the address of a site without a trailing slash; "" passes.
func CheckURL(key, url string) error {
	switch {
	case url == "":
		return nil
	case !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://"):
		return fault.Usagef("configuration: %s %q must begin with http:// or https://", key, url)
	case strings.HasSuffix(url, "/"):
		return fault.Usagef("configuration: %s %q must not end with a slash", key, url)
	}
	return nil
}

// Load reads the configuration that --config names into out; see config.Load.
func Load(cmd *cobra.Command, prefix string, out any) error {
	path, err := cmd.Flags().GetString("config")
	if err != nil {
		return err
	}
	return config.Load(path, prefix, out)
}

// Validate makes the verb that reads every file serve would read and opens no connection.
func Validate(check func(*cobra.Command) error) *cobra.Command {
	return &cobra.Command{
		Use:   "validate",
		Short: "Check the configuration without touching anything",
		Long:  "Reads the configuration, and the templates and words of this release; connects to nothing.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := check(cmd); err != nil {
				return err
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "the configuration is valid")
			return err
		},
	}
}

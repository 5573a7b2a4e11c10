package main

import (
	"github.com/spf13/cobra"

	"portal.example/shared/blob"
	"portal.example/shared/config"
	"portal.example/shared/program"
)

// Config is internal-site.yaml. Environment variables override it: INTERNAL_SITE_DATABASE__DSN and so on.
type Config struct {
	// Listen is host:port of the HTTP server.
	Listen string `koanf:"listen"`
	// BaseURL is the address under which people reach this site, without a trailing slash.
	BaseURL string `koanf:"base_url"`
	// PublicURL is the address of the public site, for links and QR codes; "" leaves them out.
	PublicURL string `koanf:"public_url"`
	// TrustedProxies are the addresses of proxies whose X-Forwarded-For is believed; none when empty.
	TrustedProxies []string `koanf:"trusted_proxies"`
	// Database has the role internal_site in dsn and portal_owner in owner_dsn.
	Database program.Database `koanf:"database"`
	// Objects is the object store of this node; its bucket is set by the program.
	Objects blob.Config `koanf:"objects"`
}

// load reads the configuration that --config names.
func load(cmd *cobra.Command) (Config, error) {
	path, err := cmd.Flags().GetString("config")
	if err != nil {
		return Config{}, err
	}
	c := Config{Listen: "127.0.0.1:8081"}
	err = config.Load(path, "INTERNAL_SITE", &c)
	return c, err
}

package main

import (
	"github.com/spf13/cobra"

	"portal.example/shared/blob"
	"portal.example/shared/config"
	"portal.example/shared/program"
)

// Config is external-site.yaml. Environment variables override it: EXTERNAL_SITE_DATABASE__DSN and so on.
type Config struct {
	// Listen is host:port of the HTTP server.
	Listen string `koanf:"listen"`
	// BaseURL is the address under which people reach this site, without a trailing slash.
	BaseURL string `koanf:"base_url"`
	// Database has the role external_site in dsn and portal_owner in owner_dsn.
	Database program.Database `koanf:"database"`
	// Objects is the object store of this node; its bucket is set by the program.
	Objects blob.Config `koanf:"objects"`
	// SealKey is the file with the public key to which submissions are sealed (internal-site keys generate).
	SealKey string `koanf:"seal_key"`
	// TrustedProxies are the addresses or networks of the reverse proxies whose X-Forwarded-For is believed.
	TrustedProxies []string `koanf:"trusted_proxies"`
}

// load reads the configuration that --config names.
func load(cmd *cobra.Command) (Config, error) {
	path, err := cmd.Flags().GetString("config")
	if err != nil {
		return Config{}, err
	}
	c := Config{Listen: "127.0.0.1:8080"}
	err = config.Load(path, "EXTERNAL_SITE", &c)
	return c, err
}

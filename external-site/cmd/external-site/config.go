package main

import (
	"strings"

	"github.com/spf13/cobra"

	"portal.example/external-site/internal/web"
	"portal.example/external-site/internal/web/centres"
	"portal.example/shared/fault"
	"portal.example/shared/live"
	"portal.example/shared/program"
)

// Config is external-site.yaml. Environment variables override it: EXTERNAL_SITE_DATABASE__DSN and so on.
type Config struct {
	program.Site `koanf:",squash"`
	// SealKey is the file with the public key to which submissions are sealed (internal-site keys generate).
	SealKey string `koanf:"seal_key"`
	// Signatures is what electronic signatures are verified with.
	Signatures SignaturesConfig `koanf:"signatures"`
	// KeptPagesMiB is how much memory pages take that are kept to be sent again; 64 when zero.
	KeptPagesMiB int64 `koanf:"kept_pages_mib"`
	// NoOffline switches off that browsers keep the cards which were read, for reading without a line; those that they have are
	// forgotten at the next visit.
	NoOffline bool `koanf:"no_offline"`
	// Map is where the map of centres comes from; without it lists show no map.
	Map centres.Map `koanf:"map"`
	// SecurityContact is the mailto: or https: address in /.well-known/security.txt for whoever finds that the site is not
	// safe; without it there is no such file.
	SecurityContact string `koanf:"security_contact"`
	// AccountKey is the file with the key of citizens' accounts (external-site key); without one there is no cabinet.
	AccountKey string `koanf:"account_key"`
	// DocumentsGiB is how much the documents of all accounts together may take of the object store, in GiB; 50 when zero.
	DocumentsGiB int64 `koanf:"documents_gib"`
	// PasskeyOrigin is the address for which passkeys are made; base_url when empty. Browsers make none for http or an address of numbers.
	PasskeyOrigin string `koanf:"passkey_origin"`
	// Live bounds the streams of pages that are told of changes.
	Live live.Limits `koanf:"live"`
}

// SignaturesConfig says whom the installation believes.
type SignaturesConfig struct {
	// Trust is a folder as that of internal-site: anchors/, certificates/ and lists/. "" trusts nobody: /verify then says so.
	Trust string `koanf:"trust"`
}

// load reads the configuration that --config names.
func load(cmd *cobra.Command) (Config, error) {
	c := Config{Site: program.Site{Listen: "127.0.0.1:8080"}}
	err := program.Load(cmd, "EXTERNAL_SITE", &c)
	return c, err
}

// check refuses a configuration with which the pages cannot be served.
func (c Config) check() error {
	if c.BaseURL == "" {
		return fault.Usagef("configuration: base_url is missing: the address under which people reach this site")
	}
	if c.KeptPagesMiB < 0 || c.KeptPagesMiB > 1<<20 {
		return fault.Usagef("configuration: kept_pages_mib must be from 0 to 1048576")
	}
	if c.DocumentsGiB < 0 || c.DocumentsGiB > 1<<20 {
		return fault.Usagef("configuration: documents_gib must be from 0 to 1048576")
	}
	if !c.Live.Valid() {
		return fault.Usagef("configuration: live.each and live.all must not be below 0")
	}
	if s := c.SecurityContact; s != "" && !strings.HasPrefix(s, "mailto:") && !strings.HasPrefix(s, "https://") {
		return fault.Usagef("configuration: security_contact must begin with mailto: or https://")
	}
	if err := c.Map.Check(); err != nil {
		return fault.Usagef("configuration: %s", err)
	}
	return c.Check()
}

func newValidate() *cobra.Command {
	return program.Validate(func(cmd *cobra.Command) error {
		c, err := load(cmd)
		if err != nil {
			return err
		}
		if err := c.check(); err != nil {
			return err
		}
		_, err = web.Catalogue()
		return err
	})
}

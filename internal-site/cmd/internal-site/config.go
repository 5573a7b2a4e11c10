package main

import (
	"cmp"
	"time"

	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/convert"
	"portal.example/internal-site/internal/preview"
	"portal.example/internal-site/internal/rada"
	"portal.example/internal-site/internal/scan"
	"portal.example/internal-site/internal/trail"
	"portal.example/internal-site/internal/web"
	"portal.example/shared/fault"
	"portal.example/shared/live"
	"portal.example/shared/program"
)

// Config is internal-site.yaml. Environment variables override it: INTERNAL_SITE_DATABASE__DSN and so on.
type Config struct {
	program.Site `koanf:",squash"`
	// PublicURL is the address of the public site, for links and QR codes; "" leaves them out.
	PublicURL string        `koanf:"public_url"`
	Scanner   ScannerConfig `koanf:"scanner"`
	// Preview is what shows documents that browsers cannot.
	Preview PreviewConfig `koanf:"preview"`
	// Signatures is what electronic signatures are verified with.
	Signatures SignaturesConfig `koanf:"signatures"`
	// SecondFactor is for the codes that people sign in with beside their password.
	SecondFactor SecondFactorConfig `koanf:"second_factor"`
	// Audit says how the audit trail can be proved.
	Audit AuditConfig `koanf:"audit"`
	// Provider is where staff may sign in with OpenID Connect, in place of the portal's password.
	Provider ProviderConfig `koanf:"provider"`
	// Live bounds the streams of pages that are told of changes.
	Live live.Limits `koanf:"live"`
	// Rada is where editions of legal acts are followed.
	Rada RadaConfig `koanf:"rada"`
}

// RadaConfig says where the open data of the Verkhovna Rada are. The node needs a way out to them; HTTPS_PROXY is used.
type RadaConfig struct {
	// Address is https://data.rada.gov.ua. "" means that this node does not ask: staff add editions.
	Address string `koanf:"address"`
	// Contact is an e-mail address of whoever runs the portal, for whoever runs the open data. "" says none.
	Contact string `koanf:"contact"`
	// Pause is the least time between two requests. Their rules want 5 to 7 s. 0 is 6 s.
	Pause time.Duration `koanf:"pause"`
}

// open returns the client, which asks for nothing yet; nil when this node does not ask.
func (c RadaConfig) open() (*rada.Client, error) {
	if c.Address == "" {
		return nil, nil
	}
	return rada.New(rada.Config{Address: c.Address, Contact: c.Contact, Pause: c.Pause})
}

// SignaturesConfig says whom the installation believes.
type SignaturesConfig struct {
	// Trust is a folder: certificates in anchors/ are trusted (of the central authority, or of providers themselves), those in
	// certificates/ lead to them, and lists/ has revocation lists. DER, PEM and .p7b. Files may change at any time; they are looked at
	// every minute. "" trusts nobody: signatures are then shown as not verified.
	Trust string `koanf:"trust"`
}

// SecondFactorConfig says what seals the secrets of second factors in the database.
type SecondFactorConfig struct {
	// Key is the file made by `internal-site keys factors`. "" means that this site takes no codes of apps, and that no group
	// can need a second factor.
	Key string `koanf:"key"`
	// OldKeys are files of before, which still open what they sealed.
	OldKeys []string `koanf:"old_keys"`
	// Passkeys says for which address browsers make passkeys.
	Passkeys PasskeyConfig `koanf:"passkeys"`
}

// AuditConfig says how the audit trail can be proved. All of it may be left out; the trail is then chained, and nothing shows whether
// somebody with all rights in the database has made the chain anew.
type AuditConfig struct {
	// Key is the private file made by `internal-site keys audit`. With it a checkpoint of the chain is signed every ten minutes.
	Key string `koanf:"key"`
	// Checkpoints is a file to which each checkpoint is added as a line of JSON, best on another machine or on a disk that only adds.
	// `internal-site audit verify --checkpoints` holds the trail against it.
	Checkpoints string `koanf:"checkpoints"`
}

// keeper signs checkpoints; nil without a key.
func (c AuditConfig) keeper() (*trail.Keeper, error) {
	if c.Key == "" {
		if c.Checkpoints != "" {
			return nil, fault.Usagef("configuration: audit.checkpoints without audit.key")
		}
		return nil, nil
	}
	key, err := trail.LoadKey(c.Key)
	if err != nil {
		return nil, err
	}
	return &trail.Keeper{Key: key, File: c.Checkpoints}, nil
}

// PasskeyConfig says for which address browsers make passkeys, which work for no other. All of it may be left out.
type PasskeyConfig struct {
	// Origin is scheme, host and port under which people reach the site. "" is base_url; there are no passkeys when that is
	// not https or is an address of numbers.
	Origin string `koanf:"origin"`
	// RPID is the domain that keys belong to: the host, or a domain above it when the site may move within that. "" is the
	// host. When it changes, everybody has to add their keys anew.
	RPID string `koanf:"rp_id"`
}

// passkeys is what checks passkeys; nil when browsers make none for this site and nobody has asked for them.
func (c Config) passkeys() (*access.Passkeys, error) {
	is := c.SecondFactor.Passkeys
	origin := cmp.Or(is.Origin, c.BaseURL)
	if origin == "" && is.RPID == "" {
		return nil, nil
	}
	keys, err := access.NewPasskeys(access.PasskeySite{Origin: origin, Domain: is.RPID})
	if err != nil && is == (PasskeyConfig{}) {
		return nil, nil
	}
	return keys, err
}

// keys reads the files; nil when there are none.
func (c SecondFactorConfig) keys() (*access.FactorKeys, error) {
	switch {
	case c.Key != "":
		return access.LoadFactorKeys(append([]string{c.Key}, c.OldKeys...)...)
	case len(c.OldKeys) > 0:
		return nil, fault.Usagef("configuration: second_factor.old_keys without second_factor.key")
	}
	return nil, nil
}

// ScannerConfig says where the malware scanner is.
type ScannerConfig struct {
	// Address of clamd, host:port or the path of a socket. "" means that this node has no scanner: files are then marked as
	// not scanned.
	Address string `koanf:"address"`
}

// open returns the scanner, which health mentions from now on; nil when the node has none.
func (c ScannerConfig) open(s *program.Service) scan.Scanner {
	if c.Address == "" {
		s.Log.Warn("no malware scanner is configured; files are marked as not scanned")
		return nil
	}
	scanner := scan.New(c.Address)
	s.Operations.Mention("scanner", scanner.Ping)
	return scanner
}

// client is the scanner for a command that looks into files itself; nil when the node has none.
func (c ScannerConfig) client() scan.Scanner {
	if c.Address == "" {
		return nil
	}
	return scan.New(c.Address)
}

// PreviewConfig says where the converter is (internal-site convert).
type PreviewConfig struct {
	// Socket is the path at which it listens. "" means that this node has none: documents of Word, Excel and OpenDocument can
	// then only be saved.
	Socket string `koanf:"socket"`
}

// open returns the client of the converter, which health mentions from now on; nil when the node has none.
func (c PreviewConfig) open(s *program.Service) preview.Converter {
	if c.Socket == "" {
		return nil
	}
	client := convert.NewClient(c.Socket)
	s.Operations.Mention("preview", client.Ping)
	return client
}

// load reads the configuration that --config names.
func load(cmd *cobra.Command) (Config, error) {
	c := Config{Site: program.Site{Listen: "127.0.0.1:8081"}}
	err := program.Load(cmd, "INTERNAL_SITE", &c)
	return c, err
}

// check refuses a configuration with which the pages cannot be served.
func (c Config) check() error {
	if err := c.Check(); err != nil {
		return err
	}
	if _, err := c.SecondFactor.keys(); err != nil {
		return err
	}
	if _, err := c.passkeys(); err != nil {
		return err
	}
	if _, err := c.Audit.keeper(); err != nil {
		return err
	}
	if _, err := c.Provider.open(c.BaseURL); err != nil {
		return err
	}
	if !c.Live.Valid() {
		return fault.Usagef("configuration: live.each and live.all must not be below 0")
	}
	if _, err := c.Rada.open(); err != nil {
		return err
	}
	return program.CheckURL("public_url", c.PublicURL)
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

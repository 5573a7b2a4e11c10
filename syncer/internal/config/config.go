// Package config is syncer.yaml: what to replicate, from where, to where. Every field but the first
// three is optional, and every zero value means something. It opens nothing. It may import shared only.
package config

import (
	"maps"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"portal.example/shared/blob"
	"portal.example/shared/config"
	"portal.example/shared/fault"
)

// Config is the whole file.
type Config struct {
	Source    Source `koanf:"source"`
	Target    Target `koanf:"target"`
	Whitelist string `koanf:"whitelist"` // path, relative to the configuration file

	Documents *Documents `koanf:"documents"` // nil: objects are not copied
	Inbound   *Inbound   `koanf:"inbound"`   // nil: nothing is fetched

	// Listen is host:port of /metrics and /healthz; "" serves neither.
	Listen string `koanf:"listen"`
	// StaleAfter is how old the last message may be before /healthz turns red; 0 means 15 s.
	StaleAfter time.Duration `koanf:"stale_after"`
	// LogLevel is debug, info, warn or error; "" means info.
	LogLevel string `koanf:"log_level"`
}

// Source is the authoritative database.
type Source struct {
	// DSN is of a role with REPLICATION and SELECT on exactly the listed columns.
	DSN string `koanf:"dsn"`
	// AdminDSN is of the tables' owner; only `init` uses it. "" means DSN.
	AdminDSN string `koanf:"admin_dsn"`
	// Slot is the replication slot's name; "" means portal.
	Slot string `koanf:"slot"`
	// Publication is the publication's name; "" means portal.
	Publication string `koanf:"publication"`
	// Heartbeat is how often an idle source is made to write a few bytes of WAL, so that the slot
	// lets go of what is behind it; 0 means 10 s.
	Heartbeat time.Duration `koanf:"heartbeat"`
}

// Target is the replica.
type Target struct {
	// DSN is of a role with rights on exactly the replica's tables.
	DSN string `koanf:"dsn"`
	// AdminDSN is of the tables' owner; only `init` uses it. "" means DSN.
	AdminDSN string `koanf:"admin_dsn"`
	// Readers are roles that `init` lets read the replica and schema sync.
	Readers []string `koanf:"readers"`
	// CopyWorkers is how many connections load the first snapshot; 0 means 4.
	CopyWorkers int `koanf:"copy_workers"`
	// WarmUp is SQL that the session which writes runs before its first change, for what the server loads once a
	// session, such as a text search dictionary behind a generated column. "" runs nothing.
	WarmUp string `koanf:"warm_up"`
}

// Documents are the stores whose objects whitelisted rows name.
type Documents struct {
	Source blob.Config `koanf:"source"`
	Target blob.Config `koanf:"target"`
	// Workers is how many objects are copied at a time; 0 means 4.
	Workers int `koanf:"workers"`
}

// Inbound is where sealed messages are fetched (outside) and handed over (inside).
type Inbound struct {
	Outside Side `koanf:"outside"`
	Inside  Side `koanf:"inside"`
	// Poll is how often to look without a notification; 0 means 5 s.
	Poll time.Duration `koanf:"poll"`
}

// Side is one end of the inbound channel.
type Side struct {
	DSN   string      `koanf:"dsn"`
	Store blob.Config `koanf:"store"`
}

// Load reads and validates the file at path; SYNCER_SOURCE__DSN and the like override it.
func Load(path string) (*Config, error) {
	c := &Config{}
	if err := config.Load(path, "SYNCER", c); err != nil {
		return nil, err
	}
	c.defaults(filepath.Dir(path))
	return c, c.validate(path)
}

func (c *Config) defaults(dir string) {
	orString(&c.Source.Slot, "portal")
	orString(&c.Source.Publication, "portal")
	orString(&c.Source.AdminDSN, c.Source.DSN)
	orString(&c.Target.AdminDSN, c.Target.DSN)
	orString(&c.LogLevel, "info")
	orDuration(&c.Source.Heartbeat, 10*time.Second)
	orDuration(&c.StaleAfter, 15*time.Second)
	if c.Target.CopyWorkers == 0 {
		c.Target.CopyWorkers = 4
	}
	if c.Documents != nil && c.Documents.Workers == 0 {
		c.Documents.Workers = 4
	}
	if c.Inbound != nil {
		orDuration(&c.Inbound.Poll, 5*time.Second)
	}
	if c.Whitelist != "" && !filepath.IsAbs(c.Whitelist) {
		c.Whitelist = filepath.Join(dir, c.Whitelist)
	}
}

func orString(v *string, or string) {
	if *v == "" {
		*v = or
	}
}

func orDuration(v *time.Duration, or time.Duration) {
	if *v == 0 {
		*v = or
	}
}

// slotName is what PostgreSQL allows; it is put into replication commands unquoted.
var slotName = regexp.MustCompile(`^[a-z0-9_]{1,63}$`)

func (c *Config) validate(path string) error {
	bad := func(key, why string) error {
		return fault.Usagef("configuration %s: %s: %s", path, key, why)
	}
	dsns, stores := c.dsns(), c.stores()
	for _, key := range slices.Sorted(maps.Keys(dsns)) {
		if why := badDSN(dsns[key]); why != "" {
			return bad(key, why)
		}
	}
	switch {
	case c.Whitelist == "":
		return bad("whitelist", "is missing; name the file that lists what may leave")
	case !slotName.MatchString(c.Source.Slot):
		return bad("source.slot", "only a-z, 0-9 and _ are allowed, at most 63")
	case c.Source.Heartbeat < 0 || c.StaleAfter < 2*time.Second:
		return bad("source.heartbeat / stale_after", "heartbeat must be positive, stale_after at least 2s")
	case c.Target.CopyWorkers < 1 || c.Target.CopyWorkers > 64:
		return bad("target.copy_workers", "must be between 1 and 64")
	case c.Listen != "" && !hostPort(c.Listen):
		return bad("listen", "must be host:port, for example 127.0.0.1:8086")
	}
	for _, key := range slices.Sorted(maps.Keys(stores)) {
		if store := stores[key]; store.Endpoint == "" || store.Bucket == "" {
			return bad(key, "endpoint (host:port) and bucket are required")
		}
	}
	return nil
}

func (c *Config) dsns() map[string]string {
	all := map[string]string{"source.dsn": c.Source.DSN, "target.dsn": c.Target.DSN}
	if c.Source.AdminDSN != c.Source.DSN { // otherwise it is the default and would be reported instead
		all["source.admin_dsn"] = c.Source.AdminDSN
	}
	if c.Target.AdminDSN != c.Target.DSN {
		all["target.admin_dsn"] = c.Target.AdminDSN
	}
	if c.Inbound != nil {
		all["inbound.outside.dsn"] = c.Inbound.Outside.DSN
		all["inbound.inside.dsn"] = c.Inbound.Inside.DSN
	}
	return all
}

func (c *Config) stores() map[string]blob.Config {
	all := map[string]blob.Config{}
	if c.Documents != nil {
		all["documents.source"], all["documents.target"] = c.Documents.Source, c.Documents.Target
	}
	if c.Inbound != nil {
		all["inbound.outside.store"], all["inbound.inside.store"] = c.Inbound.Outside.Store, c.Inbound.Inside.Store
	}
	return all
}

// badDSN never quotes the DSN: it holds a password.
func badDSN(dsn string) string {
	if dsn == "" {
		return "is missing; expected postgres://user:password@host:port/database"
	}
	if u, err := url.Parse(dsn); err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") {
		return ""
	}
	return "cannot be read; expected postgres://user:password@host:port/database"
}

func hostPort(s string) bool {
	_, _, err := net.SplitHostPort(s)
	return err == nil
}

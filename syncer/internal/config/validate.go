package config

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"time"

	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/shared/operations"
)

// slotName is what PostgreSQL allows; it is put into replication commands unquoted.
var slotName = regexp.MustCompile(`^[a-z0-9_]{1,63}$`)

// maxSocketPath is what the kernel allows (unix(7)), less the ending zero.
const maxSocketPath = 107

// validate looks at what the file holds, not at what it lacks.
func (c *Config) validate() error {
	switch {
	case !slotName.MatchString(c.Source.Slot):
		return c.bad("source.slot", "only a-z, 0-9 and _ are allowed, at most 63")
	case c.Source.Heartbeat < 0 || c.StaleAfter < 2*time.Second:
		return c.bad("source.heartbeat / stale_after", "heartbeat must be positive, stale_after at least 2s")
	case c.Source.LockTimeout < 10*time.Millisecond || c.Source.LockTimeout > time.Minute || c.Source.LockPatience < c.Source.LockTimeout:
		return c.bad("source.lock_timeout / lock_patience", "lock_timeout must be between 10ms and 1m, lock_patience at least as long")
	case c.Target.CopyWorkers < 1 || c.Target.CopyWorkers > 64:
		return c.bad("target.copy_workers", "must be between 1 and 64")
	case c.Target.Durability != DurabilityFlush && c.Target.Durability != DurabilityRemoteWrite:
		return c.bad("target.durability", "must be flush (readers see what is on the target's disk) or remote_write (they see it before that)")
	case c.Target.JoinWait < 100*time.Millisecond:
		return c.bad("target.join_wait", "must be at least 100ms")
	case c.OnLost != StopOnLost && c.OnLost != ResyncOnLost:
		return c.bad("on_lost", "must be stop or resync")
	case c.MaxRowMiB < 1 || c.MaxRowMiB > 1024:
		return c.bad("max_row_mib", "must be between 1 and 1024")
	case c.Documents != nil && (c.Documents.Workers < 1 || c.Documents.Workers > 64):
		return c.bad("documents.workers", "must be between 1 and 64")
	case c.Compare.wrong() != "":
		return c.bad("compare", c.Compare.wrong())
	case len(c.Wire.Socket) > maxSocketPath:
		return c.bad("wire.socket", "the path is longer than the 107 bytes that the system allows")
	}
	if err := operations.CheckAddress("listen", c.Listen); err != nil {
		return fault.Usagef("configuration %s: %w", c.path, err)
	}
	for key, dsn := range sorted(c.dsns()) {
		if why := badDSN(dsn); dsn != "" && why != "" {
			return c.bad(key, why)
		}
	}
	for key, store := range sorted(c.stores()) {
		if store != (blob.Config{}) && (store.Endpoint == "" || store.Bucket == "") {
			return c.bad(key, "endpoint (host:port) and bucket are required")
		}
	}
	return nil
}

func (c *Config) bad(key, why string) error {
	return fault.Usagef("configuration %s: %s: %s", c.path, key, why)
}

// sorted goes through a map in the order of its keys, so that of several mistakes the same is named each time.
func sorted[V any](m map[string]V) func(yield func(string, V) bool) {
	return func(yield func(string, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}

// dsns are all databases, "" where the file names none.
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

// stores are all object stores of the sections that the file has, zero where it names none.
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

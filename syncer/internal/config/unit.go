package config

import (
	"fmt"
	"slices"
	"strings"

	"portal.example/shared/blob"
)

// Unit is a part of the syncer that runs as one process.
type Unit string

// The units. Run is all of them in one process.
const (
	Run     Unit = "run"
	Reader  Unit = "reader"
	Writer  Unit = "writer"
	Fetcher Unit = "fetcher"
)

// needs says which keys a unit's file must hold; what stands in documents or inbound is needed when the
// section is there.
var needs = map[Unit][]string{
	Run:     {"source.dsn", "target.dsn", "whitelist"},
	Reader:  {"source.dsn", "whitelist", "wire.socket"},
	Writer:  {"target.dsn", "whitelist", "wire.socket"},
	Fetcher: {"inbound.outside.dsn", "inbound.inside.dsn", "inbound.outside.store", "inbound.inside.store"},
}

// knows says which secrets a unit may hold.
var knows = map[Unit][]string{
	Run: {
		"source.dsn", "source.admin_dsn", "target.dsn", "target.admin_dsn", "documents.source", "documents.target",
		"inbound.outside.dsn", "inbound.outside.store", "inbound.inside.dsn", "inbound.inside.store",
	},
	Reader:  {"source.dsn", "documents.source"},
	Writer:  {"target.dsn", "documents.target"},
	Fetcher: {"inbound.outside.dsn", "inbound.outside.store", "inbound.inside.dsn", "inbound.inside.store"},
}

// Require refuses a file that lacks what the unit needs, that holds what the unit must not know, or that
// would send something over a network unprotected. Every long-running verb calls it.
func (c *Config) Require(u Unit) error {
	if err := c.Need(c.wanted(u)...); err != nil {
		return err
	}
	for key := range sorted(c.secrets()) {
		if !slices.Contains(knows[u], key) {
			return c.bad(key, fmt.Sprintf("does not belong into the file of `syncer %s`: whoever broke into this unit would hold it too; "+
				"give each unit a file with its own side only", u))
		}
	}
	return nil
}

// wanted adds the keys of the sections that the file has.
func (c *Config) wanted(u Unit) []string {
	keys := slices.Clone(needs[u])
	if c.Documents != nil {
		for _, key := range []string{"documents.source", "documents.target"} {
			if slices.Contains(knows[u], key) {
				keys = append(keys, key)
			}
		}
	}
	if c.Inbound != nil && u == Run {
		keys = append(keys, needs[Fetcher]...)
	}
	return keys
}

// Need refuses a file that lacks one of the keys, or that would send something over a network unprotected; verbs
// that use only one side name what they use.
func (c *Config) Need(keys ...string) error {
	dsns, stores := c.dsns(), c.stores()
	for _, key := range keys {
		switch {
		case key == "whitelist" && c.Whitelist == "":
			return c.bad(key, "is missing; name the file that lists what may leave")
		case key == "wire.socket" && c.Wire.Socket == "":
			return c.bad(key, "is missing; name the Unix socket on which reader and writer meet")
		case strings.HasSuffix(key, "dsn") && dsns[key] == "":
			return c.bad(key, badDSN(""))
		case (strings.HasSuffix(key, ".store") || strings.HasPrefix(key, "documents.")) && stores[key] == (blob.Config{}):
			return c.bad(key, "is missing; it says which object store to use")
		}
	}
	return c.protected()
}

// secrets are the keys that let somebody in somewhere, as far as the file holds them.
func (c *Config) secrets() map[string]bool {
	all := map[string]bool{}
	for key, dsn := range c.dsns() {
		if dsn != "" {
			all[key] = true
		}
	}
	for key, store := range c.stores() {
		if store != (blob.Config{}) {
			all[key] = true
		}
	}
	return all
}

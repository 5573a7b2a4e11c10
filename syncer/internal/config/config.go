// Package config is syncer.yaml: what to replicate, from where, to where. Every field but the first
// three is optional, and every zero value means something. A unit of its own (reader, writer, fetcher) has a
// file of its own with its side only; Require says what each needs and refuses what it must not know.
//
// It opens nothing and asks no server. It may import shared only.
package config

import (
	"path/filepath"
	"time"

	"portal.example/shared/blob"
	"portal.example/shared/config"
)

// What OnLost may be.
const (
	StopOnLost   = "stop"
	ResyncOnLost = "resync"
)

// Config is the whole file.
type Config struct {
	Source    Source `koanf:"source"`
	Target    Target `koanf:"target"`
	Whitelist string `koanf:"whitelist"` // path of the file, or of the directory of files NAME.yaml; relative to the configuration file

	Documents *Documents `koanf:"documents"` // nil: objects are not copied
	Inbound   *Inbound   `koanf:"inbound"`   // nil: nothing is fetched
	Compare   Compare    `koanf:"compare"`   // what goes on beside the stream
	Wire      Wire       `koanf:"wire"`      // where reader and writer meet; `run` needs none

	// Insecure allows connections over a network that anybody on it could read or answer: a DSN without
	// sslmode=verify-full, authority, client certificate and require_auth, or a store without TLS. false
	// refuses them; addresses of this machine need none of it.
	Insecure bool `koanf:"insecure"`
	// Listen is host:port of /metrics and /healthz, with a host that only operators reach; "" serves neither.
	Listen string `koanf:"listen"`
	// StaleAfter is how old the last message may be before /healthz turns red; 0 means 15 s.
	StaleAfter time.Duration `koanf:"stale_after"`
	// MaxRowMiB is the longest row, in MiB of its text, that is replicated; 0 means 64, and the most is 1024, which is
	// PostgreSQL's own limit. Reader and writer must have the same. A row takes about five times its size of memory in each
	// of them while it passes, so raise what they may use (MemoryMax) with it. A longer row is refused by its key.
	MaxRowMiB int `koanf:"max_row_mib"`
	// OnLost says what is done when the source no longer keeps the log that the replica lacks (the slot was dropped, or
	// fell behind max_slot_wal_keep_size): "stop" waits for a person with `syncer init --resync`; "resync" loads every table
	// anew by itself into shadows and swaps them in, so that readers see the old rows until then. It costs a full load of the
	// source, is done at most three times within a day, and never where the source is another server, another timeline or
	// restored: that always stops. "" means stop. The writer's file decides.
	OnLost string `koanf:"on_lost"`
	// LogLevel is debug, info, warn or error; "" means info.
	LogLevel string `koanf:"log_level"`
	// LogFormat is text or json; "" means text.
	LogFormat string `koanf:"log_format"`

	path string // of the file, for errors
}

// Source is the authoritative database.
type Source struct {
	// DSN is of a role with REPLICATION and SELECT on exactly the listed columns.
	DSN string `koanf:"dsn"`
	// AdminDSN is of the tables' owner, for `init` and `table`; `check` tries it. "" means DSN.
	AdminDSN string `koanf:"admin_dsn"`
	// Slot is the replication slot's name, by which the target knows the replica too; "" means portal.
	Slot string `koanf:"slot"`
	// Publication is the publication's name; "" means portal.
	Publication string `koanf:"publication"`
	// Heartbeat is how often an idle source is made to write a few bytes of WAL, so that the slot
	// lets go of what is behind it; 0 means 10 s.
	Heartbeat time.Duration `koanf:"heartbeat"`
	// LockTimeout is how long `check`, `init` and `table` may stand in the queue for a lock on a table: so long the
	// application's statements on it may have to wait at a time. Then they step aside and try again. 0 means 1 s.
	LockTimeout time.Duration `koanf:"lock_timeout"`
	// LockPatience is how long they go on trying, and how long an index may wait for somebody's open transaction, before
	// they give up and say who is in the way; 0 means 10 minutes. Making the slot, which keeps nobody waiting, waits for open
	// transactions as long as it takes, and says for whose.
	LockPatience time.Duration `koanf:"lock_patience"`
}

// Target is the replica.
type Target struct {
	// DSN is of a role with rights on exactly the replica's tables.
	DSN string `koanf:"dsn"`
	// AdminDSN is of the tables' owner, for `init` and `table`, and for making indexes behind the rows of a first load; `check`
	// tries it. "" means DSN.
	AdminDSN string `koanf:"admin_dsn"`
	// Readers are roles that `init` lets read the replica and schema sync.
	Readers []string `koanf:"readers"`
	// CopyWorkers is how many connections load the first snapshot; 0 means 4.
	CopyWorkers int `koanf:"copy_workers"`
	// Durability says when readers of the replica see a change: flush once it is on the target's disk, so that nothing
	// they have seen is ever taken back; remote_write as soon as the target has it in memory, some tenths of a
	// millisecond sooner, as PostgreSQL's own subscriptions do. Then a crash of the target's server or machine takes back
	// up to about a tenth of a second of what they have seen, together with the position that says how far the replica is;
	// nothing is lost, as the source is told only of what is on the disk and sends the rest again. A run that ends by
	// itself (--until-lsn, --until-current) always waits for the disk. "" means flush.
	Durability string `koanf:"durability"`
	// JoinWait is how long the stream may stand at a time so that a table which `table add` or `table resync` has loaded
	// comes to its position; between two such waits the stream goes on. Shorter keeps the other tables fresher, longer
	// lets a table join sooner under a heavy load. 0 means 10 s.
	JoinWait time.Duration `koanf:"join_wait"`
	// WarmUp is SQL that the session which writes runs before its first change, for what the server loads once a
	// session, such as a text search dictionary behind a generated column. "" runs nothing.
	WarmUp string `koanf:"warm_up"`
}

// The values of Target.Durability.
const (
	DurabilityFlush       = "flush"
	DurabilityRemoteWrite = "remote_write"
)

// Documents are the stores whose objects whitelisted rows name. The reader's file holds Source only, the
// writer's Target only.
type Documents struct {
	Source blob.Config `koanf:"source"`
	Target blob.Config `koanf:"target"`
	// Workers is how many objects are copied at a time; 0 means 4. The writer decides.
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

// Wire is where reader and writer meet when they are processes of their own.
type Wire struct {
	// Socket is the path of the Unix socket on which the reader listens and which the writer dials, relative
	// to the configuration file. Its folder says who may reach it; the reader makes it with mode 0660.
	Socket string `koanf:"socket"`
	// Peers are the users whose processes the reader talks to, by name or number, besides its own; "group:NAME"
	// allows every process with that primary group. Empty: only its own user.
	Peers []string `koanf:"peers"`
}

// Load reads the file at path; SYNCER_SOURCE__DSN and the like override it. It refuses what is wrong whoever
// reads it; Require then says whether the file is fit for its purpose.
func Load(path string) (*Config, error) {
	c := &Config{}
	if err := config.Load(path, "SYNCER", c); err != nil {
		return nil, err
	}
	c.path = path
	c.defaults(filepath.Dir(path))
	return c, c.validate()
}

// MaxRow is MaxRowMiB in bytes.
func (c *Config) MaxRow() int { return c.MaxRowMiB << 20 }

func (c *Config) defaults(dir string) {
	orString(&c.Source.Slot, "portal")
	orString(&c.Source.Publication, "portal")
	orString(&c.Source.AdminDSN, c.Source.DSN)
	orString(&c.Target.AdminDSN, c.Target.DSN)
	orString(&c.Target.Durability, DurabilityFlush)
	orString(&c.LogLevel, "info")
	orString(&c.OnLost, StopOnLost)
	orDuration(&c.Source.Heartbeat, 10*time.Second)
	orDuration(&c.Source.LockTimeout, time.Second)
	orDuration(&c.Source.LockPatience, 10*time.Minute)
	orDuration(&c.StaleAfter, 15*time.Second)
	orDuration(&c.Target.JoinWait, 10*time.Second)
	if c.MaxRowMiB == 0 {
		c.MaxRowMiB = 64
	}
	if c.Target.CopyWorkers == 0 {
		c.Target.CopyWorkers = 4
	}
	if c.Documents != nil && c.Documents.Workers == 0 {
		c.Documents.Workers = 4
	}
	c.Compare.defaults()
	if c.Inbound != nil {
		orDuration(&c.Inbound.Poll, 5*time.Second)
	}
	beside(dir, &c.Whitelist)
	beside(dir, &c.Wire.Socket)
}

// beside makes a relative path one below the configuration's folder.
func beside(dir string, path *string) {
	if *path != "" && !filepath.IsAbs(*path) {
		*path = filepath.Join(dir, *path)
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

package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/config"
)

const (
	source  = "source: {dsn: 'postgres://a:hunter2@127.0.0.1/x'}\n"
	target  = "target: {dsn: 'postgres://b:hunter2@127.0.0.1/y'}\n"
	list    = "whitelist: whitelist.yaml\n"
	socket  = "wire: {socket: portal.sock, peers: [writer]}\n"
	store   = "{endpoint: '127.0.0.1:9000', bucket: b, access_key: k, secret_key: hunter2}"
	inbound = "inbound:\n  outside: {dsn: 'postgres://o:hunter2@127.0.0.1/y', store: " + store + "}\n" +
		"  inside: {dsn: 'postgres://i:hunter2@127.0.0.1/x', store: " + store + "}\n"
)

func load(t *testing.T, text string) (*config.Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "syncer.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Load(path)
}

// Each unit takes a file with its own side, and refuses what it lacks and what it must not know.
func TestUnitsKnowTheirOwnSideOnly(t *testing.T) {
	cases := []struct {
		unit       config.Unit
		text, want string
	}{
		{config.Run, source + target + list, ""},
		{config.Run, source + target + list + inbound, ""},
		{config.Run, source + list, "target.dsn: is missing"},
		{config.Run, source + target, "whitelist: is missing"},
		{config.Run, source + target + list + "documents: {source: " + store + "}\n", "documents.target: is missing"},
		{config.Reader, source + list + socket, ""},
		{config.Reader, source + list + socket + "documents: {source: " + store + "}\n", ""},
		{config.Reader, source + list, "wire.socket: is missing"},
		{config.Reader, source + target + list + socket, "target.dsn: does not belong"},
		{config.Reader, source + list + socket + "documents: {source: " + store + ", target: " + store + "}\n", "documents.target: does not belong"},
		{config.Reader, strings.Replace(source, "{", "{admin_dsn: 'postgres://root@127.0.0.1/x', ", 1) + list + socket, "source.admin_dsn: does not belong"},
		{config.Writer, target + list + socket, ""},
		{config.Writer, target + list + socket + "source: {slot: other}\n", ""},
		{config.Writer, source + target + list + socket, "source.dsn: does not belong"},
		{config.Writer, target + list + socket + "documents: {source: " + store + "}\n", "documents.target: is missing"},
		{config.Writer, target + list + socket + inbound, "inbound.inside.dsn: does not belong"},
		{config.Fetcher, inbound, ""},
		{config.Fetcher, source + inbound, "source.dsn: does not belong"},
		{config.Fetcher, list, "inbound.outside.dsn: is missing"},
	}
	for _, c := range cases {
		cfg, err := load(t, c.text)
		if err == nil {
			err = cfg.Require(c.unit)
		}
		if !says(err, c.want) {
			t.Errorf("%s with\n%sgot %v, want %q", c.unit, c.text, err, c.want)
		}
	}
}

// says checks that err is nil when want is "", otherwise wrong usage that says want and no password.
func says(err error, want string) bool {
	if want == "" {
		return err == nil
	}
	return fault.ExitCode(err) == fault.ExitUsage && strings.Contains(err.Error(), want) && !strings.Contains(err.Error(), "hunter2")
}

func TestWhatLeavesTheMachineIsProtected(t *testing.T) {
	const good = "sslmode=verify-full&sslrootcert=/ca.crt&sslcert=/c.crt&sslkey=/c.key&require_auth=scram-sha-256"
	cases := []struct{ dsn, want string }{
		{"postgres://a@127.0.0.1/x", ""},
		{"postgres://a@127.9.9.9:1/x", ""},
		{"postgres://a@[::1]:5432/x", ""},
		{"postgres://a@localhost/x", ""},
		{"postgres:///x?host=/run/postgresql&user=a", ""},
		{"postgres://a@db.example.org/x?" + good, ""},
		{"postgres://a@db.example.org/x?" + strings.Replace(good, "scram-sha-256", "none", 1), ""},
		{"postgres://a@192.0.2.20:5432/x", "sslmode=verify-full"},
		{"postgres://a@127.0.0.1,192.0.2.20/x", "sslmode=verify-full"},
		{"postgres:///x?host=db.example.org", "sslmode=verify-full"},
		{"postgres://a@db.example.org/x?sslmode=require", "sslmode=verify-full"},
		{"postgres://a@db.example.org/x?sslmode=verify-full", "sslrootcert"},
		{"postgres://a@db.example.org/x?sslmode=verify-full&sslrootcert=/ca.crt", "client certificate"},
		{"postgres://a@db.example.org/x?" + strings.Replace(good, "&require_auth=scram-sha-256", "", 1), "require_auth"},
		{"postgres://a@db.example.org/x?" + strings.Replace(good, "scram-sha-256", "password,scram-sha-256", 1), "require_auth"},
		{"postgres://a@db.example.org/x?" + strings.Replace(good, "scram-sha-256", "!password", 1), "require_auth"},
	}
	for _, c := range cases {
		for _, insecure := range []bool{false, true} {
			text := source + "target: {dsn: '" + c.dsn + "'}\n" + list
			want := c.want
			if insecure {
				text, want = text+"insecure: true\n", ""
			}
			cfg, err := load(t, text)
			if err == nil {
				err = cfg.Require(config.Run)
			}
			if !says(err, want) {
				t.Errorf("%s (insecure %t): got %v, want %q", c.dsn, insecure, err, want)
			}
			if err == nil && (len(cfg.Exposed()) > 0) != (c.want != "") {
				t.Errorf("%s: exposed %v", c.dsn, cfg.Exposed())
			}
		}
	}
	cfg, err := load(t, strings.ReplaceAll(inbound, "127.0.0.1:9000", "store.example.org:9000"))
	if err == nil {
		err = cfg.Require(config.Fetcher)
	}
	if !says(err, "inbound.inside.store") {
		t.Errorf("a store without TLS: %v", err)
	}
}

func TestRelativePathsAreBesideTheFile(t *testing.T) {
	cfg, err := load(t, source+list+socket)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{cfg.Whitelist, cfg.Wire.Socket} {
		if !filepath.IsAbs(path) {
			t.Errorf("%s is not absolute", path)
		}
	}
}

func TestDurability(t *testing.T) {
	for _, c := range []struct{ given, means, want string }{
		{"", config.DurabilityFlush, ""},
		{"flush", config.DurabilityFlush, ""},
		{"remote_write", config.DurabilityRemoteWrite, ""},
		{"off", "", "target.durability"},
		{"remote_apply", "", "target.durability"},
	} {
		cfg, err := load(t, source+list+"target: {dsn: 'postgres://w:hunter2@127.0.0.1/x', durability: '"+c.given+"'}\n")
		if !says(err, c.want) || err == nil && cfg.Target.Durability != c.means {
			t.Errorf("%q: %v", c.given, err)
		}
	}
}

// The samples in deploy/ are fit for their units as they stand.
func TestDeployedSamples(t *testing.T) {
	for unit, name := range map[config.Unit]string{
		config.Reader: "reader", config.Writer: "writer", config.Fetcher: "fetcher", config.Run: "admin",
	} {
		cfg, err := config.Load("../../../deploy/syncer/" + name + ".yaml")
		if err == nil {
			err = cfg.Require(unit)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Metrics and health answer operators, so the address on which they do is named.
func TestMetricsAreOnANamedAddress(t *testing.T) {
	for text, want := range map[string]string{
		"listen: 127.0.0.1:9301\n":    "",
		"listen: ':9301'\n":           "write 127.0.0.1:9301",
		"listen: 0.0.0.0:9301\n":      "every network of this machine",
		"listen: '[::]:9301'\n":       "every network of this machine",
		"listen: 127.0.0.1\n":         "must be host:port",
		"listen: 192.0.2.10:nought\n": "must be host:port",
	} {
		if _, err := load(t, source+target+list+text); !says(err, want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

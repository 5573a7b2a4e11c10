package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portal.example/shared/fault"
)

type sample struct {
	Listen   string        `koanf:"listen"`
	Patience time.Duration `koanf:"patience"`
	Database struct {
		DSN string `koanf:"dsn"`
	} `koanf:"database"`
	Readers []string `koanf:"readers"`
}

func TestParse(t *testing.T) {
	t.Setenv("SAMPLE_DATABASE__DSN", "from the environment")
	got := sample{Listen: "default", Patience: time.Minute}
	err := Parse("a.yaml", []byte("patience: 90s\ndatabase: {dsn: from the file}\nreaders: [one, two]\n"), "SAMPLE", &got)
	if err != nil {
		t.Fatal(err)
	}
	if got.Listen != "default" || got.Patience != 90*time.Second || len(got.Readers) != 2 {
		t.Errorf("got %+v", got)
	}
	if got.Database.DSN != "from the environment" {
		t.Errorf("the environment must win, got %q", got.Database.DSN)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ name, yaml, want string }{
		{"unknown key", "colour: red", `unknown key "colour"; known keys here: database, listen, patience, readers`},
		{"typing slip", "lisen: x", `unknown key "lisen"; did you mean "listen"?`},
		{"unknown key below", "database: {dns: x}", `unknown key "database.dns"; did you mean "dsn"?`},
		{"not YAML", "listen: [", "not valid YAML"},
		{"wrong type", "patience: soon", "patience"},
		{"scalar for a section", "database: here", "database"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Parse("a.yaml", []byte(c.yaml), "", &sample{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want it to say %q", err, c.want)
			}
			if fault.ExitCode(err) != fault.ExitUsage {
				t.Errorf("exit code %d, want %d", fault.ExitCode(err), fault.ExitUsage)
			}
		})
	}
}

func TestUnknownEnvironmentKey(t *testing.T) {
	t.Setenv("SAMPLE_LISEN", "x")
	err := Parse("a.yaml", []byte("{}"), "SAMPLE", &sample{})
	if err == nil || !strings.Contains(err.Error(), `"lisen"`) {
		t.Errorf("a slip in a variable's name must be refused too, got %v", err)
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.yaml")
	if err := Load(path, "", &sample{}); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("missing file: %v", err)
	}
	if err := os.WriteFile(path, []byte("listen: here"), 0o600); err != nil {
		t.Fatal(err)
	}
	var got sample
	if err := Load(path, "", &got); err != nil || got.Listen != "here" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("listen: x\ndatabase: {dsn: y}"))
	f.Add([]byte("? [a]\n: b"))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		var s sample
		_ = Parse("fuzz", raw, "", &s) // must not panic
	})
}

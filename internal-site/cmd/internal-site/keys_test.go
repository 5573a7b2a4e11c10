package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portal.example/shared/fault"
)

// A key for second factors is made once, for its owner's eyes, and a configuration that names it is valid; one that names
// what is no key is refused without quoting it.
func TestKeyOfSecondFactors(t *testing.T) {
	c := newCommandLine(t)
	file := filepath.Join(t.TempDir(), "factors.key")
	if out, err := c.run("", "keys", "factors", "--file", file); err != nil || !strings.Contains(out, file) {
		t.Fatalf("%q, %v", out, err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o400 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, err := c.run("", "keys", "factors", "--file", file); fault.ExitCode(err) != fault.ExitUsage {
		t.Errorf("the key is overwritten: %v", err)
	}
	if _, err := c.run("", "keys", "factors"); fault.ExitCode(err) != fault.ExitUsage {
		t.Errorf("without a file: %v", err)
	}
	bad := filepath.Join(t.TempDir(), "bad.key")
	if err := os.WriteFile(bad, []byte("portal-factor-key-1 c2VjcmV0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for factors, says := range map[string]string{
		fmt.Sprintf("{key: %q}", file):                      "",
		fmt.Sprintf("{key: %q, old_keys: [%q]}", file, bad): "not a key file",
		fmt.Sprintf("{key: %q}", bad):                       "keys factors",
		fmt.Sprintf("{key: %q}", file+".none"):              "no such file",
		fmt.Sprintf("{old_keys: [%q]}", file):               "second_factor.key",
	} {
		yaml := "database: {dsn: \"postgres://x@y/z\"}\nobjects: {endpoint: e}\nsecond_factor: " + factors + "\n"
		if err := os.WriteFile(c.config, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := c.run("", "validate")
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says) || fault.ExitCode(err) != fault.ExitUsage || strings.Contains(err.Error(), "c2VjcmV0")) {
			t.Errorf("%s: %v, want %q", factors, err, says)
		}
	}
}

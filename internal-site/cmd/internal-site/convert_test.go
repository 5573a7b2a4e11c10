package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portal.example/shared/fault"
)

func TestConvertConfiguration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "convert.yaml")
	for text, want := range map[string]string{
		"socket: /run/portal-convert/convert.sock": "",
		"within: 10s":                             "socket",
		"{socket: /run/s, within: 41s}":           "within",
		"{socket: /run/s, memory_mib: 100}":       "memory_mib",
		"{socket: /run/s, workers: 9}":            "workers",
		"{socket: /run/s, database: {dsn: x}}":    "database", // this process has none
		"{socket: /run/s, scanner: {address: a}}": "scanner",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := newConvert()
		cmd.Flags().String("config", "", "")
		if err := cmd.Flags().Set("config", path); err != nil {
			t.Fatal(err)
		}
		_, err := loadConvert(cmd)
		if (want == "") != (err == nil) || err != nil && (!strings.Contains(err.Error(), want) || fault.ExitCode(err) != fault.ExitUsage) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

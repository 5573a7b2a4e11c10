package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// A kind that both sites agree on and no domain takes would send all of its submissions to staff.
func TestEveryKindHasItsHandler(t *testing.T) {
	var taken []string
	for _, h := range handlers() {
		taken = append(taken, h.Kind())
	}
	slices.Sort(taken)
	if !slices.Equal(taken, contract.Kinds()) {
		t.Errorf("kinds %v, handlers %v", contract.Kinds(), taken)
	}
}

// Metrics and health of the worker answer operators only.
func TestTheWorkerListensOnANamedAddress(t *testing.T) {
	path := filepath.Join(t.TempDir(), "intake.yaml")
	for listen, want := range map[string]string{"": "", "127.0.0.1:9312": "", "':9312'": "write 127.0.0.1:9312", "0.0.0.0:9312": "every network"} {
		text := "database: {dsn: 'postgres://intake@127.0.0.1/portal'}\nobjects: {endpoint: '127.0.0.1:9000'}\nseal_key: key\nlisten: " + listen + "\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := newIntake()
		cmd.Flags().String("config", "", "")
		if err := cmd.Flags().Set("config", path); err != nil {
			t.Fatal(err)
		}
		_, err := loadIntake(cmd)
		if (want == "") != (err == nil) || err != nil && (!strings.Contains(err.Error(), want) || fault.ExitCode(err) != fault.ExitUsage) {
			t.Errorf("listen: %s: %v, want %q", listen, err, want)
		}
	}
}

package status

import (
	"os/exec"
	"testing"
)

// The rules are of Prometheus's own language, and its tool (Debian: package prometheus) knows whether they mean what
// syncer.rules.test.yaml says.
func TestRulesRingForWhatTheyAreAbout(t *testing.T) {
	tool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed here")
	}
	for _, args := range [][]string{{"check", "rules", "syncer.rules.yaml"}, {"test", "rules", "syncer.rules.test.yaml"}} {
		cmd := exec.CommandContext(t.Context(), tool, args...) //nolint:gosec // found on PATH by its name
		cmd.Dir = folder
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, said)
		}
	}
}

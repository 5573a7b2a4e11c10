package operations_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const alerts = "../../deploy/prometheus"

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// measured are the names of metrics in the sources of both sites and of what they share.
func measured(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, root := range []string{"../../shared", "../../internal-site", "../../external-site"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			for _, found := range regexp.MustCompile(`"(portal_[a-z_]+)", (?:Help: )?"`).FindAllStringSubmatch(read(t, path), -1) {
				names = append(names, found[1])
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// An alert on a metric that is not there would never ring, and one without a paragraph helps nobody.
func TestAlertsAskForWhatIsMeasuredAndAreExplained(t *testing.T) {
	rules, page, names := read(t, alerts+"/portal.rules.yaml"), read(t, alerts+"/README.md"), measured(t)
	if len(names) < 20 {
		t.Fatalf("only %v are measured", names)
	}
	for _, name := range regexp.MustCompile(`portal_[a-z_]+`).FindAllString(rules, -1) {
		if !slices.Contains(names, strings.TrimSuffix(name, "_bucket")) {
			t.Errorf("the rules ask for %s, which is not measured", name)
		}
	}
	tests := read(t, alerts+"/portal.rules.test.yaml")
	for _, alert := range regexp.MustCompile(`alert: (\w+)`).FindAllStringSubmatch(rules, -1) {
		if !strings.Contains(page, "\n### "+alert[1]+"\n") {
			t.Errorf("the page has no paragraph %s", alert[1])
		}
		if !strings.Contains(rules, `"README.md#`+strings.ToLower(alert[1])+`"`) {
			t.Errorf("alert %s does not name its paragraph", alert[1])
		}
		if !strings.Contains(tests, "alertname: "+alert[1]+"\n        exp_alerts:") {
			t.Errorf("no test shows alert %s ring", alert[1])
		}
	}
	for _, name := range names {
		if !strings.Contains(page, "`"+name) {
			t.Errorf("the page does not say what %s is", name)
		}
	}
}

// The rules are of Prometheus's own language, and its tool (scripts/tools/build promtool) knows whether they mean what their
// tests say.
func TestRulesRingForWhatTheyAreAbout(t *testing.T) {
	tool := filepath.Join(os.Getenv("PORTAL_TOOLS"), "promtool")
	if _, err := os.Stat(tool); err != nil {
		if tool, err = exec.LookPath("promtool"); err != nil {
			t.Skip("promtool is not installed here: scripts/tools/build promtool")
		}
	}
	for _, name := range []string{"portal", "syncer"} {
		for _, args := range [][]string{{"check", "rules", name + ".rules.yaml"}, {"test", "rules", name + ".rules.test.yaml"}} {
			cmd := exec.CommandContext(t.Context(), tool, args...) //nolint:gosec // the tool of this repository, or of the machine
			cmd.Dir = alerts
			if said, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("promtool %v: %v\n%s", args, err, said)
			}
		}
	}
}

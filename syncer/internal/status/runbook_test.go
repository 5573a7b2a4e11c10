package status

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const folder = "../../../deploy/prometheus"

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// families are the names under which a scrape finds something.
func families(t *testing.T) []string {
	t.Helper()
	l := NewLive(time.Minute)
	l.Set(Failed, "source: gone")
	l.Tables(map[string]int{"ready": 1})
	l.ObjectStates(map[string]int{"ready": 1})
	l.Object("copied")
	l.Differs(nil, []Difference{{What: "rows", Name: "public.a", Rows: 1}}, time.Hour)
	l.Message("received")
	l.slot.WithLabelValues("reserved").Set(1)
	all, err := l.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range all {
		names = append(names, f.GetName())
	}
	return names
}

// An alert on a metric that is not there would never ring, and one without a paragraph helps nobody.
func TestAlertsAskForWhatIsMeasuredAndAreExplained(t *testing.T) {
	rules, page, names := read(t, "syncer.rules.yaml"), read(t, "README.md"), families(t)
	for _, name := range regexp.MustCompile(`(?:syncer|process)_[a-z_]+`).FindAllString(rules, -1) {
		if !slices.Contains(names, name) {
			t.Errorf("the rules ask for %s, which is not measured", name)
		}
	}
	alerts := regexp.MustCompile(`alert: (\w+)`).FindAllStringSubmatch(rules, -1)
	books := regexp.MustCompile(`runbook: "README.md#(\w+)"`).FindAllStringSubmatch(rules, -1)
	if len(alerts) < 10 || len(alerts) != len(books) {
		t.Errorf("%d alerts with %d paragraphs", len(alerts), len(books))
	}
	for _, b := range books {
		if !strings.Contains(strings.ToLower(page), "\n### "+b[1]+"\n") {
			t.Errorf("the page has no paragraph %s", b[1])
		}
	}
	for _, name := range names {
		if strings.HasPrefix(name, "syncer_") && !strings.Contains(page, "`"+name) {
			t.Errorf("the page does not say what %s is", name)
		}
	}
}

package gotest

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// The sums must not lie: a package that does not build, panics or has no tests is not a success.
func TestRunCountsWhatHappened(t *testing.T) {
	const head = "package p\n\nimport \"testing\"\n\n"
	for name, c := range map[string]struct {
		test string
		want Result
		ok   bool
		says string
	}{
		"passes":  {head + "func TestA(t *testing.T) { t.Run(\"b\", func(*testing.T) {}) }", Result{Packages: 1, Passed: 2, Verdicts: map[string]bool{"m": true}}, true, "ok "},
		"fails":   {head + "func TestA(t *testing.T) { t.Fatal(\"why not\") }", Result{Packages: 1, Failed: 1, Verdicts: map[string]bool{"m": false}}, false, "why not"},
		"skips":   {head + "func TestA(t *testing.T) { t.Skip(\"no reason\") }", Result{Packages: 1, Skipped: 1, Verdicts: map[string]bool{"m": true}}, true, "no reason"},
		"panics":  {head + "func TestMain(*testing.M) { panic(\"ouch\") }", Result{Broken: 1, Verdicts: map[string]bool{"m": false}}, false, "ouch"},
		"broken":  {head + "func TestA(t *testing.T) { undefined() }", Result{Broken: 1, Verdicts: map[string]bool{"m": false}}, false, "undefined"},
		"nothing": {"package p\n", Result{Verdicts: map[string]bool{}}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range map[string]string{"go.mod": "module m\n\ngo 1.26\n", "p.go": "package p\n", "p_test.go": c.test} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out bytes.Buffer
			got, err := Run(t.Context(), &out, "", dir, []string{"GOWORK=off"}, []string{"./..."})
			if err != nil {
				t.Fatal(err)
			}
			got.Took = 0
			if !reflect.DeepEqual(got, c.want) || got.OK() != c.ok || !strings.Contains(out.String(), c.says) {
				t.Errorf("got %+v, want %+v; ok %v, want %v; said:\n%s", got, c.want, got.OK(), c.ok, out.String())
			}
		})
	}
}

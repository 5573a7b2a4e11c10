package deps

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	styledClass = regexp.MustCompile(`\.(portal-[A-Za-z0-9_-]+)`)
	namedClass  = regexp.MustCompile(`portal-[A-Za-z0-9_-]+`)
)

// A class of ours that no page has is dead style. A name that ends in "--" in a template is completed by what the page
// shows: class="portal-stages__item--{{.State}}".
func TestEveryStyleIsUsed(t *testing.T) {
	css, err := os.ReadFile(filepath.Join(root(), "shared/ui/dist/portal.css"))
	if err != nil {
		t.Fatal(err)
	}
	used := classesOfPages(t)
	var unused []string
	for _, m := range styledClass.FindAllStringSubmatch(string(css), -1) {
		class := m[1]
		stem, _, variant := strings.Cut(class, "--")
		if !used[class] && (!variant || !used[stem+"--"]) {
			unused = append(unused, class)
		}
	}
	slices.Sort(unused)
	for _, class := range slices.Compact(unused) {
		t.Errorf("no page has the class %s", class)
	}
}

// classesOfPages are the names in templates, in code that draws and in scripts of the browser.
func classesOfPages(t *testing.T) map[string]bool {
	t.Helper()
	out, err := exec.Command("git", "-C", root(), "ls-files", "--cached", "--others", "--exclude-standard",
		"*.gohtml", "*.go", "shared/ui/assets/src/*.js", "*-site/*.js").Output()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for name := range strings.FieldsSeq(string(out)) {
		if strings.HasSuffix(name, "_test.go") || strings.Contains(name, "/testdata/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root(), name))
		if err != nil && !os.IsNotExist(err) { // deleted, but not committed yet
			t.Fatal(err)
		}
		for _, class := range namedClass.FindAllString(string(text), -1) {
			used[class] = true
		}
	}
	return used
}

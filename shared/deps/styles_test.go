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
	used := classesOfPages(t, "*.gohtml", "*.go", "shared/ui/assets/src/*.js", "*-site/*.js")
	var unused []string
	for class := range styled(t, "staff") {
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

// The styles of public pages lack what only staff see. They lack no class of a public page that the others have, and nothing that
// they have is missing there, where cards are shown as citizens see them.
func TestPublicPagesHaveTheirStyles(t *testing.T) {
	public, staff := styled(t, "public"), styled(t, "staff")
	used := classesOfPages(t, "external-site/*.gohtml", "external-site/*.go", "external-site/*.js", "shared/ui/cardview/*", "shared/forms/*", "shared/web/*", "shared/ui/layouts/public.gohtml")
	for class := range staff {
		stem, _, variant := strings.Cut(class, "--")
		if !public[class] && (used[class] || variant && used[stem+"--"]) {
			t.Errorf("public pages have the class %s, whose style only staff get", class)
		}
	}
	for class := range public {
		if !staff[class] {
			t.Errorf("pages for staff lack the style of %s", class)
		}
	}
}

// styled are our classes that the styles of a site say something of.
func styled(t *testing.T, site string) map[string]bool {
	t.Helper()
	css, err := os.ReadFile(filepath.Join(root(), "shared/ui/dist/"+site+".css"))
	if err != nil {
		t.Fatal(err)
	}
	classes := map[string]bool{}
	for _, m := range styledClass.FindAllStringSubmatch(string(css), -1) {
		classes[m[1]] = true
	}
	return classes
}

// classesOfPages are the names in templates, in code that draws and in scripts of the browser, in the files that the patterns name.
func classesOfPages(t *testing.T, patterns ...string) map[string]bool {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", root(), "ls-files", "--cached", "--others", "--exclude-standard"}, patterns...)...).Output() //nolint:gosec // our own patterns
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

package reach

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const prefix = "portal.example/"

func pkg(dir string, imports, tests string) Package {
	module, _, _ := strings.Cut(dir, "/")
	p := Package{Path: prefix + dir, Module: module, Dir: dir, Command: strings.Contains(dir, "/cmd/") && module != "scripts"}
	for _, i := range strings.Fields(imports) {
		p.Imports = append(p.Imports, prefix+i)
	}
	for _, i := range strings.Fields(tests) {
		p.Tests = append(p.Tests, prefix+i)
	}
	return p
}

var repository = []Package{
	pkg("shared/deps", "", ""),
	pkg("shared/fault", "", ""),
	pkg("shared/pg", "shared/fault", "shared/pgtest"),
	pkg("shared/pgtest", "shared/pg", ""),
	pkg("internal-site/migrations", "", ""),
	pkg("internal-site/internal/cases", "shared/pg", "shared/pgtest"),
	pkg("internal-site/cmd/internal-site", "internal-site/internal/cases internal-site/migrations", ""),
	pkg("syncer/internal/wire", "shared/fault", ""),
	pkg("syncer/internal/terminal", "", ""),
	pkg("syncer/cmd/syncer", "syncer/internal/wire syncer/internal/terminal", ""),
	pkg("scripts/internal/stack", "shared/fault", ""),
	pkg("scripts/cmd/demo", "scripts/internal/stack", ""),
}

func TestSelect(t *testing.T) {
	everything := "internal-site/cmd/internal-site internal-site/internal/cases internal-site/migrations scripts/cmd/demo scripts/internal/stack shared/deps shared/fault shared/pg shared/pgtest syncer/cmd/syncer syncer/internal/terminal syncer/internal/wire"
	for name, c := range map[string]struct {
		files   string
		want    string
		browser bool
	}{
		"nothing":                     {"", "", false},
		"a leaf":                      {"syncer/internal/terminal/text.go", "shared/deps syncer/cmd/syncer syncer/internal/terminal", true},
		"what everybody imports":      {"shared/fault/fault.go", "internal-site/cmd/internal-site internal-site/internal/cases scripts/cmd/demo scripts/internal/stack shared/deps shared/fault shared/pg shared/pgtest syncer/cmd/syncer syncer/internal/wire", true},
		"what tests import":           {"shared/pgtest/cluster.go", "internal-site/internal/cases shared/deps shared/pg shared/pgtest", false},
		"a file that is embedded":     {"syncer/internal/wire/testdata/a/b.golden", "shared/deps syncer/cmd/syncer syncer/internal/wire", true},
		"migrations are read by path": {"internal-site/migrations/cases/012_more.sql", "internal-site/cmd/internal-site internal-site/internal/cases internal-site/migrations shared/deps shared/pg shared/pgtest", true},
		"a journey":                   {"scripts/e2e/staff.reads.test.mjs", "shared/deps", true},
		"words for people":            {"README.md", "shared/deps", false},
		"what is read by path":        {"deploy/whitelist.d/cases.yaml", everything, true},
		"a module's dependencies":     {"syncer/go.sum", "shared/deps syncer/cmd/syncer syncer/internal/terminal syncer/internal/wire", true},
		"everybody's dependencies":    {"go.work.sum", everything, true},
		"a script":                    {"scripts/lib.sh", "scripts/cmd/demo scripts/internal/stack shared/deps", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := Select(repository, strings.Fields(c.files))
			var have []string
			for _, paths := range s.Packages {
				for _, p := range paths {
					have = append(have, strings.TrimPrefix(p, prefix))
				}
			}
			slices.Sort(have)
			if text := strings.Join(have, " "); text != c.want || s.Browser != c.browser {
				t.Errorf("selected %s, journeys %t\nwant     %s, journeys %t", text, s.Browser, c.want, c.browser)
			}
		})
	}
}

// Of a branch, what was committed, what was not and what git does not know yet; of main itself, the last commit.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	do := func(args ...string) {
		t.Helper()
		args = append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@b"}, args...)
		if out, err := exec.CommandContext(t.Context(), "git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	commit := func(name string) { t.Helper(); write(name, name); do("add", "-A"); do("commit", "-qm", name) }
	wants := func(base string, want ...string) {
		t.Helper()
		have, err := Files(t.Context(), dir, base)
		slices.Sort(have)
		if err != nil || !slices.Equal(have, want) {
			t.Errorf("since %q: %q, %v; want %q", base, have, err, want)
		}
	}
	do("init", "-q", "-b", "main")
	commit("first")
	commit("second")
	wants("", "second") // there is no origin
	do("update-ref", "refs/remotes/origin/main", "HEAD")
	wants("", "second") // nothing is ahead of it
	commit("third")
	write("first", "changed")
	write("їжак", "unknown")
	wants("", "first", "third", "їжак")
	wants("HEAD~2", "first", "second", "third", "їжак")
	if _, err := Files(t.Context(), dir, "no-such-commit"); err == nil {
		t.Error("a base that does not exist is no error")
	}
}

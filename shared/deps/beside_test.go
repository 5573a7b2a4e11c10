package deps

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Whoever changes a page finds its tests beside it: a file that renders one has tests of its own stem.
func TestEveryPageHasItsTestsBesideIt(t *testing.T) {
	for _, site := range sites {
		each(t, filepath.Join(site, "internal", "web"), func(dir string, files []string) {
			for _, file := range files {
				if strings.HasSuffix(file, "_test.go") || testHelp(dir) || !renders(t, filepath.Join(root(), dir, file)) {
					continue
				}
				own := strings.TrimSuffix(file, ".go") + "_test.go"
				if !slices.Contains(files, own) {
					t.Errorf("%s/%s shows a page and has no %s", dir, file, own)
				}
			}
		})
	}
}

// Every package of the sites has tests of its own: what others prove of it by the way is not noticed when they go.
func TestEveryPackageOfASiteHasTests(t *testing.T) {
	for _, site := range sites {
		each(t, filepath.Join(site, "internal"), func(dir string, files []string) {
			for _, file := range files {
				if strings.HasSuffix(file, "_test.go") {
					return
				}
			}
			if !testHelp(dir) {
				t.Errorf("%s has no tests", dir)
			}
		})
	}
}

// testHelp says whether the package only helps tests.
func testHelp(dir string) bool {
	name := filepath.Base(dir)
	return strings.HasSuffix(name, "test") || name == "fixture"
}

// renders says whether the file shows a page, as new or with what is wrong with its form.
func renders(t *testing.T, path string) bool {
	t.Helper()
	code, err := os.ReadFile(path) //nolint:gosec // of this repository
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(code, []byte("ite.Render(c")) || bytes.Contains(code, []byte("ite.Invalid(c"))
}

// each calls do for every folder below dir in which there is Go code, with its files.
func each(t *testing.T, dir string, do func(dir string, files []string)) {
	t.Helper()
	found := 0
	err := filepath.WalkDir(filepath.Join(root(), dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		matches, err := filepath.Glob(filepath.Join(path, "*.go"))
		if err != nil || len(matches) == 0 {
			return err
		}
		files := make([]string, len(matches))
		for i, m := range matches {
			files[i] = filepath.Base(m)
		}
		name, err := filepath.Rel(root(), path)
		if err != nil {
			return err
		}
		found++
		do(name, files)
		return nil
	})
	if err != nil || found == 0 {
		t.Fatalf("%d folders of code in %s, %v", found, dir, err)
	}
}

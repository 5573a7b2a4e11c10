// Package reach finds the tests that a change can reach, for `scripts/test --changed`: those of packages that
// import a changed one, themselves or through others, in code or in tests. What it cannot know it takes for
// reached. It may import the standard library only.
package reach

import (
	"path"
	"slices"
	"strings"
)

// Package is one package of the repository.
type Package struct {
	Path    string // import path
	Module  string // folder of its module: "shared", "syncer"
	Dir     string // folder, from the root, with slashes
	Command bool
	Imports []string // of the code
	Tests   []string // of the tests besides
}

// Selection is what is to be run.
type Selection struct {
	Packages map[string][]string // by module, import paths in order
	Browser  bool                // journeys
}

const (
	everyFile  = "portal.example/shared/deps"   // its tests read all sources
	migrations = "portal.example/shared/pgtest" // finds both sites' migrations by path
)

// change is what changed files mean before anybody's imports are looked at.
type change struct {
	packages map[string]bool
	modules  map[string]bool // whole ones
	all      bool
	browser  bool
}

// Select returns what a change of files, named from the root, can reach.
func Select(all []Package, files []string) Selection {
	c := change{packages: map[string]bool{}, modules: map[string]bool{}}
	for _, f := range files {
		c.file(all, f)
	}
	g := graph{byPath: map[string]Package{}, changed: c.packages, seen: map[string]bool{}}
	for _, p := range all {
		g.byPath[p.Path] = p
	}
	s := Selection{Packages: map[string][]string{}, Browser: c.all || c.browser}
	for _, p := range all {
		if c.all || c.modules[p.Module] || p.Path == everyFile && len(files) > 0 || g.reachesTests(p) {
			s.Packages[p.Module] = append(s.Packages[p.Module], p.Path)
		}
		s.Browser = s.Browser || p.Command && (c.modules[p.Module] || g.reaches(p.Path))
	}
	for _, paths := range s.Packages {
		slices.Sort(paths)
	}
	return s
}

// file adds what one changed file means.
func (c *change) file(all []Package, f string) {
	module, _, _ := strings.Cut(f, "/")
	switch base := path.Base(f); {
	case strings.HasPrefix(f, "scripts/e2e/"):
		c.browser = true
	case base == "go.mod", base == "go.sum":
		c.modules[module] = true
		if module == "shared" || !strings.Contains(f, "/") {
			c.all = true
		}
	case strings.Contains(f, "/migrations/"):
		c.packages[migrations] = true
		c.packages[owner(all, f)] = true
	case owner(all, f) != "":
		c.packages[owner(all, f)] = true
	case strings.HasSuffix(f, ".md"):
	case module == "scripts":
		c.modules["scripts"], c.browser = true, true
	default:
		c.all = true // deploy/, go.work: whoever reads it does so by path
	}
}

// owner is the package in whose folder or below it the file is; what it embeds and its testdata are there.
func owner(all []Package, f string) (found string) {
	longest := 0
	for _, p := range all {
		if strings.HasPrefix(f, p.Dir+"/") && len(p.Dir) > longest {
			found, longest = p.Path, len(p.Dir)
		}
	}
	return found
}

// graph answers which packages depend on a changed one.
type graph struct {
	byPath  map[string]Package
	changed map[string]bool
	seen    map[string]bool // what reaches has found
}

// reaches reports whether a package's code depends on what changed, its own included.
func (g *graph) reaches(path string) bool {
	found, known := g.seen[path]
	if known {
		return found
	}
	g.seen[path] = false // imports form no circle
	found = g.changed[path] || slices.ContainsFunc(g.byPath[path].Imports, g.reaches)
	g.seen[path] = found
	return found
}

// reachesTests reports whether the package or what its tests need does.
func (g *graph) reachesTests(p Package) bool {
	return g.reaches(p.Path) || slices.ContainsFunc(p.Tests, g.reaches)
}

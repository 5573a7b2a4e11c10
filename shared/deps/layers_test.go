package deps

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var sites = []string{"internal-site", "external-site"}

// sqlImports are the ways to a database.
var sqlImports = []string{"github.com/jackc/pgx/v5", "database/sql", "github.com/jackc/tern/v2", prefix + "shared/pg"}

// Rules and types of every module know neither pages nor databases.
func TestRulesAndTypesArePure(t *testing.T) {
	pure := regexp.MustCompile(`^(rules|types)(_.*)?\.go$`)
	for _, module := range modules {
		for _, s := range sources(t, module) {
			if s.test() || !pure.MatchString(s.base) {
				continue
			}
			if bad := s.importsAny(append(sqlImports, "github.com/gin-gonic/gin", "net/http")...); bad != "" {
				t.Errorf("%s imports %s: rules and types know neither gin nor pgx", s.path, bad)
			}
		}
	}
}

// In a site only a domain's store*.go has SQL; cmd opens pools and migrates, web sees none of it. Packages
// that import testing are for tests, which may look into the database.
func TestOnlyStoresHaveSQL(t *testing.T) {
	for _, site := range sites {
		for _, s := range sources(t, site) {
			inCommand := strings.HasPrefix(s.path, site+"/cmd/")
			// site.go composes the site: it hands pools to stores and has no SQL.
			composes := s.path == site+"/internal/web/site.go" && len(s.among(sqlImports...)) == 1 && s.importsAny("github.com/jackc/pgx/v5/pgxpool") != ""
			isStore := strings.HasPrefix(s.base, "store") && !strings.Contains(s.path, "/internal/web/")
			if s.test() || inCommand || isStore || composes || s.importsAny("testing") != "" {
				continue
			}
			if bad := s.importsAny(sqlImports...); bad != "" {
				t.Errorf("%s imports %s: SQL lives in a domain's store*.go", s.path, bad)
			}
		}
	}
}

// cmd -> web -> domain, never back.
func TestLayersPointOneWay(t *testing.T) {
	for _, site := range sites {
		web := prefix + site + "/internal/web"
		for _, s := range sources(t, site) {
			switch {
			case strings.HasPrefix(s.path, site+"/cmd/"), strings.HasPrefix(s.path, site+"/internal/web/"):
				continue
			case s.test():
				continue
			}
			if bad := s.importsAny(web, prefix+site+"/cmd", "github.com/gin-gonic/gin", prefix+"shared/ui"); bad != "" {
				t.Errorf("%s imports %s: a domain knows nothing of pages", s.path, bad)
			}
		}
	}
}

// Every package says what it does.
func TestEveryPackageHasADocComment(t *testing.T) {
	for _, folder := range append(slices.Clone(modules), "scripts") {
		documented, name := map[string]bool{}, map[string]string{}
		for _, s := range sources(t, folder) {
			if s.test() {
				continue
			}
			dir := filepath.Dir(s.path)
			name[dir] = s.pkgName
			words := strings.Fields(s.doc)
			if len(words) > 3 && (words[0] == "Package" && words[1] == s.pkgName || words[0] == "Command" && s.pkgName == "main") {
				documented[dir] = true
			}
		}
		for dir, pkgName := range name {
			if !documented[dir] {
				t.Errorf("%s: package %s has no doc comment («Package %s …»): what it does, what it must not do, what it may import", dir, pkgName, pkgName)
			}
		}
	}
}

// Nothing comes to the top level but what the design puts there.
func TestTopLevelIsFixed(t *testing.T) {
	allowed := []string{"internal-site", "external-site", "syncer", "shared", "deploy", "scripts", "go.work", "go.work.sum", "README.md", "LICENSE"}
	entries, err := os.ReadDir(root())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s stands at the top level; allowed are %s and dot-files", e.Name(), strings.Join(allowed, ", "))
		}
	}
}

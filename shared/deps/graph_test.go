package deps

import (
	"slices"
	"strings"
	"testing"
)

// Sites and syncer never see each other, shared sees none of them; tests included.
func TestModulesNeverImportSideways(t *testing.T) {
	for _, module := range modules {
		for _, p := range list(t, module) {
			for _, imported := range slices.Concat(p.Imports, p.Deps, p.TestImports, p.XTestImports) {
				other, ours := strings.CutPrefix(imported, prefix)
				if !ours {
					continue
				}
				other, _, _ = strings.Cut(other, "/")
				if other != module && other != "shared" {
					t.Errorf("%s imports %s: sites and syncer meet in shared only", p.ImportPath, imported)
				}
			}
		}
	}
}

// What a program must not link, transitively.
func TestForbiddenLinks(t *testing.T) {
	for _, rule := range []struct{ module, forbidden, why string }{
		{"external-site", "github.com/jackc/pglogrepl", "nothing in the DMZ speaks the replication protocol"},
		{"internal-site", "github.com/jackc/pglogrepl", "replication is the syncer's work"},
		{"syncer", "github.com/gin-gonic/gin", "the syncer has no pages"},
		{"shared", "github.com/jackc/pglogrepl", "shared is linked by external-site"},
		{"external-site", "portal.example/shared/pgtest", "it is for tests"},
		{"internal-site", "portal.example/shared/pgtest", "it is for tests"},
		{"syncer", "portal.example/shared/pgtest", "it is for tests"},
		{"external-site", "portal.example/shared/blobtest", "it is for tests"},
		{"internal-site", "portal.example/shared/blobtest", "it is for tests"},
		{"syncer", "portal.example/shared/blobtest", "it is for tests"},
		{"external-site", "portal.example/shared/awaittest", "it is for tests"},
		{"internal-site", "portal.example/shared/awaittest", "it is for tests"},
		{"syncer", "portal.example/shared/awaittest", "it is for tests"},
		{"external-site", "portal.example/shared/posttest", "it is for tests and the demo"},
		{"internal-site", "portal.example/shared/posttest", "it is for tests and the demo"},
		{"syncer", "portal.example/shared/posttest", "it is for tests and the demo"},
		{"external-site", "portal.example/shared/oidctest", "it is for tests and the demo"},
		{"internal-site", "portal.example/shared/oidctest", "it is for tests and the demo"},
		{"syncer", "portal.example/shared/oidctest", "it is for tests and the demo"},
		{"internal-site", "portal.example/internal-site/internal/access/accesstest", "it is for tests"},
		{"internal-site", "github.com/emersion/go-smtp", "the portal sends letters and takes none"},
	} {
		for _, p := range list(t, rule.module) {
			if p.Name == "main" && slices.Contains(p.Deps, rule.forbidden) {
				t.Errorf("%s links %s: %s", p.ImportPath, rule.forbidden, rule.why)
			}
		}
	}
}

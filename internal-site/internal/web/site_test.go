package web_test

import (
	"flag"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/cases"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/signature"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	sharedweb "portal.example/shared/web"
)

var update = flag.Bool("update", false, "write the golden files anew")

// whole is a configuration with which the site has every page that it can have.
var whole = web.Config{Signed: struct{ cases.Signatures }{}}

// The map of all routes with their rights stands in testdata/routes.golden, so that a review sees what a change opens.
func TestMapOfRoutes(t *testing.T) {
	entries, err := area.Map(nil, web.Areas(whole))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# method path | action | object | private by | area | module\n")
	for _, e := range entries {
		fmt.Fprintf(&b, "%s %s | %s | %s | %s | %s | %s\n", e.Method, e.Path, actionOf(e.Right), or(e.Right.Object()), or(string(e.Right.See())), e.Area, or(e.Module))
	}
	compare(t, "testdata/routes.golden", b.String())
}

// The pages of which the trail keeps who opened them stand in testdata/readings.golden: those that show other people's data.
func TestMapOfReadings(t *testing.T) {
	entries, err := area.Map(nil, web.Areas(whole))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# path | action in the trail\n")
	for _, e := range entries {
		if action := e.Reading(rights.Declared.Sensitive); action != "" {
			fmt.Fprintf(&b, "%s | %s\n", e.Path, action)
		}
	}
	compare(t, "testdata/readings.golden", b.String())
}

// compare holds a map against its golden file.
func compare(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("it differs from %s; look at what changes, then run with -update\n%s", golden, got)
	}
}

func actionOf(r area.Right) string {
	switch {
	case r.Public():
		return "anyone"
	case r.Everybody():
		return "signed in"
	}
	var names []string
	for _, action := range r.Actions() {
		names = append(names, string(action))
	}
	return strings.Join(names, " or ")
}

func or(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// Nobody types a form twice because their session ended meanwhile, except where forms hold passwords and codes.
func TestEveryAreaWithFormsKeepsWhatWasTyped(t *testing.T) {
	areas := web.Areas(whole)
	keeps := area.Keeps(areas)
	entries, err := area.Map(nil, areas)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Method == http.MethodPost && e.Area != "signin" && !keeps(e.Path) {
			t.Errorf("what is typed for %s is lost when the session ends", e.Path)
		}
	}
}

// Each area walks its routes in every role, in a test of its own.
func TestEveryAreaWalksItsRoutes(t *testing.T) {
	for _, a := range web.Areas(whole) {
		if a.Routes == nil {
			continue
		}
		files, err := filepath.Glob(filepath.Join(a.Name, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		walks := false
		for _, f := range files {
			source, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			walks = walks || strings.Contains(string(source), "webtest.Walk(t, ")
		}
		if !walks {
			t.Errorf("no test of area %s calls webtest.Walk", a.Name)
		}
	}
}

// Every word below internal is in both languages, whoever loads it; every key that is used exists, and no word is left
// over.
func TestStaffCataloguesComplete(t *testing.T) {
	internal := []fs.FS{os.DirFS("..")}
	all, err := locale.Load(append(internal, ui.Words, sharedweb.Words, forms.Words, cardview.Words, signature.Words)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, complaint := range locale.Check(locale.Inspection{All: all, Own: internal, Sources: append(internal, os.DirFS("../../cmd"))}) {
		// The queue's page makes the key of the advice out of the reason's own: printf "%s_advice".
		if reason, ok := strings.CutSuffix(complaint, "_advice: unused"); ok && all.Has(reason) {
			continue
		}
		t.Error(complaint)
	}
}

// A module and a kind are called as the words of their domain say, and whoever switches a module off reads what that
// means.
func TestEveryModuleAndKindHasItsWords(t *testing.T) {
	words, err := web.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, m := range contract.Modules {
		keys = append(keys, "modules.name."+m.Name, "modules.is."+m.Name)
		if !m.Core {
			keys = append(keys, "modules.off_means."+m.Name, "modules.off_at_means."+m.Name)
		}
	}
	for _, kind := range contract.Kinds() {
		keys = append(keys, "intake.kind."+kind)
	}
	for _, key := range keys {
		if !words.Has(key) {
			t.Errorf("%s has no words", key)
		}
	}
}

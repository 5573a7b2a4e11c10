package web_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"portal.example/external-site/internal/web"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/site"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The map of all routes stands in testdata/routes.golden, so that a review sees what a change opens to the world.
func TestMapOfRoutes(t *testing.T) {
	entries, err := area.Map(nil, web.Areas(web.Config{}, nil, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# method path | about whom | area | modules | kept whole, which has an address in English\n")
	for _, e := range entries {
		about := "everybody"
		if e.Area.Personal {
			about = "one person"
		}
		whole := ""
		if e.Shared {
			whole = " | kept"
		} else if e.English {
			whole = " | in English too"
		}
		fmt.Fprintf(&b, "%s %s | %s | %s | %s%s\n", e.Method, e.Path, about, e.Area.Name, strings.Join(e.Area.Modules, " "), whole)
	}
	const golden = "testdata/routes.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the routes differ from %s; look at what opens, then run with -update\n%s", golden, b.String())
	}
}

// Every key that a page uses has words in both languages, and no words are left over.
func TestCataloguesComplete(t *testing.T) {
	all, err := web.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	own := site.Words(web.Areas(web.Config{}, nil, nil, nil))
	for _, complaint := range locale.Check(locale.Inspection{
		All: all, Own: own, Sources: []fs.FS{os.DirFS(".."), os.DirFS("../../../shared/seal")},
	}) {
		t.Error(complaint)
	}
}

// While a module is off, its addresses say so in words of their own.
func TestEveryModuleSaysThatItIsOff(t *testing.T) {
	words, err := web.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range contract.Modules {
		if len(m.Kinds)+len(m.Tables) == 0 {
			continue // nothing of it is outside
		}
		if key := "modules.off." + m.Name; !m.Core && !words.Has(key) {
			t.Errorf("%s has no words", key)
		}
	}
}

package web_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"portal.example/internal-site/internal/web"
	"portal.example/shared/locale"
)

// Every word is in both languages, every key that is used exists, and no word is left over.
func TestStaffCataloguesComplete(t *testing.T) {
	all, err := web.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, complaint := range locale.Check(locale.Inspection{All: all, Own: []fs.FS{web.Words}, Sources: []fs.FS{os.DirFS("..")}}) {
		// The queue's page makes the key of the advice out of the reason's own: printf "%s_advice".
		if reason, ok := strings.CutSuffix(complaint, "_advice: unused"); ok && all.Has(reason) {
			continue
		}
		t.Error(complaint)
	}
}

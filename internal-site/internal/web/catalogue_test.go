package web_test

import (
	"io/fs"
	"os"
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
		t.Error(complaint)
	}
}

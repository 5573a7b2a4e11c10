package web_test

import (
	"io/fs"
	"os"
	"testing"

	"portal.example/external-site/internal/web"
	"portal.example/shared/locale"
)

// Every key that a page uses has words in both languages, and no words are left over.
func TestCataloguesComplete(t *testing.T) {
	all, err := web.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, complaint := range locale.Check(locale.Inspection{
		All: all, Own: []fs.FS{web.Words}, Sources: []fs.FS{os.DirFS(".."), os.DirFS("../../../shared/seal")},
	}) {
		t.Error(complaint)
	}
}

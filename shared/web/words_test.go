package web_test

import (
	"io/fs"
	"os"
	"testing"

	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// TestCataloguesComplete looks at the words of ui and web together: the pages of web use both.
func TestCataloguesComplete(t *testing.T) {
	in := locale.Inspection{
		All:     locale.MustLoad(ui.Words, web.Words),
		Own:     []fs.FS{ui.Words, web.Words},
		Sources: []fs.FS{os.DirFS("."), uiSources(t)},
	}
	for _, problem := range locale.Check(in) {
		t.Error(problem)
	}
}

// uiSources is shared/ui without the packages in it, which have words of their own.
func uiSources(t *testing.T) fs.FS {
	t.Helper()
	return withoutFolders{os.DirFS("../ui"), map[string]bool{"cardview": true, "assets": true}}
}

// withoutFolders hides some folders of a tree.
type withoutFolders struct {
	fs.FS
	hidden map[string]bool
}

func (w withoutFolders) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(w.FS, name)
	kept := entries[:0]
	for _, e := range entries {
		if !w.hidden[e.Name()] {
			kept = append(kept, e)
		}
	}
	return kept, err
}

package ui_test

import (
	"html/template"
	"io/fs"
	"testing"
	"testing/fstest"

	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// Pages of the program are parsed once for each layout, set of functions and catalogue; those of files that may change, each time.
func TestEmbeddedPagesAreParsedOnce(t *testing.T) {
	t.Parallel()
	words, functions := locale.MustLoad(ui.Words, web.Words), template.FuncMap{"toy": func() string { return "" }}
	load := func(layout ui.Layout, extra template.FuncMap, folders ...fs.FS) *ui.Pages {
		t.Helper()
		pages, err := ui.LoadPages(words, layout, extra, folders...)
		if err != nil {
			t.Fatal(err)
		}
		return pages
	}
	if words != locale.MustLoad(ui.Words, web.Words) {
		t.Error("the words are read again")
	}
	first := load(ui.Staff, functions, web.Templates)
	if first != load(ui.Staff, functions, web.Templates) {
		t.Error("the same pages are parsed again")
	}
	for what, other := range map[string]*ui.Pages{
		"layout": load(ui.Public, functions, web.Templates), "functions": load(ui.Staff, nil, web.Templates), "folder's name": load(ui.Staff, functions, ui.Folder{FS: web.Templates, Name: "a"}),
	} {
		if other == first {
			t.Errorf("pages with another %s are the same", what)
		}
	}
	loose := fstest.MapFS{"a.gohtml": {Data: []byte(`{{define "title"}}{{end}}{{define "content"}}{{end}}`)}}
	if before := load(ui.Staff, functions, loose); before == load(ui.Staff, functions, loose) {
		t.Error("pages that may have changed are not parsed again")
	}
}

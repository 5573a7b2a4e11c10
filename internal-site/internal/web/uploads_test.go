package web_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// scanned lists every place that keeps the bytes of an upload, and the function that has the vault look into them.
var scanned = map[string]string{
	"acts/edition_add.go addEditionPost": "acts/edition_add.go newEdition",
	"cards/version_edit.go receive":      "cards/information_card.go attach",
	"cases/case_papers.go readPapers":    "cases/case_papers.go readPapers",
	"cases/case_result.go upload":        "cases/case_result.go upload",
	"cases/case_sign.go takeSignature":   "cases/case_sign.go takeSignature",
	"counter/visit_scan.go read":         "counter/visit_scan.go read",
	"requests/request_act.go readAct":    "requests/request_act.go answer",
	"region/region_edit.go editPost":     "region/region_edit.go arrived",
	"samples/sample_list.go add":         "samples/sample_list.go store",
}

// uploads is what the functions of the site do with files.
type uploads struct {
	keep  map[string]bool // reads the body of an upload
	looks map[string]bool // calls a method of the vault that looks into a file
	other []string        // reads files in another way
}

func (u *uploads) function(place string, f *ast.FuncDecl) {
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		called, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		switch name := called.Sel.Name; name {
		case "ReadUpload":
			store := call.Args[len(call.Args)-1]
			literal, ok := store.(*ast.FuncLit)
			if !ok || !dropsIt(literal) {
				u.keep[place] = true
			}
		case "Put", "PutResult", "Inspect":
			if on, ok := called.X.(*ast.SelectorExpr); ok && on.Sel.Name == "Vault" {
				u.looks[place] = true
			}
		case "FormFile", "MultipartForm", "MultipartReader", "ParseMultipartForm", "SaveUploadedFile":
			u.other = append(u.other, place)
		}
		return true
	})
}

// dropsIt says whether a function gives its upload no name, so that it can read nothing of it.
func dropsIt(f *ast.FuncLit) bool {
	for _, p := range f.Type.Params.List {
		if slices.ContainsFunc(p.Names, func(n *ast.Ident) bool { return n.Name != "_" }) {
			return false
		}
	}
	return true
}

// Whatever file enters through a page is looked into, by the scanner too: a new place that keeps uploads has to say where.
func TestEveryUploadIsLookedInto(t *testing.T) {
	u := &uploads{keep: map[string]bool{}, looks: map[string]bool{}}
	site := os.DirFS(".")
	err := fs.WalkDir(site, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		code, err := fs.ReadFile(site, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, code, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				u.function(name+" "+f.Name.Name, f)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := slices.Sorted(maps.Keys(scanned)); !slices.Equal(slices.Sorted(maps.Keys(u.keep)), want) {
		t.Errorf("uploads are kept by %v, want %v", slices.Sorted(maps.Keys(u.keep)), want)
	}
	for place, by := range scanned {
		if !u.looks[by] {
			t.Errorf("%s keeps an upload, and %s does not look into it", place, by)
		}
	}
	for _, place := range u.other {
		t.Errorf("%s reads files by other means than ReadUpload", place)
	}
}

package failpoint_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"portal.example/syncer/internal/failpoint"
)

var wellFormed = regexp.MustCompile(`^(snapshot|indexes|apply|documents|inbound|swap)\.[a-z0-9_]+$`)

// TestNamesAreListedOnce: every point in the sources stands in Names, every name of Names in the sources, and
// each at one place only, so that a name says where the process died.
func TestNamesAreListedOnce(t *testing.T) {
	at := map[string]token.Position{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		return collect(t, path, at)
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, pos := range at {
		if failpoint.Names[name] == "" {
			t.Errorf("%s: failpoint %q is not described in failpoint.Names", pos, name)
		}
		if !wellFormed.MatchString(name) {
			t.Errorf("%s: failpoint %q: names are room.moment_in_words", pos, name)
		}
	}
	for name := range failpoint.Names {
		if _, ok := at[name]; !ok {
			t.Errorf("failpoint.Names has %q, which no source calls", name)
		}
	}
}

// collect notes the calls in one file.
func collect(t *testing.T, path string, at map[string]token.Position) error {
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), "internal/failpoint") {
		return err
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !isPoint(call.Fun) {
			return true
		}
		pos := files.Position(call.Pos())
		literal, ok := call.Args[0].(*ast.BasicLit)
		if !ok {
			t.Errorf("%s: a failpoint's name is written out where it is called", pos)
			return true
		}
		name, err := strconv.Unquote(literal.Value)
		if first, twice := at[name]; twice || err != nil {
			t.Errorf("%s: failpoint %q is called at %s already", pos, name, first)
		}
		at[name] = pos
		return true
	})
	return nil
}

func isPoint(fun ast.Expr) bool {
	s, ok := fun.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != "Hit" && s.Sel.Name != "Error" {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == "failpoint"
}

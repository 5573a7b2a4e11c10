package deps

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const prefix = "portal.example/"

var modules = []string{"shared", "internal-site", "external-site", "syncer"}

// pkg is one package as `go list` describes it.
type pkg struct {
	ImportPath   string
	Name         string
	Imports      []string // of the package itself
	Deps         []string // everything it links, transitively
	TestImports  []string
	XTestImports []string
}

// root is the folder with go.work.
var root = sync.OnceValue(func() string {
	dir, err := filepath.Abs("../..")
	if err != nil {
		panic(err)
	}
	return dir
})

var listed = map[string][]pkg{}

// list returns the packages of a module, as they are without go.work.
func list(t *testing.T, module string) []pkg {
	t.Helper()
	if _, done := listed[module]; !done {
		listed[module] = goList(t, module)
	}
	return listed[module]
}

func goList(t *testing.T, module string) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Name,Imports,Deps,TestImports,XTestImports", "./...")
	cmd.Dir = filepath.Join(root(), module)
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list in %s: %v\n%s", module, err, stderr.String())
	}
	var found []pkg
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		found = append(found, p)
	}
}

// source is one parsed Go file (imports and package comment only).
type source struct {
	path    string // from the root
	base    string
	pkgName string
	doc     string
	imports []string
}

func (s source) test() bool { return strings.HasSuffix(s.base, "_test.go") }

// among returns the imports that are one of paths or lie below one.
func (s source) among(paths ...string) []string {
	var found []string
	for _, imported := range s.imports {
		for _, p := range paths {
			if imported == p || strings.HasPrefix(imported, p+"/") {
				found = append(found, imported)
			}
		}
	}
	return found
}

// importsAny returns the first of among, or "".
func (s source) importsAny(paths ...string) string {
	if found := s.among(paths...); len(found) > 0 {
		return found[0]
	}
	return ""
}

// sources parses every Go file below folder (from the root).
func sources(t *testing.T, folder string) []source {
	t.Helper()
	var found []source
	err := filepath.WalkDir(filepath.Join(root(), folder), func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		s, err := parse(path)
		found = append(found, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func parse(path string) (source, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	relative, err := filepath.Rel(root(), path)
	s := source{path: filepath.ToSlash(relative), base: filepath.Base(path), pkgName: file.Name.Name, doc: doc(file)}
	for _, i := range file.Imports {
		if value, unquoteErr := strconv.Unquote(i.Path.Value); unquoteErr == nil {
			s.imports = append(s.imports, value)
		}
	}
	return s, err
}

func doc(file *ast.File) string {
	if file.Doc == nil {
		return ""
	}
	return file.Doc.Text()
}

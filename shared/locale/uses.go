package locale

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"text/template/parse"
)

// keyPattern is the shape of a key with at least two parts.
var keyPattern = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)

// uses collects which keys of a catalogue sources use.
type uses struct {
	all      *Catalogue
	keys     map[string]bool
	prefixes map[string]bool
	wanted   map[string]string // keys that must exist → where they are used
}

func newUses(all *Catalogue) *uses {
	return &uses{all: all, keys: map[string]bool{}, prefixes: map[string]bool{}, wanted: map[string]string{}}
}

func (u *uses) used(key string) bool {
	if u.keys[key] {
		return true
	}
	for prefix := range u.prefixes {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

func (u *uses) missing() []string {
	var found []string
	for key, where := range u.wanted {
		if !u.exists(key) {
			found = append(found, fmt.Sprintf("%s: used in %s and in no catalogue", key, where))
		}
	}
	return found
}

// exists says whether the key, or for one that ends in "." any key under it, is in the catalogue.
func (u *uses) exists(key string) bool {
	if !strings.HasSuffix(key, ".") {
		return u.all.Has(key)
	}
	for known := range u.all.messages[UK] {
		if strings.HasPrefix(known, key) {
			return true
		}
	}
	return false
}

func (u *uses) scan(fsys fs.FS) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || d.Name() == ".git"):
			return fs.SkipDir
		case d.IsDir() || strings.HasSuffix(name, "_test.go"):
			return nil
		case path.Ext(name) == ".go":
			return u.scanGo(fsys, name)
		case path.Ext(name) == ".gohtml":
			return u.scanTemplate(fsys, name)
		}
		return nil
	})
}

// literal notes a text that may be a key, or the beginning of keys.
func (u *uses) literal(s string) {
	switch {
	case u.all.Has(s):
		u.keys[s] = true
	case strings.HasSuffix(s, ".") && u.exists(s):
		u.prefixes[s] = true
	}
	if i := strings.IndexByte(s, '%'); i > 0 && s[i-1] == '.' && u.exists(s[:i]) {
		u.prefixes[s[:i]] = true
	}
}

func (u *uses) want(key, where string) {
	u.keys[key] = true
	if _, known := u.wanted[key]; !known {
		u.wanted[key] = where
	}
}

func (u *uses) scanGo(fsys fs.FS, name string) error {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, raw, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			if s, ok := text(n); ok {
				u.literal(s)
			}
		case *ast.CallExpr:
			u.call(n, name)
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok && strings.HasSuffix(id.Name, "Key") {
				u.wantLiteral(n.Value, name)
			}
		}
		return true
	})
	return nil
}

// keyArgument is where a function takes its key.
var keyArgument = map[string][]int{
	"T": {0, 1}, "TH": {0, 1}, "Flash": {1}, "Add": {1}, "Check": {2}, "Required": {1}, "fault.New": {1}, "fault.Wrap": {2},
}

func (u *uses) call(call *ast.CallExpr, where string) {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	name := selector.Sel.Name
	if pkg, ok := selector.X.(*ast.Ident); ok && pkg.Name == "fault" {
		name = "fault." + name
	}
	for _, i := range keyArgument[name] {
		if i < len(call.Args) {
			u.wantLiteral(call.Args[i], where)
		}
	}
}

// wantLiteral notes a text in the place of a key. What begins like no key of ours is something else: a
// column, a file, a test's own word.
func (u *uses) wantLiteral(n ast.Expr, where string) {
	s, ok := text(n)
	if !ok || !keyPattern.MatchString(s) {
		return
	}
	area, _, _ := strings.Cut(s, ".")
	if u.exists(area + ".") {
		u.want(s, where)
	}
}

func text(n ast.Expr) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

func (u *uses) scanTemplate(fsys fs.FS, name string) error {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck
	set := map[string]*parse.Tree{}
	if _, err := tree.Parse(string(raw), "", "", set); err != nil {
		return err
	}
	for _, t := range set {
		if t.Root != nil {
			u.walk(t.Root, name)
		}
	}
	return nil
}

func (u *uses) walk(n parse.Node, where string) {
	if n == nil || reflect.ValueOf(n).IsNil() {
		return
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, child := range n.Nodes {
			u.walk(child, where)
		}
	case *parse.ActionNode:
		u.walk(n.Pipe, where)
	case *parse.TemplateNode:
		u.walk(n.Pipe, where)
	case *parse.IfNode:
		u.branch(&n.BranchNode, where)
	case *parse.RangeNode:
		u.branch(&n.BranchNode, where)
	case *parse.WithNode:
		u.branch(&n.BranchNode, where)
	case *parse.PipeNode:
		for _, command := range n.Cmds {
			u.walk(command, where)
		}
	case *parse.CommandNode:
		u.command(n, where)
	case *parse.StringNode:
		u.literal(n.Text)
	}
}

func (u *uses) branch(n *parse.BranchNode, where string) {
	u.walk(n.Pipe, where)
	u.walk(n.List, where)
	u.walk(n.ElseList, where)
}

// command looks for t "key" and t (printf "prefix.%s" …).
func (u *uses) command(n *parse.CommandNode, where string) {
	if id, ok := n.Args[0].(*parse.IdentifierNode); ok && len(n.Args) > 1 && (id.Ident == "t" || id.Ident == "th") {
		switch key := n.Args[1].(type) {
		case *parse.StringNode:
			u.want(key.Text, where)
		case *parse.PipeNode:
			u.wantPrefix(key, where)
		}
	}
	for _, arg := range n.Args {
		u.walk(arg, where)
	}
}

func (u *uses) wantPrefix(pipe *parse.PipeNode, where string) {
	args := pipe.Cmds[0].Args
	if id, ok := args[0].(*parse.IdentifierNode); !ok || len(args) < 2 || (id.Ident != "printf" && id.Ident != "print") {
		return
	}
	format, ok := args[1].(*parse.StringNode)
	if !ok {
		return
	}
	prefix, _, _ := strings.Cut(format.Text, "%")
	if strings.HasSuffix(prefix, ".") {
		u.want(prefix, where)
		u.prefixes[prefix] = true
	}
}

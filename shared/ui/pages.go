package ui

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"portal.example/shared/internal/embedded"
	"portal.example/shared/locale"
)

//go:embed layouts/*.gohtml
var layoutFiles embed.FS

// Layout names one of the two layouts.
type Layout string

// The layouts: Staff for internal-site, Public for external-site.
const (
	Staff  Layout = "staff"
	Public Layout = "public"
)

// Pages is every page template of a site, parsed once for each language.
type Pages struct {
	sets    map[locale.Lang]map[string]*template.Template
	layouts map[locale.Lang]*template.Template // without a page
	extra   template.FuncMap                   // kept, since the pages are known by its address
}

// Folder holds the pages of one area: those of its file system are named "Name/page".
type Folder struct {
	fs.FS
	Name string
}

// Unwrap is the file system alone.
func (f Folder) Unwrap() fs.FS { return f.FS }

// Parts holds templates that every page may use, whatever folder it is in.
type Parts struct{ fs.FS }

// Unwrap is the file system alone.
func (p Parts) Unwrap() fs.FS { return p.FS }

// LoadPages parses every *.gohtml file found in fsys as a page of the layout. A page is named by its
// path without the ending ("cards/card_edit") and defines "title" (plain words, used in <title> and
// meant for the <h1>) and "content"; it may define "before" (above the content) and "head". Files whose
// name begins with "_" are parsed into every page of their directory and of the directories under it.
// A Folder gives the names of its pages a prefix, and Parts are parsed into all pages. extra adds functions to those of Components.Funcs,
// and nobody may change it afterwards: the same pages of embedded folders are parsed once.
func LoadPages(cat *locale.Catalogue, layout Layout, extra template.FuncMap, fsys ...fs.FS) (*Pages, error) {
	look := look{cat, layout, reflect.ValueOf(extra).Pointer()}
	return loaded.Get(embedded.KeyOf(look, fsys...), func() (*Pages, error) { return parsePages(cat, layout, extra, fsys) })
}

// look is what the pages of some folders depend on besides.
type look struct {
	words  *locale.Catalogue
	layout Layout
	extra  uintptr // where the map is
}

// loaded are the pages of embedded folders.
var loaded embedded.Cache[*Pages]

func parsePages(cat *locale.Catalogue, layout Layout, extra template.FuncMap, fsys []fs.FS) (*Pages, error) {
	p := &Pages{sets: map[locale.Lang]map[string]*template.Template{}, layouts: map[locale.Lang]*template.Template{}, extra: extra}
	for _, lang := range locale.Langs {
		components, err := NewComponents(cat.In(lang))
		if err != nil {
			return nil, err
		}
		base, err := newBase(components, layout, extra)
		if err != nil {
			return nil, err
		}
		p.sets[lang] = map[string]*template.Template{}
		for _, f := range fsys {
			if parts, ok := f.(Parts); ok {
				if err := addParts(base, parts); err != nil {
					return nil, err
				}
			}
		}
		for _, f := range fsys {
			if _, ok := f.(Parts); ok {
				continue
			}
			if err := p.parse(lang, components, base, f); err != nil {
				return nil, err
			}
		}
		p.layouts[lang] = base
	}
	return p, nil
}

func newBase(c *Components, layout Layout, extra template.FuncMap) (*template.Template, error) {
	funcs := c.Funcs()
	maps.Copy(funcs, extra)
	base := template.New("base").Funcs(funcs)
	for _, name := range []string{"parts", string(layout)} {
		raw, err := layoutFiles.ReadFile("layouts/" + name + ".gohtml")
		if err != nil {
			return nil, fmt.Errorf("layout %q: %w", layout, err)
		}
		if _, err := base.New("layout/" + name).Parse(string(raw)); err != nil {
			return nil, fmt.Errorf("layout %q: %w", layout, err)
		}
	}
	return base, nil
}

func addParts(base *template.Template, parts Parts) error {
	_, files, err := list(parts)
	if err != nil {
		return err
	}
	for _, f := range files {
		raw, err := fs.ReadFile(parts, f)
		if err != nil {
			return fmt.Errorf("part %s: %w", f, err)
		}
		if _, err := base.New(f).Parse(string(raw)); err != nil {
			return fmt.Errorf("part %s: %w", f, err)
		}
	}
	return nil
}

func (p *Pages) parse(lang locale.Lang, c *Components, base *template.Template, fsys fs.FS) error {
	pages, partials, err := list(fsys)
	if err != nil {
		return err
	}
	folder := ""
	if f, ok := fsys.(Folder); ok {
		folder = f.Name + "/"
	}
	for _, file := range pages {
		name := folder + strings.TrimSuffix(file, ".gohtml")
		if p.sets[lang][name] != nil {
			return fmt.Errorf("page %s exists twice", name)
		}
		page, err := base.Clone()
		if err != nil {
			return fmt.Errorf("page %s: %w", name, err)
		}
		page.Funcs(c.partFuncs(page))
		for _, f := range append(above(partials, file), file) {
			raw, err := fs.ReadFile(fsys, f)
			if err != nil {
				return fmt.Errorf("page %s: %w", name, err)
			}
			if _, err := page.New(folder + f).Parse(string(raw)); err != nil {
				return fmt.Errorf("page %s: %w", name, err)
			}
		}
		if err := sound(page); err != nil {
			return fmt.Errorf("page %s: %w", name, err)
		}
		p.sets[lang][name] = page
	}
	return nil
}

// sound finds out now what html/template would only say to the first reader: a part that is missing, or
// a place where it cannot tell how to escape. Without data the rendering itself ends at once.
func sound(page *template.Template) error {
	for _, part := range []string{"title", "content"} {
		if page.Lookup(part) == nil {
			return fmt.Errorf("does not define %q", part)
		}
	}
	var unsafe *template.Error
	if err := page.ExecuteTemplate(io.Discard, "layout", nil); errors.As(err, &unsafe) {
		return err
	}
	return soundParts(page)
}

// list finds the template files of fsys: pages, and partials whose names begin with "_".
func list(fsys fs.FS) (pages, partials []string, err error) {
	err = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir() || path.Ext(name) != ".gohtml":
			return err
		case strings.HasPrefix(path.Base(name), "_"):
			partials = append(partials, name)
		default:
			pages = append(pages, name)
		}
		return nil
	})
	return pages, partials, err
}

// above returns the partials of the page's directory and of those above it, outermost first.
func above(partials []string, page string) []string {
	var found []string
	for _, partial := range partials {
		dir := path.Dir(partial)
		if dir == "." || strings.HasPrefix(page, dir+"/") {
			found = append(found, partial)
		}
	}
	slices.SortStableFunc(found, func(a, b string) int { return strings.Count(a, "/") - strings.Count(b, "/") })
	return found
}

// Render writes the page in lang, with what is in Ukrainian marked on pages of other languages. Write to a buffer: an
// error may leave half a page behind.
func (p *Pages) Render(w io.Writer, lang locale.Lang, name string, data any) error {
	page := p.sets[lang][name]
	if page == nil {
		return fmt.Errorf("page %q does not exist in %q", name, lang)
	}
	if lang == locale.UK {
		return execute(w, page, "layout", name, data)
	}
	var foreign bytes.Buffer
	if err := execute(&foreign, page, "layout", name, data); err != nil {
		return err
	}
	if _, err := w.Write(markUkrainian(foreign.Bytes())); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	return nil
}

// execute writes the template of the page called name.
func execute(w io.Writer, page *template.Template, part, name string, data any) error {
	if err := page.ExecuteTemplate(w, part, data); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	return nil
}

package ui

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"
)

// A part is a template of the page that a pattern renders for it: {{define "cases/part/stage"}} holds markup
// that a pattern puts into its place, and {{define "cases/cell/number"}} a cell of a DataTable. Writing them as
// templates keeps markup out of Go and escaped by html/template.

// partFuncs are the functions that need the page's own templates. They replace those of noParts when a page
// has been parsed.
func (c *Components) partFuncs(page *template.Template) template.FuncMap {
	part := func(name string, data any) (template.HTML, error) {
		var b bytes.Buffer
		if err := page.ExecuteTemplate(&b, name, data); err != nil {
			return "", fmt.Errorf("part %s: %w", name, err)
		}
		return template.HTML(strings.TrimSpace(b.String())), nil // #nosec G203 -- written by html/template
	}
	return template.FuncMap{
		"part":      part,
		"showTable": func(t DataTable) (template.HTML, error) { return c.showTable(t, part) },
	}
}

// noParts stand for the functions of partFuncs while pages are parsed.
func noParts() template.FuncMap {
	missing := errors.New("a part is rendered outside a page")
	return template.FuncMap{
		"part":      func(string, any) (template.HTML, error) { return "", missing },
		"showTable": func(DataTable) (template.HTML, error) { return "", missing },
	}
}

// soundParts finds parts that html/template cannot escape, which a page would only notice when it shows them.
func soundParts(page *template.Template) error {
	var unsafe *template.Error
	for _, t := range page.Templates() {
		if !strings.Contains(t.Name(), "/part/") && !strings.Contains(t.Name(), "/cell/") {
			continue
		}
		if err := page.ExecuteTemplate(io.Discard, t.Name(), nil); errors.As(err, &unsafe) {
			return err
		}
	}
	return nil
}

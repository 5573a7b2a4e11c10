package ui

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"maps"

	"portal.example/shared/locale"
)

//go:embed components/*.gohtml
var componentFiles embed.FS

// Words is the catalogue of what components and layouts say themselves; load it beside a site's own.
//
//go:embed words
var Words embed.FS

// Components renders components in one language. It is safe for concurrent use.
type Components struct {
	printer *locale.Printer
	set     *template.Template
	funcs   template.FuncMap
}

// NewComponents parses every component for the printer's language.
func NewComponents(p *locale.Printer) (*Components, error) {
	c := &Components{printer: p}
	c.funcs = c.build()
	set, err := template.New("components").Funcs(c.funcs).ParseFS(componentFiles, "components/*.gohtml")
	if err != nil {
		return nil, fmt.Errorf("components: %w", err)
	}
	c.set = set
	return c, nil
}

// Funcs returns the functions that templates may call: a component each, the constructors and
// modifiers of constructors.go, and what writes values in the language.
func (c *Components) Funcs() template.FuncMap { return maps.Clone(c.funcs) }

func (c *Components) build() template.FuncMap {
	funcs := template.FuncMap{"attrs": attrs, "show": show, "join": join, "heading": heading, "dict": dict, "concat": concat}
	maps.Copy(funcs, c.values())
	maps.Copy(funcs, c.govuk())
	maps.Copy(funcs, c.moj())
	maps.Copy(funcs, c.constructors())
	maps.Copy(funcs, c.layout())
	maps.Copy(funcs, c.patterns())
	maps.Copy(funcs, c.places())
	maps.Copy(funcs, c.answers())
	return funcs
}

// render executes one component's template.
func (c *Components) render(name string, data any) (template.HTML, error) {
	var b bytes.Buffer
	if err := c.set.ExecuteTemplate(&b, name+".gohtml", data); err != nil {
		return "", fmt.Errorf("component %s: %w", name, err)
	}
	return template.HTML(b.String()), nil // #nosec G203 -- written by html/template
}

// plain is a component whose template takes its struct as it is.
func plain[T any](c *Components, name string) func(T) (template.HTML, error) {
	return func(data T) (template.HTML, error) { return c.render(name, data) }
}

// prepared is a component whose struct is completed first.
func prepared[T, V any](c *Components, name string, prepare func(T) V) func(T) (template.HTML, error) {
	return func(data T) (template.HTML, error) { return c.render(name, prepare(data)) }
}

// dict makes a map for a partial template that takes several values: {{template "x" (dict "a" 1)}}.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: %d values, want pairs", len(pairs))
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: key %v is not a string", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}

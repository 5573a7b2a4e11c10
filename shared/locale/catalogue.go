package locale

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"portal.example/shared/internal/embedded"
)

//go:embed words
var own embed.FS

// Catalogue is every message of a program in every language. It is read-only after Load.
type Catalogue struct {
	messages map[Lang]map[string]message
	source   map[string]string // key and language → file, for complaints
}

// Load merges the package's own catalogue with those found anywhere in fsys: files named uk.yaml and
// en.yaml, or ending in .uk.yaml and .en.yaml. Nested keys are joined with dots. A mapping whose keys
// are plural categories (one, few, many, other) is one message with plural forms. The same key in two
// files is an error; a key in only one language is not (Check finds those).
//
// Catalogues of the same embedded folders are one and the same.
func Load(fsys ...fs.FS) (*Catalogue, error) {
	folders := append([]fs.FS{own}, fsys...)
	return catalogues.Get(embedded.KeyOf(nil, folders...), func() (*Catalogue, error) { return merge(folders) })
}

// What was loaded of embedded folders: whole catalogues, and the words of each folder, of which many catalogues are made.
var (
	catalogues embedded.Cache[*Catalogue]
	folderOf   embedded.Cache[*Catalogue]
)

func newCatalogue() *Catalogue {
	return &Catalogue{messages: map[Lang]map[string]message{UK: {}, EN: {}}, source: map[string]string{}}
}

func merge(folders []fs.FS) (*Catalogue, error) {
	all := newCatalogue()
	for _, f := range folders {
		one, err := folderOf.Get(embedded.KeyOf(nil, f), func() (*Catalogue, error) {
			c := newCatalogue()
			return c, c.loadAll(f)
		})
		if err == nil {
			err = all.take(one)
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// take adds the messages of another catalogue.
func (c *Catalogue) take(other *Catalogue) error {
	for lang, messages := range other.messages {
		for key, m := range messages {
			if err := c.put(lang, other.source[string(lang)+key], key, m); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Catalogue) put(lang Lang, file, key string, m message) error {
	if _, twice := c.messages[lang][key]; twice {
		return fmt.Errorf("catalogue %s: key %q is already in %s", file, key, c.source[string(lang)+key])
	}
	c.messages[lang][key] = m
	c.source[string(lang)+key] = file
	return nil
}

// MustLoad is Load for catalogues embedded in the program, whose faults are the programmer's.
func MustLoad(fsys ...fs.FS) *Catalogue {
	c, err := Load(fsys...)
	if err != nil {
		panic(err)
	}
	return c
}

func (c *Catalogue) loadAll(fsys fs.FS) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		lang, ok := languageOf(name)
		if err != nil || d.IsDir() || !ok {
			return err
		}
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("catalogue %s: %w", name, err)
		}
		return c.add(lang, name, raw)
	})
}

func languageOf(name string) (Lang, bool) {
	base, ok := strings.CutSuffix(path.Base(name), ".yaml")
	if !ok {
		return "", false
	}
	if i := strings.LastIndexByte(base, '.'); i >= 0 {
		base = base[i+1:]
	}
	return Parse(base)
}

func (c *Catalogue) add(lang Lang, file string, raw []byte) error {
	var tree map[string]any
	if err := yaml.Unmarshal(raw, &tree); err != nil {
		return fmt.Errorf("catalogue %s: %w", file, err)
	}
	flat := map[string]message{}
	if err := flatten("", tree, flat); err != nil {
		return fmt.Errorf("catalogue %s: %w", file, err)
	}
	for key, m := range flat {
		if err := c.put(lang, file, key, m); err != nil {
			return err
		}
	}
	return nil
}

func flatten(prefix string, tree map[string]any, into map[string]message) error {
	for key, value := range tree {
		full := prefix + key
		switch v := value.(type) {
		case string:
			m, err := parseMessage(v)
			if err != nil {
				return fmt.Errorf("%s: %w", full, err)
			}
			into[full] = m
		case map[string]any:
			if err := flattenMap(full, v, into); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s: want text, have %T (put it in quotes)", full, value)
		}
	}
	return nil
}

func flattenMap(key string, tree map[string]any, into map[string]message) error {
	if !isPlural(tree) {
		return flatten(key+".", tree, into)
	}
	m := message{forms: map[string][]piece{}}
	for category, v := range tree {
		s, ok := v.(string)
		if !ok {
			return fmt.Errorf("%s.%s: want text, have %T", key, category, v)
		}
		form, err := parseMessage(s)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", key, category, err)
		}
		m.forms[category] = form.forms[other]
	}
	if m.forms[other] == nil {
		return errors.New(key + ": plural forms need one named \"other\"")
	}
	into[key] = m
	return nil
}

// isPlural says whether every key is a plural category.
func isPlural(tree map[string]any) bool {
	for key := range tree {
		if !slices.Contains(categories, key) {
			return false
		}
	}
	return len(tree) > 0
}

// Has says whether key is in the catalogue of the first language.
func (c *Catalogue) Has(key string) bool {
	_, ok := c.messages[UK][key]
	return ok
}

// Keys returns every key that is in any language, sorted.
func (c *Catalogue) Keys() []string {
	all := map[string]bool{}
	for _, messages := range c.messages {
		for key := range messages {
			all[key] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

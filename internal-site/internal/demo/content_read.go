package demo

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed content
var files embed.FS

// content is everything that is written in content/.
type content struct {
	region         region
	acts           acts
	classification classification
	elsewhere      []elsewhere
	units          []unit
	centres        []*centre
	authorities    []*authority
	forms          map[string]form // by key of the service
}

// readContent reads the embedded files, once.
var readContent = sync.OnceValues(func() (*content, error) {
	c := &content{forms: map[string]form{}}
	for name, into := range map[string]any{
		"region.yaml": &c.region, "acts.yaml": &c.acts, "classification.yaml": &c.classification,
		"elsewhere.yaml": &c.elsewhere, "units.yaml": &c.units,
	} {
		if err := readFile(name, into); err != nil {
			return nil, err
		}
	}
	if err := readFolder("centres", func(_ string, v *centre) { c.centres = append(c.centres, v) }); err != nil {
		return nil, err
	}
	slices.SortFunc(c.centres, func(a, b *centre) int { return strings.Compare(a.Code, b.Code) })
	if err := readFolder("authorities", func(_ string, v *authority) { c.authorities = append(c.authorities, v) }); err != nil {
		return nil, err
	}
	return c, readFolder("forms", func(key string, v *form) { c.forms[key] = *v })
})

func readFile(name string, into any) error {
	raw, err := files.ReadFile("content/" + name)
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("demo content %s: %w", name, err)
	}
	return nil
}

// readFolder reads each file of a folder in the order of names and hands it over with its stem.
func readFolder[T any](folder string, take func(stem string, v *T)) error {
	names, err := fs.Glob(files, "content/"+folder+"/*.yaml")
	if err != nil {
		return err
	}
	for _, name := range names {
		v := new(T)
		if err := readFile(strings.TrimPrefix(name, "content/"), v); err != nil {
			return err
		}
		take(strings.TrimSuffix(path.Base(name), ".yaml"), v)
	}
	return nil
}

// services calls fn with every service and the authority that decides, in the order of the files.
func (c *content) services(fn func(a *authority, s *service)) {
	for _, a := range c.authorities {
		for _, s := range a.Services {
			fn(a, s)
		}
	}
}

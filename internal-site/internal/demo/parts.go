package demo

import (
	"fmt"
	"maps"
	"slices"
)

// part is what one domain brings to the region. Its file registers it, so that another domain is another file and
// no list has to be edited.
type part struct {
	name  string
	after []string // the parts whose people, offers or the like build uses
	build func(*builder)
}

var parts = map[string]part{}

// register adds a part. A name that is taken is a mistake in the program.
func register(p part) {
	if _, taken := parts[p.name]; taken {
		panic("demo: there are two parts " + p.name)
	}
	parts[p.name] = p
}

// arranged lists the parts so that each comes after those it names; besides that the order is alphabetical.
func arranged(parts map[string]part) ([]part, error) {
	names, err := sorted(slices.Sorted(maps.Keys(parts)), func(name string) []string { return parts[name].after })
	if err != nil {
		return nil, fmt.Errorf("demo: parts: %w", err)
	}
	out := make([]part, len(names))
	for i, name := range names {
		out[i] = parts[name]
	}
	return out, nil
}

// sorted is a topological sort: each name comes after those that before returns for it; apart from that the given order
// stays.
func sorted(names []string, before func(name string) []string) ([]string, error) {
	const visiting, done = 1, 2
	state, out := map[string]int{}, make([]string, 0, len(names))
	var visit func(name string) error
	visit = func(name string) error {
		switch {
		case state[name] == done:
			return nil
		case state[name] == visiting:
			return fmt.Errorf("%s comes before itself", name)
		case !slices.Contains(names, name):
			return fmt.Errorf("there is no %s", name)
		}
		state[name] = visiting
		for _, other := range before(name) {
			if err := visit(other); err != nil {
				return err
			}
		}
		state[name] = done
		out = append(out, name)
		return nil
	}
	for _, name := range names {
		if err := visit(name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

package whitelist

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// mapping returns n's values by key and refuses unknown and doubled keys, aliases and tags.
func (p parser) mapping(n *yaml.Node, known ...string) (map[string]*yaml.Node, error) {
	if n.Kind != yaml.MappingNode {
		return nil, p.errorf(n.Line, "expected a mapping with the keys %s", strings.Join(known, ", "))
	}
	fields := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if !slices.Contains(known, key.Value) {
			return nil, p.errorf(key.Line, "unknown key %q; known keys here: %s", key.Value, strings.Join(known, ", "))
		}
		if fields[key.Value] != nil {
			return nil, p.errorf(key.Line, "key %q is given twice; keep one", key.Value)
		}
		fields[key.Value] = value
	}
	return fields, nil
}

// sequence returns n's items and refuses an empty list: it would be unclear whether all or nothing is meant.
func (p parser) sequence(n *yaml.Node, what string) ([]*yaml.Node, error) {
	if n.Kind != yaml.SequenceNode {
		return nil, p.errorf(n.Line, "%s: expected a list", what)
	}
	if len(n.Content) == 0 {
		return nil, p.errorf(n.Line, "%s: the list is empty; name at least one, or remove the key", what)
	}
	return n.Content, nil
}

// text returns a required scalar that is not empty.
func (p parser) text(parent *yaml.Node, fields map[string]*yaml.Node, key string) (string, error) {
	n, ok := fields[key]
	if !ok {
		return "", p.errorf(parent.Line, "key %q is missing", key)
	}
	value := strings.TrimSpace(n.Value)
	if n.Kind != yaml.ScalarNode || value == "" || n.Tag == "!!null" {
		return "", p.errorf(n.Line, "%q must not be empty", key)
	}
	return value, nil
}

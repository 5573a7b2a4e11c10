package contract

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"portal.example/shared/fault"
)

// Kind is one kind of submission. Each kind has one file in this package, one handler inside and one form outside.
type Kind struct {
	Name   string        // as it stands beside the envelope
	Schema []byte        // JSON Schema of the record
	New    func() Record // an empty record to decode into, a pointer
}

type registered struct {
	Kind
	schema func() (*jsonschema.Schema, error)
}

var (
	kinds    = map[string]registered{}
	kindName = regexp.MustCompile(`^[a-z][a-z_]{0,39}$`) // as inbound.messages has it
)

// Register adds a kind. Its file calls it at start; a name that is malformed or taken is a mistake in the program.
func Register(k Kind) {
	if _, taken := kinds[k.Name]; taken || !kindName.MatchString(k.Name) || k.New == nil || k.New().Kind() != k.Name {
		panic("contract: kind " + k.Name + " cannot be registered")
	}
	kinds[k.Name] = registered{k, sync.OnceValues(func() (*jsonschema.Schema, error) { return compile(k) })}
}

// Kinds lists the names of every kind that this release understands, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds)) }

func compile(k Kind) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(k.Schema))
	if err != nil {
		return nil, fmt.Errorf("schema of kind %s: %w", k.Name, err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(k.Name, doc); err != nil {
		return nil, fmt.Errorf("schema of kind %s: %w", k.Name, err)
	}
	schema, err := c.Compile(k.Name)
	if err != nil {
		return nil, fmt.Errorf("schema of kind %s: %w", k.Name, err)
	}
	return schema, nil
}

// ErrUnknownKind says that this release has no such kind.
var ErrUnknownKind = errors.New("unknown kind of submission")

func lookup(kind string) (registered, error) {
	k, ok := kinds[kind]
	if !ok {
		return k, fmt.Errorf("%w: %q", ErrUnknownKind, kind)
	}
	return k, nil
}

// checkSchema judges a record by the JSON Schema of its kind. Its error names places in the record, never values.
func (k registered) checkSchema(record []byte) error {
	schema, err := k.schema()
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(record))
	if err != nil {
		return malformed("record is no JSON")
	}
	if err := schema.Validate(doc); err != nil {
		return fault.Wrap(fault.Invalid, places(err), "contract.malformed")
	}
	return nil
}

// places reduces a validation error to the paths that are wrong: its own text quotes what people wrote.
func places(err error) error {
	var v *jsonschema.ValidationError
	if !errors.As(err, &v) {
		return errors.New("record does not fit its schema")
	}
	var paths []string
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			path := ""
			for _, part := range e.InstanceLocation {
				path += "/" + part
			}
			paths = append(paths, path)
		}
		for _, cause := range e.Causes {
			walk(cause)
		}
	}
	walk(v)
	slices.Sort(paths)
	return fmt.Errorf("record does not fit its schema at %q", slices.Compact(paths))
}

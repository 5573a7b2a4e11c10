package contract

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"portal.example/shared/fault"
)

// The submission kinds. Each is one file here, one handler inside and one form outside.
const (
	KindApplication = "application"
)

// Kinds lists every kind that this release understands.
var Kinds = []string{KindApplication}

//go:embed *.schema.json
var schemaFiles embed.FS

var schemas = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	out := map[string]*jsonschema.Schema{}
	for _, kind := range Kinds {
		raw, err := schemaFiles.ReadFile(kind + ".schema.json")
		if err != nil {
			return nil, fmt.Errorf("schema of kind %s: %w", kind, err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			return nil, fmt.Errorf("schema of kind %s: %w", kind, err)
		}
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		if err := c.AddResource(kind, doc); err != nil {
			return nil, fmt.Errorf("schema of kind %s: %w", kind, err)
		}
		if out[kind], err = c.Compile(kind); err != nil {
			return nil, fmt.Errorf("schema of kind %s: %w", kind, err)
		}
	}
	return out, nil
})

// ErrUnknownKind says that this release has no such kind.
var ErrUnknownKind = errors.New("unknown kind of submission")

// Check judges a record by the JSON Schema of its kind. Its error names places in the record, never values.
func Check(kind string, record []byte) error {
	if !slices.Contains(Kinds, kind) {
		return fmt.Errorf("%w: %q", ErrUnknownKind, kind)
	}
	all, err := schemas()
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(record))
	if err != nil {
		return fault.Wrap(fault.Invalid, errors.New("record is no JSON"), "contract.malformed")
	}
	if err := all[kind].Validate(doc); err != nil {
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

// decodeRecord is json.Unmarshal that refuses anything after the record.
func decodeRecord(record []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(record))
	if err := dec.Decode(into); err != nil {
		return fault.Wrap(fault.Invalid, errors.New("record does not fit its struct"), "contract.malformed")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fault.New(fault.Invalid, "contract.malformed")
	}
	return nil
}

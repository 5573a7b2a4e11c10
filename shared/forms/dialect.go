package forms

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"portal.example/shared/locale"
)

// rawForm and rawField are exactly the keys that the dialect knows.
type rawForm struct {
	Schema     string              `json:"$schema"`
	Type       string              `json:"type"`
	Additional *bool               `json:"additionalProperties"`
	Required   []string            `json:"required"`
	Properties map[string]rawField `json:"properties"`
	Steps      []rawStep           `json:"x-steps"`
	Minutes    int                 `json:"x-minutes"`
	AnyOf      [][]string          `json:"x-any-of"`
}

type rawStep struct {
	ID     string      `json:"id"`
	Title  locale.Text `json:"title"`
	Hint   locale.Text `json:"hint"`
	Fields []string    `json:"fields"`
}

type rawField struct {
	Type        string                 `json:"type"`
	Format      string                 `json:"format"`
	MinLength   int                    `json:"minLength"`
	MaxLength   int                    `json:"maxLength"`
	Pattern     string                 `json:"pattern"`
	Minimum     *float64               `json:"minimum"`
	Maximum     *float64               `json:"maximum"`
	Enum        []string               `json:"enum"`
	Const       *bool                  `json:"const"`
	Items       *rawItems              `json:"items"`
	Unique      bool                   `json:"uniqueItems"`
	MinItems    int                    `json:"minItems"`
	MaxItems    int                    `json:"maxItems"`
	Title       locale.Text            `json:"x-title"`
	Hint        locale.Text            `json:"x-hint"`
	Widget      Widget                 `json:"x-widget"`
	When        *rawWhen               `json:"x-when"`
	Required    bool                   `json:"x-required"`
	Labels      map[string]locale.Text `json:"x-labels"`
	PatternHint locale.Text            `json:"x-pattern-hint"`
	Unit        locale.Text            `json:"x-unit"`
	Width       int                    `json:"x-width"`
	Complete    string                 `json:"x-autocomplete"`
	After       string                 `json:"x-after"`
	Before      string                 `json:"x-before"`
	Limits      []rawLimit             `json:"x-limits"`
	Document    string                 `json:"x-document"`
}

type rawItems struct {
	Type   string   `json:"type"`
	Format string   `json:"format"`
	Enum   []string `json:"enum"`
}

type rawWhen struct {
	Field string `json:"field"`
	In    []any  `json:"in"`
}

type rawLimit struct {
	Field  string `json:"field"`
	In     []any  `json:"in"`
	After  string `json:"after"`
	Before string `json:"before"`
}

const draft2020 = "https://json-schema.org/draft/2020-12/schema"

// The most that a form holds.
const (
	MostQuestions  = 60
	MostPages      = 12
	MostChoices    = 300 // of one question
	MostRadios     = 10  // that are shown at once
	MostFiles      = 5   // of one question
	MostLine       = 500
	MostText       = 5000 // characters
	longestMinutes = 240
)

// maxSchema is more than twice the size of the longest form we could imagine.
const maxSchema = 256 << 10

// decode reads a form that asks for something.
func decode(raw []byte) (rawForm, error) {
	f, err := readRaw(raw)
	switch {
	case err != nil:
		return f, err
	case len(f.Properties) == 0:
		return f, fmt.Errorf("no properties; expected 1 to %d", MostQuestions)
	case len(f.Steps) == 0:
		return f, fmt.Errorf("no x-steps; expected 1 to %d", MostPages)
	}
	return f, nil
}

// readRaw reads what is written in the dialect, whether it asks for anything or not.
func readRaw(raw []byte) (rawForm, error) {
	var f rawForm
	if len(raw) > maxSchema {
		return f, fmt.Errorf("the form is larger than %d bytes", maxSchema)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return f, fmt.Errorf("not a form: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return f, errors.New("something follows the form")
	}
	switch {
	case f.Schema != draft2020:
		return f, fmt.Errorf("$schema must be %q", draft2020)
	case f.Type != "object":
		return f, errors.New(`type must be "object"`)
	case f.Additional == nil || *f.Additional:
		return f, errors.New("additionalProperties must be false")
	case len(f.Properties) > MostQuestions:
		return f, fmt.Errorf("%d properties; expected 1 to %d", len(f.Properties), MostQuestions)
	case len(f.Steps) > MostPages:
		return f, fmt.Errorf("%d x-steps; expected 1 to %d", len(f.Steps), MostPages)
	case f.Minutes < 0 || f.Minutes > longestMinutes:
		return f, fmt.Errorf("x-minutes must be 0 to %d", longestMinutes)
	}
	return f, nil
}

package cases

import (
	"slices"
	"time"
	"unicode/utf8"

	"portal.example/shared/fault"
)

// Draft is a text that somebody has typed for an act and not sent yet.
type Draft struct {
	Text string
	At   time.Time
}

// Presence is a colleague who looks at a case now.
type Presence struct {
	Name    string
	Writing bool // has typed a moment ago
}

// How long somebody is said to look at a case after the last sign of them, and to write after the last letter.
const (
	PresentFor = 90 * time.Second
	writingFor = time.Minute
)

// checkDraft refuses what is not the text of an act.
func checkDraft(field, text string) error {
	if !slices.ContainsFunc(Acts, func(act Act) bool { return FieldOf(act) == field }) {
		return fault.New(fault.Invalid, "")
	}
	if utf8.RuneCountInString(text) > maxText {
		return fault.InvalidFields(fault.FieldError{Field: field, Key: "form.too_long", Args: []any{maxText}})
	}
	return nil
}

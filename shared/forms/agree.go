package forms

import (
	"slices"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// CardDocument is a document of a card's exhaustive list, as far as the form has to agree with it.
type CardDocument struct {
	ID       string
	Name     locale.Text
	Required bool // of everybody
	Attached bool // a copy goes with the application; others are only shown, or are the application itself
}

// Disagreement is one thing that the form asks otherwise than the card.
type Disagreement struct {
	Key      string       // of the words
	Field    *Field       // that asks for files; nil when the form has no place for the document
	Document CardDocument // zero for files that the card does not list
}

// Problem is the disagreement in words, at a field of the page that tells it.
func (d Disagreement) Problem(field string) fault.FieldError {
	name := d.Document.Name
	if d.Document.ID == "" {
		name = d.Field.Title
	}
	return fault.FieldError{Field: field, Key: d.Key, Args: []any{name}}
}

// Disagreements says where the form asks for something else than the card: files for a document that the card does not
// list, a document that the card demands and the form calls optional, and one that the form has no place for. A citizen
// who does what the form says would be refused for it by the card.
func (f *Form) Disagreements(documents []CardDocument) (found []Disagreement) {
	files := f.FileFields()
	for _, field := range files {
		if !slices.ContainsFunc(documents, func(d CardDocument) bool { return d.ID == field.Document }) {
			found = append(found, Disagreement{Key: "forms.card_unlisted", Field: field})
		}
	}
	for _, d := range documents {
		if !d.Required {
			continue
		}
		i := slices.IndexFunc(files, func(field *Field) bool { return field.Document == d.ID })
		switch {
		case i < 0 && d.Attached:
			found = append(found, Disagreement{Key: "forms.card_unasked", Document: d})
		case i >= 0 && (!files[i].Required || files[i].When != nil):
			found = append(found, Disagreement{Key: "forms.card_optional", Field: files[i], Document: d})
		}
	}
	return found
}

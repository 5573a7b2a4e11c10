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

// Disagreements says where the form asks for something else than the card: files for a document that the card does not
// list, a document that the card demands and the form calls optional, and one that the form has no place for. A citizen
// who does what the form says would be refused for it by the card.
func (f *Form) Disagreements(documents []CardDocument) (found []fault.FieldError) {
	files := f.FileFields()
	for _, field := range files {
		if !slices.ContainsFunc(documents, func(d CardDocument) bool { return d.ID == field.Document }) {
			found = append(found, fault.FieldError{Field: "documents", Key: "forms.card_unlisted", Args: []any{field.Title}})
		}
	}
	for _, d := range documents {
		if !d.Required {
			continue
		}
		i := slices.IndexFunc(files, func(field *Field) bool { return field.Document == d.ID })
		switch {
		case i < 0 && d.Attached:
			found = append(found, fault.FieldError{Field: "documents", Key: "forms.card_unasked", Args: []any{d.Name}})
		case i >= 0 && (!files[i].Required || files[i].When != nil):
			found = append(found, fault.FieldError{Field: "documents", Key: "forms.card_optional", Args: []any{d.Name}})
		}
	}
	return found
}

package locale

// Text is a piece of content in both languages; Ukrainian is the one that is always there.
type Text struct {
	UK string `json:"uk" yaml:"uk"`
	EN string `json:"en,omitempty" yaml:"en,omitempty"`
}

// In returns the text in the language lang and the language it is really in: content that
// has not been translated comes back in Ukrainian, so that the page can mark it with lang="uk".
func (t Text) In(lang Lang) (text string, in Lang) {
	if lang == EN && t.EN != "" {
		return t.EN, EN
	}
	return t.UK, UK
}

// IsZero reports whether the text is empty in both languages.
func (t Text) IsZero() bool { return t.UK == "" && t.EN == "" }

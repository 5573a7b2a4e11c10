package catalogue_test

import (
	"testing"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
)

// Whoever types a description without a single tag still has paragraphs and lines in it.
func TestDescriptionWithoutTagsKeepsItsParagraphs(t *testing.T) {
	for typed, want := range map[string]string{
		"Один рядок":                           "Один рядок",
		"Перший\nрядок\n\nДругий":              "<p>Перший<br>\nрядок</p>\n<p>Другий</p>",
		"\n Перший\n \n\n\nДругий & третій \n": "<p>Перший</p>\n<p>Другий &amp; третій</p>",
		"<p>Перший</p>\n\n<p>Другий</p>":       "<p>Перший</p>\n\n<p>Другий</p>",
	} {
		card := fixture.Card()
		card.Description.UK = typed
		tidied := catalogue.Tidy(card, nil)
		if tidied.Description.UK != want {
			t.Errorf("%q became %q, want %q", typed, tidied.Description.UK, want)
		}
		if again := catalogue.Tidy(tidied, nil); again.Description.UK != want {
			t.Errorf("tidied twice it is %q", again.Description.UK)
		}
	}
}

package catalogue_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
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

// Questions and other ways online are kept only when they lead somewhere.
func TestQuestionsAndOtherWaysOnline(t *testing.T) {
	uk := func(s string) locale.Text { return locale.Text{UK: s} }
	good := contract.Card{
		Questions: []contract.CardQuestion{{Text: uk("Чи?"), Stop: contract.AnswerNo, Advice: uk("Тоді ні")}, {}},
		Online:    []contract.OnlineWay{{Name: uk("Дія"), URL: "https://diia.example/x"}, {}},
	}
	tidied := catalogue.Tidy(good, uuid.New)
	if len(tidied.Questions) != 1 || tidied.Questions[0].ID == "" || len(tidied.Online) != 1 {
		t.Errorf("%+v %+v", tidied.Questions, tidied.Online)
	}
	if err := catalogue.CheckCard(tidied, false); err != nil {
		t.Errorf("a good card: %v", err)
	}
	for field, change := range map[string]func(*contract.Card){
		"questions.0.text.uk":   func(c *contract.Card) { c.Questions[0].Text.UK = "" },
		"questions.0.stop":      func(c *contract.Card) { c.Questions[0].Stop = "maybe" },
		"questions.0.advice.uk": func(c *contract.Card) { c.Questions[0].Advice = locale.Text{} },
		"questions":             func(c *contract.Card) { c.Questions = slices.Repeat(c.Questions, 9) },
		"online.0.url":          func(c *contract.Card) { c.Online[0].URL = "javascript:alert(1)" },
		"online.0.name.uk":      func(c *contract.Card) { c.Online[0].Name = locale.Text{} },
		"payout.uk":             func(c *contract.Card) { c.Payout.UK = strings.Repeat("я", 100_000) },
	} {
		card := catalogue.Tidy(good, uuid.New)
		change(&card)
		var wrong *fault.Error
		err := catalogue.CheckCard(card, false)
		if !errors.As(err, &wrong) || !slices.ContainsFunc(wrong.Fields, func(f fault.FieldError) bool { return f.Field == field }) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

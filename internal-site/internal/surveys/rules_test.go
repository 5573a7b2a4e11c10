package surveys_test

import (
	"errors"
	"testing"

	"portal.example/internal-site/internal/surveys"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// What is wrong with a question is named as the form calls it; a right one is kept with keys of its own.
func TestQuestionsAreMadeOfWhatIsTyped(t *testing.T) {
	var s surveys.Survey
	for field, asked := range map[string]surveys.Asked{
		"kind":       {Text: both("Чому?")},
		"text.en":    {Kind: contract.AskScale, Text: locale.Text{UK: "Чому?"}},
		"limit":      {Kind: contract.AskText, Text: both("Чому?"), LimitTyped: "2001"},
		"options.uk": {Kind: contract.AskChoice, Text: both("Чому?"), Options: both("одне")},
		"options.en": {Kind: contract.AskChoice, Text: both("Чому?"), Options: locale.Text{UK: "одне\nдруге", EN: "one"}},
	} {
		var f *fault.Error
		if err := s.Put("", asked); !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Field != field {
			t.Errorf("%s: %+v", field, err)
		}
	}
	must(t, s.Put("", surveys.Asked{Kind: contract.AskChoice, Text: both(" Як\u202e дізналися? "), Options: locale.Text{UK: "сайт\n\nлюди", EN: "site\npeople"}}))
	must(t, s.Put("", surveys.Asked{Kind: contract.AskYesNo, Text: both("Чи зручно?")}))
	if q := s.Questions[0]; q.Key != "q1" || q.Text.UK != "Як дізналися?" || len(q.Options) != 2 || q.Options[1].Text.EN != "people" {
		t.Errorf("%+v", q)
	}
	must(t, s.Raise("q2"))
	must(t, s.Remove("q1"))
	must(t, s.Put("", surveys.Asked{Kind: contract.AskScale, Text: both("Оцініть")}))
	if len(s.Questions) != 2 || s.Questions[1].Key != "q3" {
		t.Errorf("a key is used again: %+v", s.Questions)
	}
	if err := s.Remove("q1"); !fault.Is(err, fault.NotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

package questions

import (
	"reflect"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// What looks like somebody's data is named before it is published; the words of an answer are not.
func TestReveals(t *testing.T) {
	thread := Thread{Name: "Олена Кравченко"}
	for text, want := range map[string][]string{
		"Чи можна подати заяву онлайн? Так, за статтею 10 закону № 5203-VI, до 30 днів, 2026 року.": nil,
		"Олено, вам відповіли":                       {"Олено"},
		"для громадянки Кравченко та пані Кравченко": {"Кравченко"},
		"пишіть на olena@example.com":                {"olena@example.com"},
		"телефон +380 67 123-45-67, код 3184710691":  {"+380 67 123-45-67", "3184710691"},
	} {
		if got := thread.reveals(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, expected %q", text, got, want)
		}
	}
}

func TestWordingIsChecked(t *testing.T) {
	good := Wording{Question: locale.Text{UK: "Як?"}, Answer: locale.Text{UK: "Так."}}
	with := func(change func(*Wording)) Wording { w := good; change(&w); return w }
	for name, c := range map[string]struct {
		wording Wording
		wrong   string
	}{
		"good":                       {good, ""},
		"blank":                      {with(func(w *Wording) { w.Answer.UK = " \n" }), "answer.uk questions.answer_missing"},
		"half in English":            {with(func(w *Wording) { w.Question.EN = "How?" }), "answer.en questions.answer_en_missing"},
		"too long":                   {with(func(w *Wording) { w.Question.UK = strings.Repeat("я", MaxPublished+1) }), "question.uk form.too_long"},
		"a number":                   {with(func(w *Wording) { w.Answer.UK = "Код 3184710691" }), "answer.uk questions.answer_reveals"},
		"a number that is looked at": {with(func(w *Wording) { w.Answer.UK, w.Despite = "Телефон 044 000 00 01", true }), ""},
	} {
		got := ""
		if f, ok := c.wording.check(Thread{Name: "Олена"}).(*fault.Error); ok { //nolint:errorlint // it is made here
			for _, e := range f.Fields {
				got += e.Field + " " + e.Key
			}
		}
		if got != c.wrong {
			t.Errorf("%s: %q, expected %q", name, got, c.wrong)
		}
	}
}

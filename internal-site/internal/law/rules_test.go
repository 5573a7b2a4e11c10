package law

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

func TestParse(t *testing.T) {
	for typed, want := range map[string]asked{
		"№ 5203-VI":   {numbers: []string{"5203-vi"}},
		"5203 VI":     {numbers: []string{"5203-vi"}},
		"5203-vi":     {numbers: []string{"5203-vi"}},
		"5203vi":      {numbers: []string{"5203-vi"}},
		"5203 – ХІ":   {numbers: []string{"5203-хі"}},
		"5203":        {numbers: []string{"5203"}},
		"закон №5203": {words: "закон", numbers: []string{"5203"}},
		"кму 588":     {words: "кму", numbers: []string{"588"}},
		"393/96 ВР":   {numbers: []string{"393/96-вр"}},
		"Закон від 06.09.2012 № 5203-VI": {words: "закон від", numbers: []string{"5203-vi"}, days: []time.Time{time.Date(2012, 9, 6, 0, 0, 0, 0, time.UTC)}},
		"про звернення, 100%":            {words: "про звернення", numbers: []string{"100%"}},
		"":                               {},
		"588 і зміни":                    {words: "і зміни", numbers: []string{"588"}},
		"5203 - і":                       {numbers: []string{"5203-і"}},
		"21.05.1997р.":                   {days: []time.Time{time.Date(1997, 5, 21, 0, 0, 0, 0, time.UTC)}},
		"2 червня 2021 р.":               {words: "р", days: []time.Time{time.Date(2021, 6, 2, 0, 0, 0, 0, time.UTC)}},
		"32 червня 2021":                 {words: "червня", numbers: []string{"32", "2021"}},
		"https://zakon.rada.gov.ua/laws/show/254%D0%BA/96-%D0%B2%D1%80/print": {numbers: []string{"254к/96-вр"}},
		"№": {},
		"«Про адміністративну процедуру»": {words: "про адміністративну процедуру"},
		strings.Repeat("1 ", 100):         {numbers: slices.Repeat([]string{"1"}, maxAsked)},
	} {
		got := parse(typed)
		if got.words != want.words || !slices.Equal(got.numbers, want.numbers) || !slices.EqualFunc(got.days, want.days, time.Time.Equal) {
			t.Errorf("%q: %+v, want %+v", typed, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	today := time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC)
	tomorrow := today.AddDate(0, 0, 1)
	good := Act{Title: locale.Text{UK: " Про  послуги\n"}, Kind: "law", Level: "state", Number: "№ 5203-VI", URL: " https://zakon.example "}.Tidy()
	if err := good.Check(today); err != nil || good.Number != "5203-VI" {
		t.Errorf("%+v: %v", good, err)
	}
	for name, spoil := range map[string]func(*Act){
		"no title":     func(a *Act) { a.Title.UK = "" },
		"another kind": func(a *Act) { a.Kind = "letter" },
		"no level":     func(a *Act) { a.Level = "" },
		"a script":     func(a *Act) { a.URL = "javascript:alert(1)" },
		"of tomorrow":  func(a *Act) { a.AdoptedOn = &tomorrow },
		"a long title": func(a *Act) { a.Title.UK = strings.Repeat("я", maxTitle+1) },
	} {
		bad := good
		if spoil(&bad); bad.Check(today) == nil {
			t.Errorf("%s is taken", name)
		}
	}
	text := NewEdition{InForceOn: &today, Text: "\r\n Стаття 1\u200b\r\n\r\n  Текст \r\n"}.Tidy()
	if text.Text != "Стаття 1\nТекст" || text.Check(false) != nil {
		t.Errorf("%q", text.Text)
	}
	if (NewEdition{InForceOn: &today}).Check(false) == nil || (NewEdition{InForceOn: &today}).Check(true) != nil {
		t.Error("an edition needs a text or a file, and no more")
	}
	for name, text := range map[string]string{"too many paragraphs": strings.Repeat("а\n", maxParagraphs+1), "a paragraph without an end": "Перший\n" + strings.Repeat("довгий ", 2000)} {
		err := NewEdition{InForceOn: &today, Text: text}.Tidy().Check(false)
		var e *fault.Error
		if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Field != "text" {
			t.Errorf("%s: %v", name, err)
		} else if e.Fields[0].Key == "law.paragraph_long" && e.Fields[0].Args[0] != 2 {
			t.Errorf("it names paragraph %v", e.Fields[0].Args[0])
		}
	}
}

package law

import (
	"slices"
	"strings"
	"testing"
	"time"

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
		"№":                              {},
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
}

package law

import (
	"errors"
	"strings"
	"testing"
	"time"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

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

package formtree_test

import (
	"encoding/json"
	"net/url"
	"reflect"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"portal.example/internal-site/internal/web/formtree"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

func TestCardSurvivesItsForm(t *testing.T) {
	text := rapid.Custom(func(t *rapid.T) locale.Text {
		word := rapid.StringMatching(`[а-яґєії]{0,6}`)
		return locale.Text{UK: word.Draw(t, "uk"), EN: word.Draw(t, "en")}
	})
	rapid.Check(t, func(t *rapid.T) {
		card := contract.Card{
			Description: text.Draw(t, "description"), Term: contract.Term{Days: rapid.IntRange(-1, 60).Draw(t, "days")},
			Filing: rapid.SliceOfN(text, 0, 4).Draw(t, "filing"),
			Fee:    contract.Fee{Paid: rapid.Bool().Draw(t, "paid"), Amount: "12.50"},
		}
		for range rapid.IntRange(0, 12).Draw(t, "documents") {
			card.Documents = append(card.Documents, contract.Document{Name: text.Draw(t, "name"), Required: rapid.Bool().Draw(t, "required")})
		}
		card.Acts = []contract.ActRef{{ID: uuid.New(), Note: text.Draw(t, "note")}}
		var back contract.Card
		if wrong := formtree.Decode(formtree.Encode(card), &back); wrong != nil {
			t.Fatalf("wrong: %v", wrong)
		}
		if a, b := asJSON(card), asJSON(back); a != b {
			t.Fatalf("%s\n%s", a, b)
		}
	})
}

// asJSON is the value with empty lists and missing ones alike.
func asJSON(card contract.Card) string {
	v := reflect.ValueOf(&card).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice && f.Len() == 0 {
			f.SetZero()
		}
	}
	b, _ := json.Marshal(card)
	return string(b)
}

func TestDecode(t *testing.T) {
	var card contract.Card
	wrong := formtree.Decode(url.Values{
		"documents.7.name.uk": {" Заява "}, "documents.2.name.uk": {"Паспорт"}, "documents.2.required": {"true"},
		"term.days": {"десять"}, "acts.5.id": {"nonsense"}, "documents.x.name.uk": {"ні"}, "documents.-1.name.uk": {"ні"},
	}, &card)
	if len(card.Documents) != 2 || card.Documents[0].Name.UK != "Паспорт" || !card.Documents[0].Required || card.Documents[1].Name.UK != "Заява" {
		t.Errorf("documents %+v", card.Documents)
	}
	if len(wrong) != 2 || wrong[0].Field != "term.days" || wrong[1].Field != "acts.0.id" {
		t.Errorf("wrong %+v", wrong)
	}
}

func TestDo(t *testing.T) {
	list := func(words ...string) contract.Card {
		var c contract.Card
		for _, w := range words {
			c.Filing = append(c.Filing, locale.Text{UK: w})
		}
		return c
	}
	for command, want := range map[string]struct {
		rows  string
		focus string
		ok    bool
	}{
		"add filing":         {"a b c ", "filing-3", true},
		"remove filing 1":    {"a c", "filing", true},
		"up filing 1":        {"b a c", "filing-0", true},
		"up filing 0":        {"a b c", "filing-0", true},
		"down filing 2":      {"a b c", "filing-2", true},
		"down filing 0":      {"b a c", "filing-1", true},
		"remove filing 3":    {"a b c", "", false},
		"remove nothing 0":   {"a b c", "", false},
		"remove term.days 0": {"a b c", "", false},
		"save":               {"a b c", "", false},
	} {
		t.Run(command, func(t *testing.T) {
			card := list("a", "b", "c")
			focus, ok := formtree.Do(&card, command)
			got := ""
			for i, f := range card.Filing {
				if i > 0 {
					got += " "
				}
				got += f.UK
			}
			if got != want.rows || focus != want.focus || ok != want.ok {
				t.Errorf("got %q, %q, %t", got, focus, ok)
			}
		})
	}
}

// Numbers take the spaces that people put between their digits, as everywhere.
func TestNumbersTakeSpaces(t *testing.T) {
	for typed, want := range map[string]int{"10": 10, "1 000": 1000, "1\u00a0000": 1000, "1\u202f000": 1000, " -5 ": -5} {
		var card contract.Card
		if wrong := formtree.Decode(url.Values{"term.days": {typed}}, &card); wrong != nil || card.Term.Days != want {
			t.Errorf("%q is %d, %v", typed, card.Term.Days, wrong)
		}
	}
}

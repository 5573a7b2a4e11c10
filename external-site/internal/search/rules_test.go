package search

import (
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for typed, want := range map[string][]string{
		"":                      nil,
		"  Житлова   СУБСИДІЯ ": {"житлова", "субсидія"},
		"об'єкт об’єкт обʼєкт об`єкт": {"обєкт"}, // four shapes, one word
		"особи-підприємця, т.п.":      {"особи", "підприємця", "т", "п"},
		"№ 5/2026":                     {"5", "2026"},
		"пaспорт Passport":             {"паспорт", "passport"}, // the first with a Latin a
		"а' | b & !c <-> :* ( \\ \x00": {"а", "b", "c"},
		strings.Repeat("слово ", 100):  {"слово"},
		"\xff\xfe паспорт":             {"паспорт"},
		strings.Repeat("а б в г д е ", 5) + "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20": {"а", "б", "в", "г", "д", "е", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18"},
	} {
		if got := Parse(typed); !slices.Equal(got.Words, want) {
			t.Errorf("%q: %q, want %q", typed, got.Words, want)
		}
	}
	if got := len([]rune(Parse(strings.Repeat("я", 5000)).Text)); got != MaxRunes {
		t.Errorf("a long text keeps %d characters", got)
	}
}

func TestCode(t *testing.T) {
	for typed, want := range map[string]string{
		"00034": "00034", " 01-01/01 ": "01-01/01", "5": "", "34 грн": "", "--": "", "субсидія": "",
	} {
		if got := Parse(typed).Code(); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func TestOtherLayout(t *testing.T) {
	for typed, want := range map[string]string{"gfcgjhn": "паспорт", "Ce,cblsz": "субсидія", "] ;": ""} {
		got, ok := otherLayout(typed, ukrKeys)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", typed, got, ok)
		}
	}
	if _, ok := otherLayout("паспорт abc", ukrKeys); ok {
		t.Error("a Cyrillic text was taken for another layout")
	}
}

func TestClosest(t *testing.T) {
	words := []Candidate{{"паспорт", 9}, {"пасовище", 3}, {"субсидія", 5}, {"субсидії", 7}, {"рада", 2}, {"реєстрація", 4}, {"виписатися", 8}}
	for typed, want := range map[string]string{
		"пасорт": "паспорт", "пспорт": "паспорт", "субсідія": "субсидія", "рєестрація": "реєстрація",
		"субсиді":    "субсидії",                    // as far from both, and used by more services
		"записатися": "", "вписатися": "виписатися", // another word, and a slip
		"рода": "рада", "рд": "", "зоопарк": "", "паспорт": "", // the word itself needs no correction
	} {
		got, ok := closest(typed, words)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "аб", 2}, {"аб", "ба", 1}, {"кіт", "кит", 1}, {"кіт", "кіт", 0}, {"шлюб", "шлб", 1}, {"абвг", "вгаб", 4}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: %d, want %d", c.a, c.b, got, c.want)
		}
		if got := distance(c.b, c.a); got != c.want {
			t.Errorf("%q and %q: %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestAlign(t *testing.T) {
	for _, c := range []struct{ original, marked, want string }{
		{"Об’єкт і сім'я", "\ue000обєкт\ue001 і сімя", "[Об’єкт] і сім'я"},
		{"сім'я", "\ue000сімя\ue001", "[сім'я]"},
		{"сім'", "\ue000сім\ue001", "[сім]'"},
		{"'сім", "\ue000сім\ue001", "'[сім]"},
		{"зовсім інше", "\ue000не\ue001 те", "зовсім інше"},
		{"коротше", "\ue000коротше\ue001 довше", "[коротше]"},
		{"", "", ""},
	} {
		if got := shown(align(c.original, c.marked)); got != c.want {
			t.Errorf("%q over %q: %q, want %q", c.marked, c.original, got, c.want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("перед цим ", 30)
	got := shown(excerpt(Pieces{{Text: long}, {Text: "знахідка", Found: true}, {Text: " " + long}}, 100))
	if !strings.HasPrefix(got, "… ") || !strings.HasSuffix(got, " …") || !strings.Contains(got, "[знахідка]") || len([]rune(got)) > 110 {
		t.Errorf("%q", got)
	}
	whole := Pieces{{Text: "короткий "}, {Text: "текст", Found: true}}
	if got := shown(excerpt(whole, 100)); got != "короткий [текст]" {
		t.Errorf("%q", got)
	}
}

func shown(p Pieces) string {
	var b strings.Builder
	for _, piece := range p {
		if piece.Found {
			b.WriteString("[" + piece.Text + "]")
		} else {
			b.WriteString(piece.Text)
		}
	}
	return b.String()
}

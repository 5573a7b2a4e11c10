package clean_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"portal.example/internal-site/internal/importing/clean"
)

func TestText(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		repairs        []clean.Repair
	}{
		{"clean", "Видача довідки про об’єкт «Мрія»", "Видача довідки про об’єкт «Мрія»", nil},
		{"spaces", "  Прийняття  до\u00a0громадянства ", "Прийняття до громадянства", []clean.Repair{clean.Invisible, clean.Spaces}},
		{"space before comma", "Музейного фонду , та", "Музейного фонду, та", []clean.Repair{clean.Spaces}},
		{"space before full stop", "кінець . Далі ( так ) ?", "кінець. Далі (так)?", []clean.Repair{clean.Spaces}},
		{"file extension", "у форматі .doc", "у форматі .doc", nil},
		{"glued comma", "влади,Обласна", "влади, Обласна", []clean.Repair{clean.Spaces}},
		{"number keeps its comma", "розмір 1,5", "розмір 1,5", nil},
		{"byte-order mark", "\ufeffДовідка\u200b", "Довідка", []clean.Repair{clean.Invisible}},
		{"decomposed", "Наи\u0306менування", "Найменування", []clean.Repair{clean.Invisible}},
		{"four apostrophes", "об'єкт об`єкт обʼєкт об’єкт", "об’єкт об’єкт об’єкт об’єкт", []clean.Repair{clean.Apostrophe}},
		{"not an apostrophe", "'цитата' it's", "'цитата' it's", nil},
		{"straight quotes", `звання "Мати-героїня"`, "звання «Мати-героїня»", []clean.Repair{clean.Quotes}},
		{"one quote stays", `екран 15" та`, `екран 15" та`, nil},
		{"English quotes", "“Будинок”", "«Будинок»", []clean.Repair{clean.Quotes}},
		{"German quotes", "„Будинок“", "«Будинок»", []clean.Repair{clean.Quotes}},
		{"Latin c", "наявніcть", "наявність", []clean.Repair{clean.Letters}},
		{"Latin i", "експлуатацiї пiд", "експлуатації під", []clean.Repair{clean.Letters}},
		{"Cyrillic in English", "\u041ebtaining health care", "Obtaining health care", []clean.Repair{clean.Letters}},
		{"lone i", "права i свободи", "права і свободи", []clean.Repair{clean.Letters}},
		{"list mark stays", "пункт i) та", "пункт i) та", nil},
		{"Roman number of two alphabets", "V\u0406 категорії", "VI категорії", []clean.Repair{clean.Letters}},
		{"could be either", "I\u0406 категорії", "I\u0406 категорії", nil},
		{"real Latin word", "SMS-повідомлень XML", "SMS-повідомлень XML", nil},
		{"no twin", "тестzвернення", "тестzвернення", nil},
		{"letter and apostrophe", "здоров'я здopoв'я", "здоров’я здоров’я", []clean.Repair{clean.Letters, clean.Apostrophe}},
		{"capitals stay", "ДОВІДКА", "ДОВІДКА", nil},
		{"empty", " \t\n", "", []clean.Repair{clean.Invisible, clean.Spaces}},
	} {
		got, repairs := clean.Text(c.in)
		if got != c.want || !slices.Equal(repairs, c.repairs) {
			t.Errorf("%s: %q, %v; want %q, %v", c.name, got, repairs, c.want, c.repairs)
		}
	}
}

func TestTextCleanedTwiceIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("аеіoiaпрVI’'`\"“”„«» ,.()1\u00a0\ufeff\u0306")), 0, 30, -1).Draw(t, "text")
		once, _ := clean.Text(s)
		if twice, repairs := clean.Text(once); twice != once {
			t.Fatalf("%q → %q → %q (%v)", s, once, twice, repairs)
		}
	})
}

func TestFoldFindsTheSameName(t *testing.T) {
	for _, pair := range [][2]string{
		{"Головне Управління Держпродспоживслужби", "Головне управління  Держпродспоживслужби "},
		{"Міністерство охорони здоров'я", "Міністерство охорони здоров’я "},
		{"ДП «Мрія» – філія", `дп "Мрія" - філія`},
	} {
		if clean.Fold(pair[0]) != clean.Fold(pair[1]) {
			t.Errorf("%q and %q differ: %q, %q", pair[0], pair[1], clean.Fold(pair[0]), clean.Fold(pair[1]))
		}
	}
}

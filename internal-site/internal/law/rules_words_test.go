package law

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestStems(t *testing.T) {
	for typed, want := range map[string]string{
		"послугами": "послуг:*", "Послуги": "послу:*", "строк": "стро:*", "стаття 12": "стат:* & 12", "в 5-VI": "в & 5 & vi",
		"комп’ютер": "компют:*", "п'ять & ! (:*) \\ '": "пят:*", "": "", "…": "", "1 2 3 4 5 6 7 8 9": "1 & 2 & 3 & 4 & 5 & 6 & 7 & 8",
	} {
		if got := tsquery(stems(typed)); got != want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	sought := stems("строк розгляду")
	paragraphs := []string{"Стаття 1", "Строки", "Заяву розглядають у строк до 30 днів; строк розгляду можна продовжити", "Строк розгляду"}
	if at := place(paragraphs, sought); at != 2 {
		t.Error(at)
	}
	long := strings.Repeat("слово ", 200) + "і строк розгляду " + strings.Repeat("далі ", 200)
	if text := piece(long, sought); !strings.HasPrefix(text, "… слово") || !strings.Contains(text, "строк розгляду") || utf8.RuneCountInString(text) > around+1 {
		t.Error(text)
	}
	if text := piece("Строк", sought); text != "Строк" {
		t.Error(text)
	}
	parts := [][]string{{"а", "б"}, {"в"}}
	for paragraph, want := range [][2]int{{1, 0}, {1, 1}, {2, 0}, {1, -1}} {
		if page, at := PageOf(parts, paragraph); !slices.Equal([]int{page, at}, want[:]) {
			t.Errorf("%d: %d %d", paragraph, page, at)
		}
	}
}

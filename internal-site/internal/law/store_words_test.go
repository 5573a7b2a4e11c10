package law_test

import (
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/law"
	"portal.example/shared/fault"
)

// Words are found in the text in force, in any of their endings, with the heading under which they stand.
func TestWordsAreFoundInTexts(t *testing.T) {
	_, s, manager := newLibrary(t)
	add := func(title, number string, editions ...law.NewEdition) law.Act {
		t.Helper()
		a := act(title, "law", number, "Верховна Рада України", day(2012, 9, 6))
		if err := s.Save(t.Context(), manager, a); err != nil {
			t.Fatal(err)
		}
		for i, n := range editions {
			n.Version = i + 1
			if _, err := s.AddEdition(t.Context(), manager, a.ID, n, nil); err != nil {
				t.Fatal(err)
			}
		}
		return a
	}
	long := "Стаття 1. Терміни\n" + strings.Repeat("Звичайний абзац, у якому нічого немає.\n", 1200) + "Перелік подають разом із заявою, п’ятнадцять днів.\nСтаття 2. Кінець"
	services := add("Про послуги", "1-IX", edition(0, day(2020, 1, 1), "Стаття 5. Архівна\nстроки оскарження"), edition(0, day(2024, 1, 1), long), edition(0, day(2030, 1, 1), "майбутня норма"))
	add("Про інше", "2-IX", edition(0, day(2020, 1, 1), "Стаття 7. Оскарження\nЗаяви подають за ст.12 закону"))
	for q, want := range map[string]string{
		"заявою перелік": "Про послуги: Стаття 1. Терміни", "пʼятнадцяти": "Про послуги: Стаття 1. Терміни", "ОСКАРЖЕНЬ": "Про інше: Стаття 7. Оскарження",
		"заява": "Про інше: Стаття 7. Оскарження, Про послуги: Стаття 1. Терміни", "12": "Про інше: Стаття 7. Оскарження", "кінець": "Про послуги: Стаття 2. Кінець",
		"строки оскарження": "", "майбутня": "", "заява дракон": "", " ": "", "заяв | (": "Про інше: Стаття 7. Оскарження, Про послуги: Стаття 1. Терміни",
	} {
		list, total, err := s.FindPlaces(t.Context(), manager, q, 1, 50)
		places := []string{}
		for _, f := range list {
			places = append(places, f.Title.UK+": "+f.Heading)
		}
		if got := strings.Join(places, ", "); err != nil || got != want || total != len(list) {
			t.Errorf("%q: %s (%d), want %s; %v", q, got, total, want, err)
		}
	}
	list, _, err := s.FindPlaces(t.Context(), manager, "перелік", 1, 1)
	if err != nil || len(list) != 1 || list[0].Part < 2 || list[0].ID != services.ID || !strings.HasPrefix(list[0].Paragraph, "Перелік") {
		t.Fatalf("%+v %v", list, err)
	}
	// The place leads to the paragraph in the whole text.
	before, err := s.Paragraphs(t.Context(), manager, list[0].EditionID, list[0].Part)
	if err != nil || law.Paragraphs(long)[before+list[0].Index] != list[0].Paragraph {
		t.Errorf("%d before, %v", before, err)
	}
	if _, err := s.Paragraphs(t.Context(), manager, list[0].EditionID, 99); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if list, total, err := s.FindPlaces(t.Context(), manager, "заява", 2, 1); err != nil || total != 2 || len(list) != 1 || list[0].ID != services.ID {
		t.Errorf("%d of %d, %v", len(list), total, err)
	}
	if _, _, err := s.FindPlaces(t.Context(), access.Actor{}, "заява", 1, 1); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
}

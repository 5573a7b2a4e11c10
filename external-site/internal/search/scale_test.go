package search_test

import (
	"testing"
)

// BenchmarkHundredThousand searches a catalogue of 100,000 services, each with a card that asks for a passport, by what finds few of
// them, many, none, and one after correction. The names are those of a real catalogue, repeated.
func BenchmarkHundredThousand(b *testing.B) {
	db := pgtestScale(b)
	s := searcher(b, db)
	for _, typed := range []string{
		"видача довідки", "субсидія", "паспорт", "реєстрація земельної ділянки", "субсідія", "subsydiya", "зоопарк",
		"не знаю що мені треба у мене народилась дитина куди звертатися",
	} {
		b.Run(typed, func(b *testing.B) {
			for b.Loop() {
				found, err := s.Services(b.Context(), typed, day)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := s.Others(b.Context(), found); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

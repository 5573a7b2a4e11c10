package cases_test

import (
	"testing"

	"portal.example/internal-site/internal/cases"
)

func TestNumber(t *testing.T) {
	for pattern, want := range map[string]string{
		"{centre}-{year}-{number:6}":  "01-2026-000042",
		"{number}/{year}/{centre}":    "42/2026/01",
		"Ц{centre}.{year}.{number:3}": "Ц01.2026.042",
	} {
		if got := cases.Number(pattern, "01", 2026, 42); got != want {
			t.Errorf("%s: got %s, want %s", pattern, got, want)
		}
	}
}

func TestValidPattern(t *testing.T) {
	for pattern, want := range map[string]bool{
		"{centre}-{year}-{number:6}":        true,
		"{year}-{number:6}":                 false,
		"{centre}-{number:6}":               false,
		"{centre}-{year}":                   false,
		"{centre}-{year}-{number:12}":       false,
		"{centre}-{year}-{number}-{letter}": false,
	} {
		if got := cases.ValidPattern(pattern); got != want {
			t.Errorf("%s: got %t", pattern, got)
		}
	}
}

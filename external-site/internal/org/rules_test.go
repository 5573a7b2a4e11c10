package org

import (
	"slices"
	"testing"
	"time"

	"portal.example/shared/hours"
	"portal.example/shared/locale"
)

func TestOpenNowKeepsTheOrder(t *testing.T) {
	centre := func(code, opens string) Centre {
		return Centre{Body: Body{Code: code, Schedule: hours.Schedule{Week: []hours.Day{{Weekday: 1, Opens: opens, Closes: "17:00"}}}}}
	}
	all := []Centre{centre("b", "08:00"), centre("late", "12:00"), centre("a", "09:00"), {Body: Body{Code: "unknown"}}}
	var codes []string
	for _, c := range OpenNow(all, time.Date(2026, 11, 23, 10, 0, 0, 0, locale.Kyiv())) {
		codes = append(codes, c.Code)
	}
	if want := []string{"b", "a"}; !slices.Equal(codes, want) {
		t.Errorf("open are %v, want %v", codes, want)
	}
	if len(all) != 4 || all[1].Code != "late" {
		t.Error("the list that was given has changed")
	}
}

func TestSettlementsAreNamedWithTheirKind(t *testing.T) {
	for _, tt := range []struct{ category, name, want string }{
		{"M", "Зоря", "м. Зоря"},
		{"K", "Київ", "м. Київ"},
		{"T", "Ґрунь", "смт Ґрунь"},
		{"C", "Лугове", "с. Лугове"},
		{"X", "Хутірське", "с-ще Хутірське"},
		{"B", "Центральний", "Центральний"},
		{"", "Зоря", "Зоря"},
		{"M", "", ""},
	} {
		if got := unitName(tt.category, tt.name); got != tt.want {
			t.Errorf("%q %q: %q, want %q", tt.category, tt.name, got, tt.want)
		}
	}
}

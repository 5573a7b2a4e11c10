package org

import (
	"slices"
	"testing"

	"portal.example/shared/locale"
)

// codifier is a region of two districts and a city beside it.
func codifier() Places {
	return newPlaces([]unit{
		{"UA01000000000000001", "O", "Приозерна"},
		{"UA01010000000000002", "P", "Озерний"},
		{"UA01010010000000003", "H", "Зорянська "},
		{"UA01010010010000004", "M", "Зоря"},
		{"UA01010010020000005", "C", "Нова Зоря"},
		{"UA01010010030000006", "X", "Знам’янка"},
		{"UA01010020000000007", "H", "Ґрунівська"},
		{"UA01010020010000008", "X", "Ґрунь"},
		{"UA01020000000000009", "P", "Лісовий"},
		{"UA01020010000000010", "H", "Борова"},
		{"UA01020010010000011", "C", "Зоря"},
		{"UA80000000000000012", "K", "Київ"},
		{"UA80000000010000013", "B", "Центральний"},
	})
}

func TestPlacesAreFoundByTheBeginningOfAWord(t *testing.T) {
	all := codifier()
	for typed, want := range map[string][]string{
		"зоря":      {"м. Зоря", "с. Зоря", "Зорянська", "с. Нова Зоря"},
		"м. Зоря":   {"м. Зоря", "с. Зоря", "Зорянська", "с. Нова Зоря"},
		"ЗОР":       {"Зорянська", "м. Зоря", "с. Зоря", "с. Нова Зоря"},
		"знам'ян":   {"с-ще Знам’янка"},
		"знамянка":  {"с-ще Знам’янка"},
		"grun":      {"с-ще Ґрунь", "Ґрунівська"},
		"київ":      {"м. Київ"},
		"централь":  nil,
		"орянська":  nil,
		"":          nil,
		"с. ":       nil,
		"Приозерна": nil, // a region is no choice
	} {
		var got []string
		for _, p := range all.Find(typed, 10) {
			got = append(got, p.Kind+p.Name.UK)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
	if n := len(all.Find("зор", 2)); n != 2 {
		t.Errorf("%d places, want the first two", n)
	}
}

func TestAPlaceKnowsItsCommunityAndDistrict(t *testing.T) {
	all := codifier()
	if got := all.Find("с. зоря", 10)[1]; got.Community.Name != (locale.Text{UK: "Борова", EN: "Borova"}) || got.District.UK != "Лісовий" {
		t.Errorf("%+v", got)
	}
	if city := all.Find("київ", 1)[0]; !city.Community.City || !city.District.IsZero() {
		t.Errorf("%+v", city)
	}
	if c, known := all.Community("UA01010020000000007"); !known || c.Name.UK != "Ґрунівська" {
		t.Errorf("%+v, %v", c, known)
	}
	for _, code := range []string{"", "UA01010010010000004", "UA99010020000000007"} {
		if _, known := all.Community(code); known {
			t.Errorf("%q is a community", code)
		}
	}
	if n := len(all.Communities()); n != 4 {
		t.Errorf("%d communities, want 4", n)
	}
}

func TestNearestCentres(t *testing.T) {
	at := func(code, unit, lat, lon string) Centre {
		return Centre{Body: Body{Code: code, UnitCode: unit}, Latitude: lat, Longitude: lon}
	}
	all := []Centre{
		at("far", "UA01020010010000011", "49.0", "34.0"),
		at("nowhere", "", "", ""),
		at("near", "UA01020010010000011", "49.5", "32.4"),
		at("home", "UA01010010010000004", "49.5", "32.2"),
		at("unplaced", "UA01010020010000008", "", ""),
	}
	for community, want := range map[string][]string{
		"UA01010010000000003": {"home", "near", "far", "nowhere", "unplaced"},
		"UA01010020000000007": {"unplaced", "home", "far", "nowhere", "near"}, // its own has no place, so the district counts
		"UA01020010000000010": {"far", "near", "home", "nowhere", "unplaced"},
		"UA01020020000000099": {"far", "near", "nowhere", "home", "unplaced"}, // a community without a centre
		"":                    {"far", "nowhere", "near", "home", "unplaced"},
		"no code":             {"far", "nowhere", "near", "home", "unplaced"},
	} {
		var got []string
		for _, c := range Nearest(all, community) {
			got = append(got, c.Code)
		}
		if !slices.Equal(got, want) {
			t.Errorf("for %q: %q, want %q", community, got, want)
		}
	}
	if all[0].Code != "far" {
		t.Error("the list that was given has changed")
	}
}

// Kyiv and Lviv are 468 kilometres apart.
func TestDistance(t *testing.T) {
	kyiv, lviv := Centre{Latitude: "50.4501", Longitude: "30.5234"}, Centre{Latitude: "49.8397", Longitude: "24.0297"}
	if km := Distance(kyiv, lviv); km < 466 || km > 471 {
		t.Errorf("%.1f km", km)
	}
}

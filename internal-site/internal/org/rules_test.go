package org_test

import (
	"errors"
	"slices"
	"testing"

	"portal.example/internal-site/internal/org"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// TestNumbersOfOrganisationsTakeTheSameSpellings: as the numbers that citizens type do.
func TestNumbersOfOrganisationsTakeTheSameSpellings(t *testing.T) {
	phones := org.Phones("067\u00a0123–45–67\n\n (0362) 63-00-00 приймальня\u200b\n")
	if want := []string{"067 123-45-67", "(0362) 63-00-00 приймальня"}; !slices.Equal(phones, want) {
		t.Errorf("phones %q", phones)
	}
	for typed, key := range map[string]string{"14360570": "", "1436 0570": "", "1436-0570": "", "14360571": "org.edrpou_form", "1436057": "org.edrpou_form"} {
		o := org.Organisation{
			Kind: org.Authority, Code: "civil", Level: "local", Name: locale.Text{UK: "Управління"}, EDRPOU: org.KeptEDRPOU(typed),
		}
		var wrong []fault.FieldError
		if e := (*fault.Error)(nil); errors.As(o.Check(func(string) bool { return true }, func(string) bool { return true }), &e) {
			wrong = e.Fields
		}
		if key == "" && len(wrong) > 0 || key != "" && (len(wrong) != 1 || wrong[0].Key != key) {
			t.Errorf("%q: %v", typed, wrong)
		}
	}
}

// Codes and coordinates are taken as they are copied from letters and maps.
func TestPlacesTakeTheSameSpellings(t *testing.T) {
	for typed, want := range map[string]string{
		"UA01020030010013043": "UA01020030010013043", "ua 0102 0030 0100 13043": "UA01020030010013043", "UА01020030010013043": "UA01020030010013043",
		"UA0102": "UA0102",
	} {
		if got := org.KeptUnit(typed); got != want {
			t.Errorf("the unit %q is kept as %q", typed, got)
		}
	}
	for typed, right := range map[string]bool{
		"50.4501": true, "50,4501": true, " 50,4501° ": true, "-0.5": true, "−12,5": true, "": true,
		"NaN": false, "Inf": false, "1e1": false, "0x1p2": false, "90.1": false, "50.45.01": false, "північ": false,
	} {
		o := org.Organisation{
			Kind: org.Centre, Code: "01", Name: locale.Text{UK: "ЦНАП"}, CasePattern: "{centre}-{year}-{number:6}",
			Latitude: org.KeptDegrees(typed), Longitude: org.KeptDegrees(typed),
		}
		if err := o.Check(func(string) bool { return true }, func(string) bool { return true }); (err == nil) != right {
			t.Errorf("degrees %q: %v", typed, err)
		}
	}
}

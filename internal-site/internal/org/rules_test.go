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

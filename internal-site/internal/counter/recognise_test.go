package counter_test

import (
	"testing"
	"time"

	"portal.example/internal-site/internal/counter"
)

var today = time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC)

// A clerk types into one field whatever the visitor says or shows.
func TestOneFieldKnowsWhatWasTyped(t *testing.T) {
	for typed, want := range map[string]counter.Sought{
		"1234567899":        {Clue: counter.ByTaxNumber, Value: "1234567899"},
		" 123 456 78 99 ":   {Clue: counter.ByTaxNumber, Value: "1234567899"},
		"1234567890":        {Clue: counter.ByTaxNumber, Value: "1234567890", Wrong: "counter.tax_number_wrong"},
		"0671234567":        {Clue: counter.ByPhone, Value: "+380671234567"},
		"(067) 123-45-67":   {Clue: counter.ByPhone, Value: "+380671234567"},
		"+380671234567":     {Clue: counter.ByPhone, Value: "+380671234567"},
		"19780230-12345":    {Clue: counter.ByUNZR, Value: "1978023012345", Wrong: "counter.unzr_wrong"},
		"19780220-12345":    {Clue: counter.ByUNZR, Value: "19780220-12345"},
		"14360570":          {Clue: counter.ByEDRPOU, Value: "14360570"},
		"14360571":          {Clue: counter.ByEDRPOU, Value: "14360571", Wrong: "counter.edrpou_wrong"},
		"кс123456":          {Clue: counter.ByPassport, Value: "КС 123456"},
		"KC 123456":         {Clue: counter.ByPassport, Value: "КС 123456"},
		"123456789":         {Clue: counter.ByPassport, Value: "123456789"},
		"Olena@Example.com": {Clue: counter.ByEmail, Value: "olena@example.com"},
		"Криницевод К.М.":   {Clue: counter.ByName, Value: "Криницевод К.М."},
		"rhbybwtdjl":        {Clue: counter.ByName, Value: "криницевод"},
		"Ghjrjgxer Yfnfkrf": {Clue: counter.ByName, Value: "прокопчук наталка"},
		"Kovalenko":         {Clue: counter.ByName, Value: "Kovalenko"},
		"":                  {Clue: counter.ByName},
	} {
		if got := counter.Recognise(typed, today); got != want {
			t.Errorf("%q: %+v, want %+v", typed, got, want)
		}
	}
}

package contract_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"portal.example/shared/contract"
)

func TestDocumentNumbers(t *testing.T) {
	number, err := contract.NewDocumentNumber(nil)
	if err != nil {
		t.Fatal(err)
	}
	digits := strings.NewReplacer("-", "", "D", "").Replace(number)
	for _, typed := range []string{number, digits, "  " + strings.ToLower(number), "Д" + digits, "№ " + digits[:8] + " " + digits[8:]} {
		if got, ok := contract.ParseDocumentNumber(typed); !ok || got != number {
			t.Errorf("%q is read as %q, %t", typed, got, ok)
		}
	}
	for _, typed := range []string{"", "D-", digits[1:], digits + "0", "R-0000-0000-0195", strings.Repeat("9", 1000)} {
		if _, ok := contract.ParseDocumentNumber(typed); ok {
			t.Errorf("%q is a number", typed)
		}
	}
	rapid.Check(t, func(t *rapid.T) { // one wrong digit is noticed
		at := rapid.IntRange(0, len(digits)-1).Draw(t, "at")
		other := byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
		wrong := digits[:at] + string(other) + digits[at+1:]
		if _, ok := contract.ParseDocumentNumber(wrong); ok != (wrong == digits) {
			t.Errorf("%s: %t", wrong, ok)
		}
	})
}

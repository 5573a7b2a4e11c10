package tracking

import (
	"strings"
	"unicode"

	"portal.example/shared/contract"
)

// Number is what a citizen tracks by.
type Number struct {
	Receipt string // normal form, or ""
	Case    string // as typed, without blanks around it, or ""
}

// ParseNumber reads the number of a receipt or of a case. Anything that could be neither is refused.
func ParseNumber(typed string) (Number, bool) {
	typed = strings.TrimSpace(typed)
	if receipt, ok := contract.ParseReceiptNumber(typed); ok {
		return Number{Receipt: receipt}, true
	}
	typed = strings.Join(strings.Fields(strings.ReplaceAll(typed, "–", "-")), "")
	if len(typed) < 3 || len(typed) > 60 {
		return Number{}, false
	}
	digits := false
	for _, r := range typed {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-/._№", r) {
			return Number{}, false
		}
		digits = digits || unicode.IsDigit(r)
	}
	return Number{Case: typed}, digits
}

// String is the number as people write it.
func (n Number) String() string { return n.Receipt + n.Case }

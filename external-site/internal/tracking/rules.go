package tracking

import (
	"strings"
	"unicode"

	"portal.example/shared/contract"
)

// Number is what a citizen tracks by.
type Number struct {
	Receipt string // normal form, or ""
	Own     string // of a case or another subject: as typed, without blanks around it, or ""
}

// ParseNumber reads the number of a receipt, of a case or of another subject. Anything that could be neither is refused.
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
	return Number{Own: typed}, digits
}

// String is the number as people write it.
func (n Number) String() string { return n.Receipt + n.Own }

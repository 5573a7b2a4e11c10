package tracking

import (
	"strings"
	"unicode"

	"portal.example/shared/contract"
	"portal.example/shared/plain"
	"portal.example/shared/seal"
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
	typed = strings.TrimLeft(strings.ReplaceAll(plain.Spelled(typed), " ", ""), "№")
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

// maxSaid is more than staff can write into an event: 4,000 characters.
const maxSaid = 32 << 10

// open opens what staff wrote with the code of its holder. What cannot be opened is marked and hides nothing else.
func (s *Status) open(code seal.Code) error {
	for i := range s.Events {
		e := &s.Events[i]
		if e.sealed == nil {
			continue
		}
		said, err := code.Open(e.sealed, maxSaid)
		e.Said, e.Unreadable = string(said), err != nil
	}
	if s.Shown == nil {
		return nil
	}
	return s.Shown.Open(code)
}

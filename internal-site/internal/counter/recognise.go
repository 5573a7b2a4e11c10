package counter

import (
	"strings"
	"time"

	"portal.example/shared/plain"
	"portal.example/shared/ukr"
)

// Clue is what kind of thing a clerk has typed to find a visitor.
type Clue string

// The clues, by what is looked for.
const (
	ByTaxNumber Clue = "tax_number"
	ByEDRPOU    Clue = "edrpou"
	ByUNZR      Clue = "unzr"
	ByPassport  Clue = "passport"
	ByPhone     Clue = "phone"
	ByEmail     Clue = "email"
	ByName      Clue = "name"
)

// Sought is what was typed, read: its kind, and the value as the portal keeps it. Wrong is a message when it has the length
// of a number and cannot be one, "" otherwise.
type Sought struct {
	Clue  Clue
	Value string
	Wrong string
}

// Recognise reads what a clerk typed into the one field for finding a visitor. Ten digits are a РНОКПП unless they can only
// be a telephone number, eight are a code of ЄДРПОУ, thirteen a УНЗР, nine or two letters with six a passport; whatever else
// is a telephone number, an e-mail address or a name. A name that was typed with the keyboard in the wrong layout is
// turned round.
func Recognise(typed string, today time.Time) Sought {
	typed = plain.Line(typed)
	digits := plain.Compact(typed)
	switch {
	case plain.IsEmail(typed):
		return Sought{Clue: ByEmail, Value: strings.ToLower(typed)}
	case plain.AllDigits(digits, 8):
		return numbered(ByEDRPOU, digits, "counter.edrpou_wrong", func(s string) (string, error) { n, err := ukr.ParseEDRPOU(s); return string(n), err })
	case plain.AllDigits(digits, 13):
		return numbered(ByUNZR, digits, "counter.unzr_wrong", func(s string) (string, error) { n, err := ukr.ParseUNZR(s, today); return string(n), err })
	case plain.AllDigits(digits, 10):
		return tenDigits(digits)
	}
	if p, err := ukr.ParsePassport(typed); err == nil {
		return Sought{Clue: ByPassport, Value: string(p)}
	}
	if phone, ok := plain.Phone(typed); ok {
		return Sought{Clue: ByPhone, Value: phone}
	}
	return Sought{Clue: ByName, Value: plain.Relaid(typed)}
}

// tenDigits tells a РНОКПП from a telephone number by the check digit; a number that is neither is a mistyped РНОКПП, unless
// it begins as numbers of telephones do.
func tenDigits(digits string) Sought {
	if n, err := ukr.ParseTaxNumber(digits); err == nil {
		return Sought{Clue: ByTaxNumber, Value: string(n)}
	}
	if phone, ok := plain.Phone(digits); ok {
		return Sought{Clue: ByPhone, Value: phone}
	}
	return Sought{Clue: ByTaxNumber, Value: digits, Wrong: "counter.tax_number_wrong"}
}

func numbered(clue Clue, digits, wrong string, parse func(string) (string, error)) Sought {
	if n, err := parse(digits); err == nil {
		return Sought{Clue: clue, Value: n}
	}
	return Sought{Clue: clue, Value: digits, Wrong: wrong}
}

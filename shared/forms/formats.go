package forms

import (
	"errors"

	"portal.example/shared/fault"
	"portal.example/shared/plain"
	"portal.example/shared/ukr"
)

// format is a kind of value with a spelling of its own, in which it is kept.
type format struct {
	// parse reads the value as people type it. Its error is Invalid, with the key of what to say.
	parse func(string) (string, error)
	// digits says that the value is nothing but digits for whoever types it, so that a phone shows them.
	digits bool
	// capitals says that its letters are capitals.
	capitals bool
	// complete is the HTML autocomplete token, "" when there is none.
	complete string
}

// formats are all of them, by the name that the dialect has for them.
var formats = map[string]format{
	"phone":            {parse: parsePhone},
	"email":            {parse: parseEmail},
	"tax-number":       {parse: code(ukr.ParseTaxNumber), digits: true},
	"edrpou":           {parse: code(ukr.ParseEDRPOU), digits: true},
	"cadastral-number": {parse: code(ukr.ParseCadastralNumber), digits: true},
	"iban":             {parse: code(ukr.ParseIBAN), capitals: true},
	"passport":         {parse: code(ukr.ParsePassport), capitals: true},
	"foreign-document": {parse: code(ukr.ParseForeignDocument), capitals: true},
	"microchip":        {parse: code(ukr.ParseMicrochip), digits: true},
	"postal-code":      {parse: code(ukr.ParsePostalCode), digits: true, complete: "postal-code"},
	"vehicle-plate":    {parse: code(ukr.ParseVehiclePlate), capitals: true},
}

// keeps says whether s is a value of the format in the spelling in which it is kept.
func (f format) keeps(s string) bool { return ukr.IsKept(s, f.parse) }

// code is a parser of a code as a format needs it.
func code[T ~string](parse func(string) (T, error)) func(string) (string, error) {
	return func(s string) (string, error) { v, err := parse(s); return string(v), err }
}

func parsePhone(s string) (string, error) {
	if number, ok := plain.Phone(s); ok {
		return number, nil
	}
	if plain.HasExtension(s) {
		return "", fault.New(fault.Invalid, "forms.phone_extension")
	}
	return "", fault.New(fault.Invalid, "forms.format.phone")
}

func parseEmail(s string) (string, error) {
	switch {
	case plain.IsEmail(s):
		return s, nil
	case plain.MixesAlphabets(s):
		return "", fault.New(fault.Invalid, "forms.email_alphabet")
	}
	return "", fault.New(fault.Invalid, "forms.format.email")
}

// formatCheck is the format for the derived JSON Schema.
func formatCheck(name string, f format) func(any) error {
	return func(v any) error {
		if s, ok := v.(string); ok && !f.keeps(s) {
			return errors.New("is no " + name)
		}
		return nil
	}
}

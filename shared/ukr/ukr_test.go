package ukr_test

import (
	"strings"
	"testing"
	"time"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ukr"
)

var today = time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)

// parsers gives every code the same shape, so that the tables below read alike.
var parsers = map[string]func(string) (string, error){
	"tax_number": func(s string) (string, error) { v, err := ukr.ParseTaxNumber(s); return string(v), err },
	"edrpou":     func(s string) (string, error) { v, err := ukr.ParseEDRPOU(s); return string(v), err },
	"unzr":       func(s string) (string, error) { v, err := ukr.ParseUNZR(s, today); return string(v), err },
	"katottg":    func(s string) (string, error) { v, err := ukr.ParseKATOTTG(s); return string(v), err },
	"category":   func(s string) (string, error) { v, err := ukr.ParseCategory(s); return string(v), err },
	"cadastral":  func(s string) (string, error) { v, err := ukr.ParseCadastralNumber(s); return string(v), err },
	"iban":       func(s string) (string, error) { v, err := ukr.ParseIBAN(s); return string(v), err },
	"passport":   func(s string) (string, error) { v, err := ukr.ParsePassport(s); return string(v), err },
	"foreign":    func(s string) (string, error) { v, err := ukr.ParseForeignDocument(s); return string(v), err },
	"chip":       func(s string) (string, error) { v, err := ukr.ParseMicrochip(s); return string(v), err },
	"postal":     func(s string) (string, error) { v, err := ukr.ParsePostalCode(s); return string(v), err },
	"plate":      func(s string) (string, error) { v, err := ukr.ParseVehiclePlate(s); return string(v), err },
}

func TestAccepted(t *testing.T) {
	for _, c := range []struct{ kind, in, want string }{
		{"tax_number", "3184710691", "3184710691"}, // published examples of the algorithm
		{"tax_number", " 1759013776\n", "1759013776"},
		{"edrpou", "14360570", "14360570"}, // codes of the open register, weights 1..7
		{"edrpou", "20077720", "20077720"},
		{"edrpou", "00032129", "00032129"},
		{"edrpou", "00015622", "00015622"},
		{"edrpou", "32855961", "32855961"}, // weights 7,1..6
		{"edrpou", "43395033", "43395033"},
		{"unzr", "19900131-01234", "19900131-01234"},
		{"unzr", "1990013101234", "19900131-01234"},
		{"unzr", "20000229–01234", "20000229-01234"},
		{"katottg", "UA01020010010075540", "UA01020010010075540"},
		{"katottg", " ua85000000000065278 ", "UA85000000000065278"},
		{"katottg", "UА01020010010075540", "UA01020010010075540"}, // the second letter is Cyrillic
		{"category", "O", "O"},
		{"category", " \u0441", "C"}, // Cyrillic
		{"cadastral", "1234567890:98:123:9876", "1234567890:98:123:9876"},
		{"cadastral", "1234567890 98 123 9876", "1234567890:98:123:9876"},
		{"tax_number", "3184 710 691", "3184710691"},
		{"edrpou", "1436-0570", "14360570"},
		{"unzr", "199001310-1234", "19900131-01234"},
		{"iban", "ua21 3223 1300 0002 6007 2335 6600 1", "UA213223130000026007233566001"},
		{"iban", "UА213223130000026007233566001", "UA213223130000026007233566001"}, // the second letter is Cyrillic
		{"passport", "кс123456", "КС 123456"},
		{"passport", "KC № 123456", "КС 123456"}, // Latin letters
		{"passport", "001 234 567", "001234567"},
		{"foreign", "ab 1234-567", "AB1234567"},
		{"chip", "804 098 100 012 345", "804098100012345"},
		{"postal", "33 000", "33000"},
		{"plate", "bk1234aa", "ВК 1234 АА"},
	} {
		got, err := parsers[c.kind](c.in)
		if err != nil || got != c.want {
			t.Errorf("%s %q = %q, %v; want %q", c.kind, c.in, got, err, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	words := locale.MustLoad()
	for _, c := range []struct{ kind, in, key string }{
		{"tax_number", "", "ukr.tax_number.form"},
		{"tax_number", "318471069", "ukr.tax_number.form"},
		{"tax_number", "31847106911", "ukr.tax_number.form"},
		{"tax_number", "318471069l", "ukr.tax_number.form"},
		{"tax_number", "３184710691", "ukr.tax_number.form"}, // a full-width digit
		{"tax_number", "3184710692", "ukr.tax_number.check"},
		{"tax_number", "3148710691", "ukr.tax_number.check"}, // two digits swapped
		{"tax_number", "0000000000", "ukr.tax_number.check"},
		{"edrpou", "1436057", "ukr.edrpou.form"},
		{"edrpou", "1436-570", "ukr.edrpou.form"},
		{"edrpou", "14360571", "ukr.edrpou.check"},
		{"edrpou", "00000000", "ukr.edrpou.check"},
		{"unzr", "19900131-0123", "ukr.unzr.form"},
		{"unzr", "19900230-01234", "ukr.unzr.date"},
		{"unzr", "18990131-01234", "ukr.unzr.date"},
		{"unzr", "20261123-01234", "ukr.unzr.date"}, // tomorrow
		{"katottg", "UA0102001001007554", "ukr.katottg.form"},
		{"katottg", "US01020010010075540", "ukr.katottg.form"},
		{"katottg", "UA0102001001007554O", "ukr.katottg.form"},
		{"katottg", "UA00020010010075540", "ukr.katottg.region"},
		{"category", "", "ukr.katottg.category"},
		{"category", "OO", "ukr.katottg.category"},
		{"category", "Z", "ukr.katottg.category"},
		{"cadastral", "1234567890:98:123", "ukr.cadastral.form"},
		{"cadastral", "1234567890:98:123:987x", "ukr.cadastral.form"},
		{"cadastral", "0000000000:98:123:9876", "ukr.cadastral.zero"},
		{"cadastral", "1234567890:98:123:0000", "ukr.cadastral.zero"},
		{"iban", "PL213223130000026007233566001", "ukr.iban.form"},
		{"iban", "UA213223130000026007233566002", "ukr.iban.check"},
		{"passport", "К 123456", "ukr.passport.form"},
		{"passport", "КС 12345", "ukr.passport.form"},
		{"foreign", "ABCDEF", "ukr.foreign_document.form"},
		{"foreign", "AB<1234567", "ukr.foreign_document.form"},
		{"chip", "80409810001234", "ukr.microchip.form"},
		{"postal", "00000", "ukr.postal_code.form"},
		{"plate", "ВК 123 АА", "ukr.vehicle_plate.form"},
	} {
		_, err := parsers[c.kind](c.in)
		if !fault.Is(err, fault.Invalid) || fault.MessageKey(err) != c.key {
			t.Errorf("%s %q: %v, want %s", c.kind, c.in, err, c.key)
			continue
		}
		if c.in != "" && strings.Contains(err.Error(), c.in) && len(c.in) > 2 {
			t.Errorf("the error for %s holds the value: %v", c.kind, err)
		}
		for _, lang := range locale.Langs {
			if !words.In(lang).Has(c.key) {
				t.Errorf("%s has no text in %s", c.key, lang)
			}
		}
	}
}

func TestTaxNumberCarriesBirthDate(t *testing.T) {
	n, err := ukr.ParseTaxNumber("3184710691")
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(1987, time.March, 12, 0, 0, 0, 0, time.UTC); !n.Born().Equal(want) {
		t.Errorf("born %s, want %s", n.Born(), want)
	}
}

func TestKATOTTGLevels(t *testing.T) {
	for code, level := range map[string]int{
		"UA01000000000013043": 1, "UA01020000000022387": 2, "UA01020010000048857": 3,
		"UA01020010010075540": 4, "UA01160330010143565": 5,
		"UA85000000000259923": 5, // a city district right under a city with special status
		"UA32000000010085013": 4, // a town in no district and no community
	} {
		k, err := ukr.ParseKATOTTG(code)
		if err != nil || k.Level() != level {
			t.Errorf("%s: level %d, %v; want %d", code, k.Level(), err, level)
		}
	}
}

func TestKATOTTGWithin(t *testing.T) {
	for _, c := range []struct {
		below, above string
		want         bool
	}{
		{"UA01020010010075540", "UA01020010000048857", true},
		{"UA01020010010075540", "UA01000000000013043", true},
		{"UA01020010010075540", "UA01020030000085835", false},
		{"UA01020010000048857", "UA01020010010075540", false},
		{"UA01020010010075540", "UA01020010010075540", false},
		{"UA85000000000259923", "UA85000000000065278", true},
	} {
		if got := ukr.KATOTTG(c.below).Within(ukr.KATOTTG(c.above)); got != c.want {
			t.Errorf("%s within %s = %v", c.below, c.above, got)
		}
	}
}

func TestCadastralParts(t *testing.T) {
	n, err := ukr.ParseCadastralNumber("1234567890:98:123:9876")
	if err != nil || n.Zone() != "98" || n.Quarter() != "123" || n.Plot() != "9876" {
		t.Errorf("%s %s %s, %v", n.Zone(), n.Quarter(), n.Plot(), err)
	}
}

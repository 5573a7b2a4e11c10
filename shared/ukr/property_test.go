package ukr_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"portal.example/shared/ukr"
)

// issue finds the check digit that makes the stem valid, as a register would.
func issue(parse func(string) (string, error), stem string) []string {
	var valid []string
	for d := range 10 {
		if code, err := parse(stem + fmt.Sprint(d)); err == nil {
			valid = append(valid, code)
		}
	}
	return valid
}

func TestEveryStemHasOneCheckDigit(t *testing.T) {
	for kind, stem := range map[string]string{"tax_number": `[1-9][0-9]{8}`, "edrpou": `[1-9][0-9]{6}`} {
		t.Run(kind, rapid.MakeCheck(func(t *rapid.T) {
			s := rapid.StringMatching(stem).Draw(t, "stem")
			if valid := issue(parsers[kind], s); len(valid) != 1 {
				t.Fatalf("%s: %v", s, valid)
			}
		}))
	}
}

func TestAnotherCheckDigitOfEDRPOUIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stem := rapid.StringMatching(`[1-9][0-9]{6}`).Draw(t, "stem")
		code := issue(parsers["edrpou"], stem)[0]
		last := (int(code[7]-'0') + rapid.IntRange(1, 9).Draw(t, "shift")) % 10
		if _, err := ukr.ParseEDRPOU(code[:7] + fmt.Sprint(last)); err == nil {
			t.Fatalf("another check digit of %s passed", code)
		}
	})
}

func TestUnitLiesWithinWhatItsDigitsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`UA[0-9]{2}[0-9]{2}[0-9]{3}[0-9]{3}[0-9]{2}[0-9]{5}`).Draw(t, "code")
		k, err := ukr.ParseKATOTTG(s)
		if err != nil {
			t.Skip("region 00")
		}
		if l := k.Level(); l < 1 || l > 5 {
			t.Fatalf("level %d", l)
		}
		region := ukr.KATOTTG(s[:4] + strings.Repeat("0", 10) + s[14:])
		if k.Level() > 1 && !k.Within(region) {
			t.Fatalf("%s is not within its region", k)
		}
	})
}

// FuzzParse: whatever comes in, a parser neither panics nor accepts what it would not accept again.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"3184710691", "14360570", "19900131-01234", "UA01020010010075540", "1234567890:98:123:9876", "", "\xff", "U\u0410"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for kind, parse := range parsers {
			first, err := parse(s)
			if err != nil {
				continue
			}
			if again, err := parse(first); err != nil || again != first {
				t.Errorf("%s %q reads as %q and then as %q, %v", kind, s, first, again, err)
			}
		}
	})
}

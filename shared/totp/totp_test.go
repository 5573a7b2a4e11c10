package totp_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"portal.example/shared/totp"
)

// The secret of RFC 6238 gives the codes of its appendix B.
func TestCodesAreThoseOfTheStandard(t *testing.T) {
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		step, ok := totp.Step([]byte("12345678901234567890"), code, time.Unix(at, 0), 0)
		if !ok || step != at/30 {
			t.Errorf("at %d: step %d, %v", at, step, ok)
		}
	}
}

// A code holds for its own half minute and one on either side, counts once, and lets no earlier one follow.
func TestACodeIsTakenOnce(t *testing.T) {
	secret, now := []byte("12345678901234567890"), time.Unix(1111111109, 0)
	step, ok := totp.Step(secret, "081804", now, 0)
	if !ok {
		t.Fatal("the present code is not taken")
	}
	for what, tried := range map[string]struct {
		at   time.Time
		last int64
		ok   bool
	}{
		"again":                   {now, step, false},
		"after a later one":       {now, step + 1, false},
		"half a minute late":      {now.Add(30 * time.Second), 0, true},
		"half a minute early":     {now.Add(-30 * time.Second), 0, true},
		"a minute and a half off": {now.Add(90 * time.Second), 0, false},
	} {
		if _, ok := totp.Step(secret, "081804", tried.at, tried.last); ok != tried.ok {
			t.Errorf("%s: %v", what, ok)
		}
	}
	for _, code := range []string{"", "081805", "81804", "0818040", "08180x"} {
		if _, ok := totp.Step(secret, code, now, 0); ok {
			t.Errorf("%q is taken", code)
		}
	}
}

// The picture and the text give the app the same secret, and a colon in the site's name does not end it.
func TestASecretIsShown(t *testing.T) {
	secret := totp.NewSecret()
	if string(secret) == string(totp.NewSecret()) {
		t.Fatal("two secrets are the same")
	}
	shown := totp.Show(secret, "Олена @", "Портал: область")
	address, err := url.Parse(shown.URL)
	if err != nil || address.Scheme != "otpauth" || address.Host != "totp" || address.Path != "/Портал  область:Олена @" {
		t.Errorf("%s, %v", shown.URL, err)
	}
	if got := address.Query().Get("secret"); got != strings.ReplaceAll(shown.Secret, " ", "") || len(got) != 32 || address.Query().Get("issuer") != "Портал  область" {
		t.Errorf("%s, but %s", shown.URL, shown.Secret)
	}
	if got := totp.Tidy(" 123-456 "); got != "123456" {
		t.Errorf("tidied to %q", got)
	}
}

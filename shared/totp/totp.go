// Package totp is the codes of an app on a telephone (RFC 6238: SHA-1, six digits, thirty seconds), which both sites ask for beside a password. It
// keeps nothing: who seals a secret, and who remembers which code was taken, is up to the site.
package totp

import (
	"crypto/rand"
	"encoding/base32"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// What apps make codes with. Several of them know no other choice.
const (
	period      = 30 // seconds
	secretBytes = 20
	// skew is how many codes before and after the present one are taken: clocks of telephones differ, and people type.
	skew = 1
)

// Digits is how many a code has.
const Digits = 6

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewSecret makes what an app makes its codes from: 20 random bytes.
func NewSecret() []byte {
	secret := make([]byte, secretBytes)
	_, _ = rand.Read(secret) // never fails (crypto/rand)
	return secret
}

// Shown is a secret as pages show it.
type Shown struct {
	Secret string // as people type it: base32 in groups of four
	URL    string // for the picture that apps read
}

// Show is what pages show of a secret; login and issuer are what the app calls the account and the site.
func Show(secret []byte, login, issuer string) Shown {
	text := base32Text.EncodeToString(secret)
	issuer = strings.ReplaceAll(issuer, ":", " ")
	address := url.URL{
		Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + login,
		RawQuery: "secret=" + text + "&issuer=" + url.PathEscape(issuer),
	}
	return Shown{Secret: inFours(text), URL: address.String()}
}

func inFours(s string) string {
	var parts []string
	for len(s) > 4 {
		parts, s = append(parts, s[:4]), s[4:]
	}
	return strings.Join(append(parts, s), " ")
}

// Step is the number of the period whose code this is, if it is one around now and later than last: a code that was taken is
// not taken again, by whoever looked over a shoulder.
func Step(secret []byte, code string, now time.Time, last int64) (step int64, ok bool) {
	if len(code) != Digits {
		return 0, false
	}
	text := base32Text.EncodeToString(secret)
	present := now.Unix() / period
	for step = present - skew; step <= present+skew; step++ {
		fits, err := hotp.ValidateCustom(code, uint64(step), text, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}) //nolint:gosec // after 1970
		if err == nil && fits && step > last {
			return step, true
		}
	}
	return 0, false
}

// Tidy drops what people put between the digits and letters of a code.
func Tidy(code string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(code))
}

package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// What apps make codes with. Several of them know no other choice.
const (
	codePeriod  = 30 // seconds
	codeDigits  = otp.DigitsSix
	secretBytes = 20
	// codeSkew is how many codes before and after the present one are taken: clocks of telephones differ, and people type.
	codeSkew = 1
)

// maxWrongCodes is how many wrong codes in a row an account stands before nobody can try any more, from wherever. Whoever
// tries them knows the password, and by then has guessed right with a chance of 20 × 3 in a million. The lockouts of signing
// in hold as well.
const maxWrongCodes = 20

// Enrolment is a secret that somebody is about to enter into their app. It counts once a code has shown that they did.
type Enrolment struct {
	Secret string // as people type it: base32 in groups of four
	Sealed string // for the form that confirms it
	URL    string // for the picture that apps read
}

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

func newSecret() []byte {
	secret := make([]byte, secretBytes)
	_, _ = rand.Read(secret) // never fails (crypto/rand)
	return secret
}

// enrolmentOf is what pages show of a secret; issuer is what the app calls the site.
func enrolmentOf(secret []byte, sealed, login, issuer string) Enrolment {
	text := base32Text.EncodeToString(secret)
	issuer = strings.ReplaceAll(issuer, ":", " ")
	address := url.URL{
		Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + login,
		RawQuery: "secret=" + text + "&issuer=" + url.PathEscape(issuer),
	}
	return Enrolment{Secret: inFours(text), Sealed: sealed, URL: address.String()}
}

func inFours(s string) string {
	var parts []string
	for len(s) > 4 {
		parts, s = append(parts, s[:4]), s[4:]
	}
	return strings.Join(append(parts, s), " ")
}

// codeStep is the number of the period whose code this is, if it is one around now and later than last: a code that was
// taken is not taken again, by whoever looked over a shoulder.
func codeStep(secret []byte, code string, now time.Time, last int64) (step int64, ok bool) {
	if len(code) != codeDigits.Length() {
		return 0, false
	}
	text := base32Text.EncodeToString(secret)
	present := now.Unix() / codePeriod
	for step = present - codeSkew; step <= present+codeSkew; step++ {
		fits, err := hotp.ValidateCustom(code, uint64(step), text, hotp.ValidateOpts{Digits: codeDigits, Algorithm: otp.AlgorithmSHA1}) //nolint:gosec // after 1970
		if err == nil && fits && step > last {
			return step, true
		}
	}
	return 0, false
}

// tidyCode drops what people put between the digits and letters of a code.
func tidyCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(code))
}

// recoveryCodes is how many of them somebody gets at a time.
const recoveryCodes = 10

// newRecoveryCodes makes codes of 79 bits each.
func newRecoveryCodes() []string {
	codes := make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = newOneTime()
	}
	return codes
}

// hashRecoveryCode is what the database keeps of a recovery code.
func hashRecoveryCode(owner uuid.UUID, code string) []byte {
	sum := sha256.Sum256(append(owner[:], tidyCode(code)...))
	return sum[:]
}

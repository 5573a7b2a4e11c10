package access

import (
	"crypto/sha256"

	"github.com/google/uuid"

	"portal.example/shared/totp"
)

// maxWrongCodes is how many wrong codes in a row an account stands before nobody can try any more, from wherever. Whoever
// tries them knows the password, and by then has guessed right with a chance of 20 × 3 in a million. The lockouts of signing
// in hold as well.
const maxWrongCodes = 20

// Enrolment is a secret that somebody is about to enter into their app. It counts once a code has shown that they did.
type Enrolment struct {
	totp.Shown
	Sealed string // for the form that confirms it
}

// enrolmentOf is what pages show of a secret; issuer is what the app calls the site.
func enrolmentOf(secret []byte, sealed, login, issuer string) Enrolment {
	return Enrolment{Shown: totp.Show(secret, login, issuer), Sealed: sealed}
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
	sum := sha256.Sum256(append(owner[:], totp.Tidy(code)...))
	return sum[:]
}

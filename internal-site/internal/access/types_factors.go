package access

import (
	"net/netip"
	"time"

	"github.com/google/uuid"
)

// FactorKind says what kind of second factor somebody has.
type FactorKind string

// The kinds of second factors.
const (
	CodeFactor    FactorKind = "code"    // codes that an app makes from a shared secret and the time (RFC 6238)
	PasskeyFactor FactorKind = "passkey" // a key that never leaves its device (WebAuthn)
)

// Factor is one second factor of an account.
type Factor struct {
	ID        uuid.UUID
	Kind      FactorKind
	Name      string // as its owner calls it
	CreatedAt time.Time
	// LastUsed is nil for one that nobody has signed in with yet.
	LastUsed *time.Time
}

// Step is what somebody who has given the right password still has to do before anything else is open to them.
type Step string

// The steps, in the order in which they come.
const (
	NoStep       Step = ""         // signed in
	FactorStep   Step = "factor"   // give the second factor
	PasswordStep Step = "password" // choose a password of one's own
	EnrolStep    Step = "enrol"    // set up a second factor, which a group of theirs needs
)

// Step is what the account's session still waits for.
func (u User) Step() Step {
	switch {
	case u.FactorDue:
		return FactorStep
	case u.MustChange && !u.ByProvider: // who signed in elsewhere may never have had the password
		return PasswordStep
	case u.NeedsFactor && u.Factors == 0 && !u.ProviderFactor:
		return EnrolStep
	}
	return NoStep
}

// SecondStep is one try to give the second factor, in a session that waits for it.
type SecondStep struct {
	Code      string // of an app, or a recovery code
	Address   netip.Addr
	Agent     string
	TokenHash []byte // SHA-256 of the token that the browser will get
	Waiting   []byte // SHA-256 of the token of the session that waits: it ends
}

// Confirmation is what somebody gives to change their own factors: an unlocked screen is not enough for that.
type Confirmation struct {
	Password string
	Session  []byte // SHA-256 of the session's token
}

package account

import (
	"time"

	"portal.example/shared/fault"
	"portal.example/shared/totp"
)

// waitingLife is how long somebody who has given the password may look for their telephone.
const waitingLife = 10 * time.Minute

// maxWaiting is how many of those an account has at a time; the oldest gives way.
const maxWaiting = 10

// maxWrongCodes is how many wrong codes, of which each right one halves the count, an account stands before its password opens nothing any more. Whoever tries them knows the
// password, and by then has guessed right with a chance of 20 × 3 in a million. The recovery code and passkeys open it still.
const maxWrongCodes = 20

// setUpLife is how long a secret that a page shows may be confirmed.
const setUpLife = time.Hour

// App is a secret that somebody is about to enter into their app. It counts once a code has shown that they did.
type App struct {
	totp.Shown
	Sealed string // for the form that confirms it, sealed to the account
}

// preparedApp is what is sealed of it.
type preparedApp struct {
	Secret []byte    `json:"secret"`
	MadeAt time.Time `json:"made_at"`
}

// codes is what is sealed of an app whose codes count.
type codes struct {
	Secret []byte    `json:"secret"`
	Last   int64     `json:"last"`  // the period of the code that was taken last
	Wrong  int       `json:"wrong"` // codes; a right one halves it
	Since  time.Time `json:"since"`
}

// take says whether the code is right, and takes it so that it is not right again; a wrong one is counted. Conflict when too many were wrong.
func (k *codes) take(code string, now time.Time) (right bool, err error) {
	if k.Wrong >= maxWrongCodes {
		return false, fault.New(fault.Conflict, "account.codes_locked")
	}
	step, right := totp.Step(k.Secret, totp.Tidy(code), now, k.Last)
	if !right {
		k.Wrong++
		return false, nil
	}
	// Not forgotten at once: whoever knows the password would have as many tries again after each time that the owner signs in.
	k.Last, k.Wrong = step, k.Wrong/2
	return true, nil
}

// errAppStale is the answer to a form of another account, or of long ago.
func errAppStale() error { return fault.New(fault.Invalid, "account.app_stale") }

package account

import (
	"bytes"
	"slices"
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
	Tries  []attempt `json:"tries,omitempty"` // wrong codes of which the owner has not been told
}

// attempt is the wrong codes of somebody who had given the password and then, as far as is known, gave no right one.
type attempt struct {
	By    []byte    `json:"by"` // of what waited for the code
	Codes int       `json:"codes"`
	At    time.Time `json:"at"` // of the last one
}

// maxTries is how many of those are kept; the oldest gives way.
const maxTries = 20

// Tried is how many wrong codes were given after the right password, by whoever gave no right one then, since the owner was told last.
type Tried struct {
	Codes int
	At    time.Time // of the last one
}

// tried counts a wrong code.
func (k *codes) tried(by []byte, now time.Time) {
	k.Wrong++
	i := slices.IndexFunc(k.Tries, func(t attempt) bool { return bytes.Equal(t.By, by) })
	if i < 0 {
		k.Tries = append(k.Tries[max(0, len(k.Tries)+1-maxTries):], attempt{By: by})
		i = len(k.Tries) - 1
	}
	k.Tries[i].Codes++
	k.Tries[i].At = now
}

// told says what the owner has not been told of, and forgets it.
func (k *codes) told() (all Tried) {
	for _, t := range k.Tries {
		all.Codes += t.Codes
		if t.At.After(all.At) {
			all.At = t.At
		}
	}
	k.Tries = nil
	return all
}

// take says whether the code is right, and takes it so that it is not right again; a wrong one is counted as one of whoever gave it. Conflict when too many were wrong.
func (k *codes) take(by []byte, code string, now time.Time) (right bool, err error) {
	if k.Wrong >= maxWrongCodes {
		return false, fault.New(fault.Conflict, "account.codes_locked")
	}
	step, right := totp.Step(k.Secret, totp.Tidy(code), now, k.Last)
	if !right {
		k.tried(by, now)
		return false, nil
	}
	// Not forgotten at once: whoever knows the password would have as many tries again after each time that the owner signs in.
	k.Last, k.Wrong = step, k.Wrong/2
	k.Tries = slices.DeleteFunc(k.Tries, func(t attempt) bool { return bytes.Equal(t.By, by) }) // they were their own mistakes
	return true, nil
}

// errAppStale is the answer to a form of another account, or of long ago.
func errAppStale() error { return fault.New(fault.Invalid, "account.app_stale") }

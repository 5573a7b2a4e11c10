// Package account is a citizen's account on the public site: a key pair whose private half is kept only wrapped, the ways to
// unwrap it, the sessions for whose length it is open, and what is sealed to it.
//
// This node counts as broken into, so nothing of an account can be read here while its owner is away: there is no name, address
// or number in any column, and no hash of one alone (shared/doc/decisions). types.go, rules.go, login.go and wrap.go are pure;
// store*.go hold the SQL. It may import internal/tracking and shared.
package account

import (
	"time"

	"github.com/google/uuid"

	"portal.example/shared/seal"
)

// How long things live.
const (
	SessionLife = 12 * time.Hour   // from signing in
	SessionIdle = 60 * time.Minute // without a page of the cabinet
	// UnusedLife is how long an account is kept that nobody opens.
	UnusedLife = 3 * 365 * 24 * time.Hour
)

// CleanEvery is how often what ended is to be looked for.
const CleanEvery = 10 * time.Minute

// MaxMatters is how many matters an account keeps.
const MaxMatters = 100

// Holder is whoever has an account open: for the length of one request, and nowhere kept.
type Holder struct {
	ID      uuid.UUID
	key     seal.AccountKey
	session []byte // the row's id
}

// IsZero says that nobody holds anything.
func (h Holder) IsZero() bool { return h.key.IsZero() }

// Writer is a session as pages outside the cabinet know it: things can be sealed for its account, and nothing be opened.
type Writer struct {
	ID     uuid.UUID
	public seal.AccountPublic
}

// About is what an account says of itself, to its owner alone.
type About struct {
	Login string `json:"login"` // as it was typed
}

// Account is what its owner sees of it.
type Account struct {
	About
	CreatedOn  time.Time
	PasswordOn time.Time // when the password was set
	RecoveryOn time.Time // when the recovery code was made
}

// Session is one browser in which the account is open.
type Session struct {
	ID      string // for the form that ends it
	Device  string // in words, as the browser called itself
	BegunAt time.Time
	SeenAt  time.Time
	Own     bool // the one that asks
}

// device is what is sealed of a session.
type device struct {
	Name string `json:"name"`
}

// Entry is what a browser gets when an account is opened: the token of the new session and, where one was made, the recovery
// code, which is kept nowhere.
type Entry struct {
	Token    Token
	Recovery seal.Code
	Tried    Tried // what the owner has not been told of, where codes are asked for no more
}

package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"portal.example/shared/fault"
	"portal.example/shared/password"
	"portal.example/shared/plain"
)

// Login is what somebody signs in with beside the password, in its normal form: an e-mail address, a telephone number, or a
// name of their own. It is part of what the password's key is derived from and is itself kept only sealed to the account.
// Several people may have the same one.
type Login struct{ s string }

// The length of a name, in characters.
const (
	minName  = 3
	maxLogin = 100
)

// ParseLogin reads a login as people type it. Its normal form must never change: accounts are found by it.
func ParseLogin(typed string) (Login, error) {
	typed = strings.ToLower(strings.Join(strings.Fields(plain.Line(typed)), " "))
	n := utf8.RuneCountInString(typed)
	if n > maxLogin {
		return Login{}, fault.New(fault.Invalid, "account.login_wrong")
	}
	if strings.Contains(typed, "@") {
		if !plain.IsEmail(typed) {
			return Login{}, fault.New(fault.Invalid, "account.login_wrong")
		}
		return Login{typed}, nil
	}
	if phone, ok := plain.Phone(typed); ok {
		return Login{phone}, nil
	}
	if n < minName || strings.ContainsFunc(typed, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" ._-'’ʼ", r)
	}) {
		return Login{}, fault.New(fault.Invalid, "account.login_wrong")
	}
	return Login{strings.NewReplacer("’", "'", "ʼ", "'").Replace(typed)}, nil
}

// IsZero says that there is none.
func (l Login) IsZero() bool { return l.s == "" }

// String hides the login from logs.
func (Login) String() string { return "(login)" }

// GoString hides the login from %#v.
func (l Login) GoString() string { return l.String() }

// The length of passwords, in characters.
const (
	MinPassword = 12
	MaxPassword = 128
)

// CheckPassword refuses passwords that are too short, too long, or easy to guess for somebody who knows the login.
func CheckPassword(l Login, typed string) error {
	n := utf8.RuneCountInString(typed)
	switch {
	case n < MinPassword:
		return fault.New(fault.Invalid, "account.password_short", MinPassword)
	case n > MaxPassword:
		return fault.New(fault.Invalid, "account.password_long", MaxPassword)
	case strings.ContainsFunc(typed, unicode.IsControl), password.Easy(l.s, typed):
		return fault.New(fault.Invalid, "account.password_easy")
	}
	return nil
}

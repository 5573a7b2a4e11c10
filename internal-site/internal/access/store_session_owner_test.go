package access_test

import (
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
)

// However a session has ended, its token says for a day whose it was, and opens nothing.
func TestEndedSessionsSayWhoseTheyWere(t *testing.T) {
	s, c, u := newStore(t)
	elsewhere := sha256.Sum256([]byte("elsewhere"))
	for _, end := range []struct {
		name string
		how  func(token []byte) error
	}{
		{"signed out", func(token []byte) error { return s.SignOut(t.Context(), token) }},
		{"signed out elsewhere", func([]byte) error { return s.SignOutElsewhere(t.Context(), u.Actor(), elsewhere[:]) }},
		{"this one signed out from elsewhere", func(token []byte) error { return s.SignOutOne(t.Context(), u.Actor(), token) }},
		{"blocked and let in again", func([]byte) error {
			return errors.Join(s.SetBlocked(t.Context(), operator, u.ID, true), s.SetBlocked(t.Context(), operator, u.ID, false))
		}},
		{"given another password", func([]byte) error { return s.SetPassword(t.Context(), operator, u, password) }},
		{"idle", func([]byte) error { c.t = c.t.Add(access.SessionIdle + time.Second); return nil }},
		{"after its longest time", func([]byte) error { c.t = c.t.Add(access.SessionMax + time.Second); return nil }},
		{"password changed elsewhere", func([]byte) error {
			return s.ChangeOwnPassword(t.Context(), u.Actor(), password, "зелений кит пливе", elsewhere[:])
		}},
	} {
		a := attempt(u.Login, password, "10.0.0.1")
		if _, err := s.SignIn(t.Context(), a); err != nil {
			t.Fatalf("%s: %v", end.name, err)
		}
		if err := end.how(a.TokenHash); err != nil {
			t.Fatalf("%s: %v", end.name, err)
		}
		if _, err := s.Session(t.Context(), a.TokenHash); !fault.Is(err, fault.Unsigned) {
			t.Errorf("%s: it opens pages: %v", end.name, err)
		}
		if owner, err := s.SessionOwner(t.Context(), a.TokenHash); err != nil || owner != u.ID {
			t.Errorf("%s: it was the session of %s, %v", end.name, owner, err)
		}
	}
}

// After its time nobody knows whose a session was; a made-up token is nobody's.
func TestForgottenSessionsAreNobodys(t *testing.T) {
	s, c, u := newStore(t)
	a := attempt(u.Login, password, "10.0.0.1")
	if _, err := s.SignIn(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(access.SessionKnown + time.Second)
	for _, token := range [][]byte{a.TokenHash, {}} {
		if _, err := s.SessionOwner(t.Context(), token); !fault.Is(err, fault.NotFound) {
			t.Errorf("%x: %v", token, err)
		}
	}
}

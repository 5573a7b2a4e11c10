package access_test

import (
	"regexp"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
)

var oneTime = regexp.MustCompile(`^[a-z2-9]{4}(-[a-z2-9]{4}){3}$`)

// Whoever adds an account that somebody else must confirm never knows a password of it: they would sign in as the person
// whom a second person let in.
func TestWhoeverAddsAnAccountKnowsNoPasswordThatOpensMore(t *testing.T) {
	h := newHouse(t)
	g := in(access.Administrator, access.InCentre(h.Centre))
	fresh := access.User{Login: "new.clerk", FullName: "Нова Людина"}
	made, outcome, err := h.Enrol(t.Context(), h.admin, fresh, &g)
	if err != nil || outcome != access.Proposed || made.Password != "" {
		t.Fatalf("%+v, %q, %v", made, outcome, err)
	}
	shown, err := h.Confirm(t.Context(), h.Users[access.CentreHead], h.proposal(h.admin).ID)
	if err != nil || shown.Login != "new.clerk" || !oneTime.MatchString(shown.Password) {
		t.Fatalf("the second person gets %+v, %v", shown, err)
	}
	u, err := h.SignIn(t.Context(), attempt("new.clerk", shown.Password, "10.0.0.7"))
	if err != nil || !u.MustChange {
		t.Errorf("%+v, %v", u, err)
	}

	// An account without a group opens nothing, so its password is shown at once; it is void once a group is confirmed.
	fresh.Login = "later"
	known, outcome, err := h.Enrol(t.Context(), h.admin, fresh, nil)
	if err != nil || outcome != access.Done || !oneTime.MatchString(known.Password) {
		t.Fatalf("%+v, %q, %v", known, outcome, err)
	}
	if outcome, err := h.Give(t.Context(), h.admin, known.UserID, g); err != nil || outcome != access.Proposed {
		t.Fatalf("%q, %v", outcome, err)
	}
	if shown, err = h.Confirm(t.Context(), h.Users[access.CentreHead], h.proposal(h.admin).ID); err != nil || shown.Password == "" {
		t.Fatalf("%+v, %v", shown, err)
	}
	if _, err := h.SignIn(t.Context(), attempt("later", known.Password, "10.0.0.7")); fault.MessageKey(err) != "access.sign_in_failed" {
		t.Errorf("the password that the administrator knows: %v", err)
	}
	if _, err := h.SignIn(t.Context(), attempt("later", shown.Password, "10.0.0.7")); err != nil {
		t.Errorf("the new one: %v", err)
	}
	if outcome, err := h.Give(t.Context(), h.admin, known.UserID, g); err != nil || outcome != access.Already {
		t.Errorf("the same group again: %q, %v", outcome, err)
	}
}

// A password that was handed over ends by itself when nobody changes it.
func TestOneTimePasswordsEnd(t *testing.T) {
	h := newHouse(t)
	made, _, err := h.Enrol(t.Context(), h.admin, access.User{Login: "later", FullName: "Х"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	later := h.Store.At(func() time.Time { return time.Now().AddDate(0, 0, 8) })
	if _, err := later.SignIn(t.Context(), attempt("later", made.Password, "10.0.0.7")); fault.MessageKey(err) != "access.password_over" {
		t.Errorf("eight days later: %v", err)
	}
	if _, err := later.SignIn(t.Context(), attempt("later", "щось інше зовсім", "10.0.0.7")); fault.MessageKey(err) != "access.sign_in_failed" {
		t.Errorf("a wrong one tells that it has ended: %v", err)
	}
}

// A new password lifts the lock, the administrator sees the lock, and may lift it by itself.
func TestLocksAreSeenAndLifted(t *testing.T) {
	h := newHouse(t)
	made, _, err := h.Enrol(t.Context(), h.admin, access.User{Login: "clerk", FullName: "Х"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	lockOut := func() {
		for range 10 {
			_, err = h.SignIn(t.Context(), attempt("clerk", "не той пароль", "10.0.0.7"))
		}
		if !fault.Is(err, fault.TooMany) {
			t.Fatalf("not locked: %v", err)
		}
		if wait := fault.WaitOf(err); wait <= 0 || wait > 15*time.Minute {
			t.Errorf("it opens after %s", wait)
		}
	}
	lockOut()
	lock, err := h.LockOf(t.Context(), h.admin, made.UserID)
	if err != nil || len(lock.Networks) != 1 || lock.Networks[0] != "10.0.0.7" || lock.All || time.Until(lock.Until) > 15*time.Minute {
		t.Errorf("the administrator sees %+v, %v", lock, err)
	}
	if _, err := h.SignIn(t.Context(), attempt("clerk", made.Password, "10.0.0.8")); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	if err := h.Unlock(t.Context(), h.admin, made.UserID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SignIn(t.Context(), attempt("clerk", made.Password, "10.0.0.7")); err != nil {
		t.Errorf("after it was lifted: %v", err)
	}
	lockOut()
	again, _, err := h.MakePassword(t.Context(), h.admin, made.UserID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.SignIn(t.Context(), attempt("clerk", again.Password, "10.0.0.7")); err != nil {
		t.Errorf("with the new password: %v", err)
	}
	if lock, err := h.LockOf(t.Context(), h.admin, made.UserID); err != nil || !lock.IsZero() {
		t.Errorf("still %+v, %v", lock, err)
	}
	if u, err := h.User(t.Context(), h.admin, made.UserID); err != nil || u.LastSignIn == nil {
		t.Errorf("the last sign-in is not kept: %v", err)
	}
}

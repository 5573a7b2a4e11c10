package cabinet_test

import (
	"fmt"
	"net/http"
	"testing"
)

// Whoever guesses is slowed down; the owner's own browser, another network and the recovery code go on opening.
func TestGuessingLocksNobodyOut(t *testing.T) {
	s := open(t)
	code := s.register("olena")
	s.posted(http.StatusSeeOther, "/cabinet/sign-out")
	owner := s.Remember() // a browser that knows the login
	s.Forget()
	for i := range 11 {
		want := http.StatusUnprocessableEntity
		if i >= 9 { // one try was counted for the registration
			want = http.StatusTooManyRequests
		}
		s.posted(want, "/cabinet/sign-in", "login", "olena", "password", fmt.Sprint("не той пароль ", i))
	}
	s.posted(http.StatusTooManyRequests, "/cabinet/sign-in", "login", "olena", "password", password)
	owner()
	s.posted(http.StatusSeeOther, "/cabinet/sign-in", "login", "olena", "password", password)
	s.Forget()
	s.posted(http.StatusOK, "/cabinet/recover", "code", code, "login", "olena", "password", "зелений кит пливе", "again", "зелений кит пливе")
}

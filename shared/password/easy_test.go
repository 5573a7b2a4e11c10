package password_test

import (
	"testing"

	"portal.example/shared/password"
)

// The login counts as known to whoever guesses, in whatever alphabet it is written.
func TestEasy(t *testing.T) {
	for _, c := range []struct {
		login, password string
		easy            bool
	}{
		{"o.koval", "passwordpassword", true},
		{"olena.petrenko@ukr.example", "olena.petrenko2026", true},
		{"olena7bd3ac91f.k4x@ukr.example", "olena7bd3ac91f.k4x2026", true}, // the name as a whole, digits among its letters
		{"olena.petrenko@ukr.example", "синій кит пливе", false},
		{"+380501234567", "380501234567", true},
		{"", "tG7#qLw2!pXz9", false},
	} {
		if got := password.Easy(c.login, c.password); got != c.easy {
			t.Errorf("Easy(%q, %q) = %v", c.login, c.password, got)
		}
	}
}

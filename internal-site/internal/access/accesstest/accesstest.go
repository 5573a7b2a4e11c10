// Package accesstest lets tests hash passwords in no time: what the site does with a password does not depend on how long it takes, and
// hashing was four fifths of what the tests of signing in did. Only tests may import it; it may import access/internal/cost.
package accesstest

import (
	"testing"

	"portal.example/internal-site/internal/access/internal/cost"
)

// QuickPasswords makes hashing cost next to nothing. It is for TestMain.
func QuickPasswords() { cost.Memory, cost.Time = 8, 1 }

// UsualPasswords lets hashes cost until the end of the test what they cost in the site.
func UsualPasswords(tb testing.TB) {
	tb.Helper()
	memory, time := cost.Memory, cost.Time
	tb.Cleanup(func() { cost.Memory, cost.Time = memory, time })
	cost.Memory, cost.Time = cost.UsualMemory, cost.UsualTime
}

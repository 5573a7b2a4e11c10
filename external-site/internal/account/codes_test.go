package account

import (
	"encoding/base32"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// A right code does not give whoever knows the password all tries again.
func TestARightCodeForgetsHalfOfTheWrongOnes(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	k := codes{Secret: []byte("12345678901234567890"), Wrong: 18}
	code, err := totp.GenerateCode(base32.StdEncoding.EncodeToString(k.Secret), now)
	if err != nil {
		t.Fatal(err)
	}
	if right, err := k.take([]byte("own"), code, now); !right || err != nil || k.Wrong != 9 {
		t.Errorf("%v, %v, %d wrong", right, err, k.Wrong)
	}
}

// The owner is told of what others tried, and not of their own mistakes, which a right code shows to be theirs.
func TestOwnMistakesAreNotTold(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	k := codes{Secret: []byte("12345678901234567890")}
	for _, by := range []string{"other", "own", "other"} {
		if right, err := k.take([]byte(by), "000000", now); right || err != nil {
			t.Fatal(right, err)
		}
	}
	code, err := totp.GenerateCode(base32.StdEncoding.EncodeToString(k.Secret), now)
	if err != nil {
		t.Fatal(err)
	}
	if right, err := k.take([]byte("own"), code, now); !right || err != nil {
		t.Fatal(right, err)
	}
	if told := k.told(); told.Codes != 2 || !told.At.Equal(now) {
		t.Errorf("%+v", told)
	}
	if told := k.told(); told.Codes != 0 {
		t.Errorf("told twice: %+v", told)
	}
	for i := range 3 * maxTries {
		k.tried([]byte{byte(i)}, now)
	}
	if len(k.Tries) != maxTries || k.Tries[maxTries-1].By[0] != 3*maxTries-1 {
		t.Errorf("%d are kept", len(k.Tries))
	}
}

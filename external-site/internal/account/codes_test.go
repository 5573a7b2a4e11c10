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
	if right, err := k.take(code, now); !right || err != nil || k.Wrong != 9 {
		t.Errorf("%v, %v, %d wrong", right, err, k.Wrong)
	}
}

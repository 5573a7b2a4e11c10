package access_test

import (
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
)

func TestPassword(t *testing.T) {
	hash := access.HashPassword("синій кит пливе")
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %s", hash)
	}
	if !access.VerifyPassword(hash, "синій кит пливе") || access.VerifyPassword(hash, "синій кит пливе ") {
		t.Error("exactly the password belongs to the hash")
	}
	if hash == access.HashPassword("синій кит пливе") {
		t.Error("two hashes of one password are equal")
	}
}

func TestVerifyPasswordRefusesWhatIsNoHash(t *testing.T) {
	for _, phc := range []string{
		"", "!", "$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=99999999,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$", "$argon2id$v=19$m=19456,t=2,p=1$%%%$%%%",
	} {
		if access.VerifyPassword(phc, "") {
			t.Errorf("%q lets somebody in", phc)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	for password, ok := range map[string]bool{
		"коротко": false, "дванадцять літер": true, "o.koval-2026-пароль": false, "аааааааааааааа": false,
		strings.Repeat("довгий ", 30): false, "correct horse battery": true, "з\x00нулем усередині": false,
	} {
		if err := access.CheckPassword("o.koval", password); (err == nil) != ok {
			t.Errorf("%q: %v", password, err)
		}
	}
}

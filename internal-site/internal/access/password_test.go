package access_test

import (
	"context"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/access/accesstest"
	"portal.example/shared/fault"
)

func TestPassword(t *testing.T) {
	accesstest.UsualPasswords(t)
	hash := hashOf(t, "синій кит пливе")
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %s", hash)
	}
	if !fits(t, hash, "синій кит пливе") || fits(t, hash, "синій кит пливе ") {
		t.Error("exactly the password belongs to the hash")
	}
	if hash == hashOf(t, "синій кит пливе") {
		t.Error("two hashes of one password are equal")
	}
}

func TestVerifyPasswordRefusesWhatIsNoHash(t *testing.T) {
	for _, phc := range []string{
		"", "!", "$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=99999999,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$", "$argon2id$v=19$m=19456,t=2,p=1$%%%$%%%",
	} {
		if fits(t, phc, "") {
			t.Errorf("%q lets somebody in", phc)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	for password, ok := range map[string]bool{
		"коротко": false, "дванадцять літер": true, "o.koval-2026-пароль": false, "аааааааааааааа": false,
		strings.Repeat("довгий ", 30): false, "correct horse battery": true, "з\x00нулем усередині": false,
		"синій кит пливе": true, "зелений кит пливе": true, "lypa-kalyna-vyshnia": true, "tG7#qLw2!pXz9": true,
	} {
		if err := access.CheckPassword("o.koval", password); (err == nil) != ok {
			t.Errorf("%q: %v", password, err)
		}
	}
}

// What guessing programs try first, in both layouts, with what people add to it.
func TestFrequentPasswordsAreRefused(t *testing.T) {
	for _, password := range []string{
		"passwordpassword", "Password1234", "123456789012", "administrator1", "qwertyuiop[]", "P@ssw0rd2026!", "йцукенгшщзхї",
		"Адміністратор1", "пароль2026рік", "Qwerty123456!", "1qaz2wsx3edc", "абвгґдеєжзиі", "Ukraine2026!!", "portal.admin1", "Koval-2026-07-15",
		"summer2026summer", "gfhjkmgfhjkm", "Цнап-портал-2026", "abcabcabcabc", "zyxwvutsrqpon", "welcomeADMIN123", "111222333444",
		"Kovalkoval2026", "987654321987",
	} {
		if err := access.CheckPassword("o.koval", password); fault.MessageKey(err) != "access.password_easy" {
			t.Errorf("%q: %v", password, err)
		}
	}
}

// Whoever waits for a place leaves when their request is over.
func TestHashingEndsWithTheRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := access.HashPassword(ctx, "синій кит пливе"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("hash: %v", err)
	}
	if ok, err := access.VerifyPassword(ctx, hashOf(t, "синій кит пливе"), "синій кит пливе"); ok || !fault.Is(err, fault.Unavailable) {
		t.Errorf("verify: %t, %v", ok, err)
	}
}

func hashOf(t *testing.T, password string) string {
	t.Helper()
	hash, err := access.HashPassword(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func fits(t *testing.T, phc, password string) bool {
	t.Helper()
	ok, err := access.VerifyPassword(t.Context(), phc, password)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"portal.example/internal-site/internal/access/internal/cost"
	"portal.example/shared/fault"
	easy "portal.example/shared/password"
)

// What a password hash is made of, beside what it costs.
const (
	argonThreads = 1
	argonKeyLen  = 32
	argonSaltLen = 16
)

// The length of passwords, in characters.
const (
	MinPassword = 12
	MaxPassword = 128
)

// hashing lets two passwords be worked on at a time: sign-in must not take all memory and cores.
var hashing = make(chan struct{}, 2)

// HashPassword returns the PHC string to keep instead of the password.
func HashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSaltLen)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	key, err := derive(ctx, password, phcHash{memory: cost.Memory, time: cost.Time, threads: argonThreads, salt: salt}, argonKeyLen)
	if err != nil {
		return "", err
	}
	return writePHC(salt, key), nil
}

func writePHC(salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, cost.Memory, cost.Time, argonThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// derive waits for one of the places no longer than the request lives: an answer that nobody waits for any more must
// not keep the place from others.
func derive(ctx context.Context, password string, h phcHash, length int) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, fault.Wrap(fault.Unavailable, ctx.Err(), "")
	}
	defer func() { <-hashing }()
	if err := ctx.Err(); err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "")
	}
	return argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, uint32(length)), nil // #nosec G115 -- parsePHC limits it
}

// VerifyPassword says whether the password belongs to the PHC string. A string that is no hash of ours
// belongs to no password, and neither does a password that is too long to have been taken.
func VerifyPassword(ctx context.Context, phc, password string) (bool, error) {
	h, err := parsePHC(phc)
	if err != nil || len(password) > MaxPassword*utf8.UTFMax {
		return false, nil //nolint:nilerr // it fits nothing, that is the answer
	}
	key, err := derive(ctx, password, h, len(h.key))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, h.key) == 1, nil
}

// nobody is a hash that no password has; unknown logins are checked against it, so that they take as long
// as known ones.
func nobody() string { return writePHC(make([]byte, argonSaltLen), make([]byte, argonKeyLen)) }

type phcHash struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

var errPHC = errors.New("not an argon2id hash")

// parsePHC reads $argon2id$v=19$m=…,t=…,p=…$salt$key and refuses costs that would stop the server.
func parsePHC(s string) (phcHash, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phcHash{}, errPHC
	}
	var h phcHash
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads); err != nil {
		return phcHash{}, errPHC
	}
	var errSalt, errKey error
	h.salt, errSalt = base64.RawStdEncoding.DecodeString(parts[4])
	h.key, errKey = base64.RawStdEncoding.DecodeString(parts[5])
	sane := h.memory >= 8 && h.memory <= 256*1024 && h.time >= 1 && h.time <= 16 && h.threads >= 1 && h.threads <= 8 &&
		len(h.salt) >= 8 && len(h.key) >= 16 && len(h.key) <= 64
	if errSalt != nil || errKey != nil || !sane {
		return phcHash{}, errPHC
	}
	return h, nil
}

// CheckPassword refuses passwords that are too short, too long, or easy to guess for somebody who knows the login.
func CheckPassword(login, password string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < MinPassword:
		return fault.New(fault.Invalid, "access.password_short", MinPassword)
	case n > MaxPassword:
		return fault.New(fault.Invalid, "access.password_long", MaxPassword)
	case strings.ContainsFunc(password, unicode.IsControl), easy.Easy(login, password):
		return fault.New(fault.Invalid, "access.password_easy")
	}
	return nil
}

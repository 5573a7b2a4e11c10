package account

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"strings"

	"portal.example/shared/fault"
)

const (
	keyMark  = "portal-account-key-1"
	keyBytes = 32
)

// NewKeyFile makes the content of a file with a new key.
func NewKeyFile() string {
	var key [keyBytes]byte
	_, _ = rand.Read(key[:]) // never fails
	return keyMark + " " + base64.StdEncoding.EncodeToString(key[:]) + "\n"
}

// LoadKey reads the key's file and refuses one that others on the machine may read. Its errors are usage errors and say
// nothing of the content.
func LoadKey(path string) (Key, error) {
	raw, err := os.ReadFile(path) //nolint:gosec // the configuration names it
	if errors.Is(err, fs.ErrNotExist) {
		return Key{}, fault.Usagef("key of accounts %s: no such file; make one with: external-site key --file %s", path, path)
	}
	if err != nil {
		return Key{}, fault.Usagef("key of accounts: %v", err)
	}
	if st, err := os.Stat(path); err == nil && st.Mode().Perm()&0o077 != 0 {
		return Key{}, fault.Usagef("key of accounts %s is open to others (mode %04o); run: chmod 600 %s", path, st.Mode().Perm(), path)
	}
	key, err := ParseKey(string(raw))
	if err != nil {
		return Key{}, fault.Usagef("key of accounts %s: %v", path, err)
	}
	return key, nil
}

// ParseKey reads what NewKeyFile made.
func ParseKey(text string) (Key, error) {
	encoded, ok := strings.CutPrefix(strings.TrimSpace(text), keyMark+" ")
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(raw) != keyBytes {
		return Key{}, errors.New("not a key file of this portal; make one with: external-site key")
	}
	return Key{raw}, nil
}

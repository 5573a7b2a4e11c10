package access

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/google/uuid"

	"portal.example/shared/fault"
)

// FactorKeys seal the secrets from which apps make codes. The first key seals; all of them open, so that a key can be
// changed. They are in files of the process and in no database: a stolen copy of the database makes no codes.
type FactorKeys struct {
	keys []factorKey
}

type factorKey struct {
	id   string // the beginning of its hash
	aead cipher.AEAD
}

const (
	factorKeyMark  = "portal-factor-key-1"
	factorKeyBytes = 32
	factorIDBytes  = 8
)

// NewFactorKey makes the content of a key file.
func NewFactorKey() string {
	var key [factorKeyBytes]byte
	_, _ = rand.Read(key[:]) // never fails (crypto/rand)
	return factorKeyMark + " " + base64.StdEncoding.EncodeToString(key[:]) + "\n"
}

// LoadFactorKeys reads key files, the one that seals first. Its errors name the file and nothing of its content.
func LoadFactorKeys(files ...string) (*FactorKeys, error) {
	var all FactorKeys
	for _, file := range files {
		raw, err := os.ReadFile(file) //nolint:gosec // the configuration names it
		if err != nil {
			return nil, fault.Usagef("key of second factors: %v", err)
		}
		key, err := parseFactorKey(string(raw))
		if err != nil {
			return nil, fault.Usagef("key of second factors %s: %v", file, err)
		}
		all.keys = append(all.keys, key)
	}
	return &all, nil
}

func parseFactorKey(text string) (factorKey, error) {
	encoded, ok := strings.CutPrefix(strings.TrimSpace(text), factorKeyMark+" ")
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(raw) != factorKeyBytes {
		return factorKey{}, errors.New("not a key file of this portal; make one with: internal-site keys factors")
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return factorKey{}, fmt.Errorf("cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	sum := sha256.Sum256(append([]byte(factorKeyMark), raw...))
	return factorKey{string(sum[:factorIDBytes]), aead}, err
}

// Seal hides a secret of the account: the key's id, a nonce and the sealed bytes. For another account it does not open.
func (k *FactorKeys) Seal(owner uuid.UUID, secret []byte) []byte {
	key := k.keys[0]
	sealed := make([]byte, factorIDBytes+key.aead.NonceSize())
	copy(sealed, key.id)
	nonce := sealed[factorIDBytes:]
	_, _ = rand.Read(nonce) // never fails (crypto/rand)
	return key.aead.Seal(sealed, nonce, secret, owner[:])
}

// Open is the secret that Seal hid.
func (k *FactorKeys) Open(owner uuid.UUID, sealed []byte) ([]byte, error) {
	for _, key := range k.list() {
		rest, ours := strings.CutPrefix(string(sealed), key.id)
		if !ours || len(rest) < key.aead.NonceSize() {
			continue
		}
		nonce, text := rest[:key.aead.NonceSize()], rest[key.aead.NonceSize():]
		secret, err := key.aead.Open(nil, []byte(nonce), []byte(text), owner[:])
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "access.factor_stale")
		}
		return secret, nil
	}
	return nil, fault.Wrap(fault.Unavailable, errors.New("no key of this process opens the secret of a second factor"), "")
}

// list is every key; none when the process has none.
func (k *FactorKeys) list() []factorKey {
	if k == nil {
		return nil
	}
	return k.keys
}

// any says whether secrets can be sealed.
func (k *FactorKeys) any() bool { return len(k.list()) > 0 }

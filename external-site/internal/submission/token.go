package submission

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"portal.example/shared/fault"
)

// Token is the citizen's hold on a draft: 256 random bits in a cookie. The draft's id and its key are derived from it
// in one direction, so the database can find and keep the draft but not read it.
type Token struct{ secret [32]byte }

// NewToken draws a token.
func NewToken() Token {
	var t Token
	_, _ = rand.Read(t.secret[:]) // never fails
	return t
}

// ParseToken reads a cookie's value. Anything else than a token is NotFound, as a draft that is gone.
func ParseToken(cookie string) (Token, error) {
	var t Token
	raw, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil || len(raw) != len(t.secret) {
		return t, fault.New(fault.NotFound, "apply.no_draft")
	}
	copy(t.secret[:], raw)
	return t, nil
}

// Cookie is the value to keep in the browser.
func (t Token) Cookie() string { return base64.RawURLEncoding.EncodeToString(t.secret[:]) }

// String hides the token from logs.
func (t Token) String() string { return "(draft token)" }

// GoString hides the token from %#v.
func (t Token) GoString() string { return t.String() }

func (t Token) id() []byte { return t.derive("portal draft v1: id") }

func (t Token) derive(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, t.secret[:], nil, purpose, 32)
	if err != nil {
		panic(err) // only for an impossible length
	}
	return key
}

func (t Token) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(t.derive("portal draft v1: key"))
	if err != nil {
		return nil, fmt.Errorf("draft key: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal encloses a draft; it opens only with this token.
func (t Token) seal(plain []byte) ([]byte, error) {
	aead, err := t.aead()
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, plain, t.id()), nil // #nosec G407 -- the AEAD draws its nonce itself
}

func (t Token) open(sealed []byte) ([]byte, error) {
	aead, err := t.aead()
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nil, sealed, t.id())
	if err != nil {
		return nil, fault.New(fault.NotFound, "apply.no_draft")
	}
	return plain, nil
}

package submission

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"portal.example/shared/fault"
)

// Token is the citizen's hold on a draft or a receipt, kept in a cookie: a handle that finds its row, and the secret of
// one state of it. Each change of a draft seals it under the next secret, which is derived from the one before and
// does not lead back to it. So whoever gets hold of a cookie can open nothing that was kept before it was given out,
// while a browser that missed an answer still opens what the change left: its secret leads there.
type Token struct {
	handle [16]byte
	change uint32 // how many changes lie before this state
	secret [32]byte
}

// maxChanges is how far behind a browser's token may be; more changes than any form takes.
const maxChanges = 5000

// newToken draws a token.
func newToken() Token {
	var t Token
	_, _ = rand.Read(t.handle[:]) // never fails
	_, _ = rand.Read(t.secret[:])
	return t
}

// Reserve draws a token for a draft that does not exist yet, so that two presses of the button that begins it begin one.
func Reserve() Token { return newToken() }

// errNoDraft is the one answer to a token that opens nothing.
func errNoDraft() error { return fault.New(fault.NotFound, "submission.no_draft") }

// IsZero says that there is no token.
func (t Token) IsZero() bool { return t == Token{} }

// ParseToken reads a cookie's value. Anything else than a token is NotFound, as a draft that is gone.
func ParseToken(cookie string) (Token, error) {
	var t Token
	raw, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil {
		return t, errNoDraft()
	}
	return t, t.parse(raw)
}

// tokenSize is the length of bytes.
const tokenSize = 16 + 4 + 32

func (t *Token) parse(raw []byte) error {
	if len(raw) != tokenSize {
		return errNoDraft()
	}
	copy(t.handle[:], raw)
	t.change = binary.BigEndian.Uint32(raw[len(t.handle):])
	copy(t.secret[:], raw[len(t.handle)+4:])
	return nil
}

func (t Token) bytes() []byte {
	raw := append([]byte{}, t.handle[:]...)
	raw = binary.BigEndian.AppendUint32(raw, t.change)
	return append(raw, t.secret[:]...)
}

// Cookie is the value to keep in the browser.
func (t Token) Cookie() string { return base64.RawURLEncoding.EncodeToString(t.bytes()) }

// String hides the token from logs.
func (t Token) String() string { return "(draft token)" }

// GoString hides the token from %#v.
func (t Token) GoString() string { return t.String() }

// id is the row's name in the database, which does not lead back to the handle.
func (t Token) id() []byte {
	sum := sha256.Sum256(append([]byte("portal draft v2: id"), t.handle[:]...))
	return sum[:]
}

func (t Token) derive(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, t.secret[:], t.handle[:], purpose, 32)
	if err != nil {
		panic(err) // only for an impossible length
	}
	return key
}

// next is the token of the state that one more change leaves.
func (t Token) next() Token {
	n := Token{handle: t.handle, change: t.change + 1}
	copy(n.secret[:], t.derive("portal draft v2: next"))
	return n
}

// at is the token of the state after so many changes. There is no way back to an earlier one.
func (t Token) at(change uint32) (Token, error) {
	if change < t.change || change-t.change > maxChanges {
		return t, errNoDraft()
	}
	for t.change < change {
		t = t.next()
	}
	return t, nil
}

func (t Token) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(t.derive("portal draft v2: key"))
	if err != nil {
		return nil, fmt.Errorf("draft key: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal encloses plain; it opens only with this token or one of an earlier state.
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
		return nil, errNoDraft()
	}
	return plain, nil
}

package seal

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"

	"portal.example/shared/fault"
	"portal.example/shared/plain"
)

// alphabet is Crockford's base32: no I, L, O and U, so that a code survives being read aloud or copied by hand.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const (
	codeData = 20           // random characters: 100 bits
	codeLen  = codeData + 1 // and one check character
)

// Code is an applicant's secret code in its normal form: 20 random characters and a check character. The zero
// value is no code. It must never be logged or stored in the clear.
type Code struct{ s string }

// NewCode draws a code from random (crypto/rand.Reader outside tests).
func NewCode(random io.Reader) (Code, error) {
	raw := make([]byte, codeData)
	if _, err := io.ReadFull(random, raw); err != nil {
		return Code{}, fmt.Errorf("draw a secret code: %w", err)
	}
	out := make([]byte, codeData, codeLen)
	for i, b := range raw {
		out[i] = alphabet[b&31]
	}
	return Code{string(append(out, check(out)))}, nil
}

// ParseCode reads a code as people type it: case, spaces and dashes do not matter, O counts as 0, I and L as 1,
// and a Cyrillic letter as the Latin one of its shape.
// A mistyped code is refused by its check character with an Invalid fault.
func ParseCode(s string) (Code, error) {
	if len(s) > 200 {
		return Code{}, fault.New(fault.Invalid, "seal.code_wrong")
	}
	out := make([]byte, 0, codeLen)
	for _, r := range strings.ReplaceAll(plain.LatinCode(s), "У", "Y") {
		switch r {
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if r >= 0x80 || strings.IndexByte(alphabet, byte(r)) < 0 || len(out) == codeLen {
			return Code{}, fault.New(fault.Invalid, "seal.code_wrong")
		}
		out = append(out, byte(r))
	}
	if len(out) != codeLen || check(out[:codeData]) != out[codeData] {
		return Code{}, fault.New(fault.Invalid, "seal.code_wrong")
	}
	return Code{string(out)}, nil
}

// IsZero reports whether there is no code.
func (c Code) IsZero() bool { return c.s == "" }

// Groups returns the code in groups of four for print, the last one of five.
func (c Code) Groups() []string {
	if c.IsZero() {
		return nil
	}
	groups := make([]string, 0, 5)
	for i := 0; i < 16; i += 4 {
		groups = append(groups, c.s[i:i+4])
	}
	return append(groups, c.s[16:])
}

// Reveal returns the groups joined by dashes. The name is a warning: this is the secret itself.
func (c Code) Reveal() string { return strings.Join(c.Groups(), "-") }

// String hides the code from logs and error messages.
func (c Code) String() string { return "(secret code)" }

// GoString hides the code from %#v.
func (c Code) GoString() string { return c.String() }

// Hash is the SHA-256 of the code's normal form: all that is kept of it outside.
func (c Code) Hash() [32]byte { return sha256.Sum256([]byte(c.s)) }

// Matches compares the code's hash with hash in constant time.
func (c Code) Matches(hash []byte) bool {
	own := c.Hash()
	return !c.IsZero() && subtle.ConstantTimeCompare(own[:], hash) == 1
}

// codeInfo separates this use of the code from any other.
const codeInfo = "portal seal code v1: age X25519 identity"

// Identity derives the age identity that opens what was sealed to Recipient.
func (c Code) Identity() (age.Identity, error) { return c.identity() }

func (c Code) identity() (*age.X25519Identity, error) {
	if c.IsZero() {
		return nil, fault.New(fault.Invalid, "seal.code_wrong")
	}
	scalar, err := hkdf.Key(sha256.New, []byte(c.s), nil, codeInfo, 32)
	if err != nil {
		return nil, fmt.Errorf("derive identity: %w", err)
	}
	id, err := age.ParseX25519Identity(strings.ToUpper(bech32("age-secret-key-", scalar)))
	if err != nil {
		return nil, fmt.Errorf("derive identity: %w", err)
	}
	return id, nil
}

// Recipient is the public half of Identity ("age1…"), or "" for the zero code.
func (c Code) Recipient() string {
	id, err := c.identity()
	if err != nil {
		return ""
	}
	return id.Recipient().String()
}

// check is the sum of the characters weighted by powers of a generator of GF(32). As the weights differ, it
// notices every single wrong character and every swap of two.
func check(data []byte) byte {
	sum, weight := byte(0), byte(1)
	for _, c := range data {
		weight = times(weight, 2)
		sum ^= times(weight, byte(strings.IndexByte(alphabet, c)))
	}
	return alphabet[sum]
}

// times multiplies in GF(32) modulo x^5+x^2+1.
func times(a, b byte) byte {
	var p byte
	for ; b > 0; b >>= 1 {
		if b&1 == 1 {
			p ^= a
		}
		if a <<= 1; a >= 32 {
			a ^= 0b100101
		}
	}
	return p
}

package seal

import (
	"bytes"
	"crypto/hpke"
	"encoding/binary"
	"errors"
	"fmt"

	"portal.example/shared/fault"
)

// AccountPublic is the public half of a citizen's account: whoever has it seals things for the account and opens none of
// them. The zero value is no key.
type AccountPublic struct{ hpke hpke.PublicKey }

// AccountKey is the private half of an account. The public site keeps it only wrapped. The zero value opens nothing.
type AccountKey struct{ hpke hpke.PrivateKey }

// What is sealed to an account, version 1:
//
//	1 byte  version
//	1120    encapsulated key (MLKEM768-X25519)
//	n + 16  AES-256-GCM of the padded data, n a multiple of accountStep
const (
	accountVersion  = 1
	accountOverhead = 1 + encapsulatedLen + tagLen
	accountStep     = 512
)

// MaxForAccount is the most that can be sealed to an account at once.
const MaxForAccount = 64 << 10

// AccountSeedLen is the length of an account's private half in bytes.
const AccountSeedLen = 32

// NewAccountKey draws the key of a new account.
func NewAccountKey() (AccountKey, error) {
	key, err := hpke.MLKEM768X25519().GenerateKey()
	if err != nil {
		return AccountKey{}, fmt.Errorf("generate account key: %w", err)
	}
	return AccountKey{key}, nil
}

// ParseAccountKey reads what Seed returned.
func ParseAccountKey(seed []byte) (AccountKey, error) {
	key, err := hpke.MLKEM768X25519().NewPrivateKey(bytes.Clone(seed)) // it keeps the slice, which callers wipe
	if err != nil || len(seed) != AccountSeedLen {
		return AccountKey{}, errors.New("account key is malformed")
	}
	return AccountKey{key}, nil
}

// Seed is the secret that the key is made of, AccountSeedLen bytes. The caller wraps it and wipes it.
func (k AccountKey) Seed() ([]byte, error) {
	if k.hpke == nil {
		return nil, errors.New("no account key")
	}
	seed, err := k.hpke.Bytes()
	return bytes.Clone(seed), err // the slice is the key's own
}

// Public returns the public half.
func (k AccountKey) Public() AccountPublic {
	if k.hpke == nil {
		return AccountPublic{}
	}
	return AccountPublic{k.hpke.PublicKey()}
}

// IsZero reports whether there is no key.
func (k AccountKey) IsZero() bool { return k.hpke == nil }

// String hides the key from logs.
func (AccountKey) String() string { return "(account key)" }

// GoString hides the key from %#v.
func (k AccountKey) GoString() string { return k.String() }

// ParseAccountPublic reads what Bytes returned.
func ParseAccountPublic(raw []byte) (AccountPublic, error) {
	key, err := hpke.MLKEM768X25519().NewPublicKey(raw)
	if err != nil {
		return AccountPublic{}, errors.New("public key of an account is malformed")
	}
	return AccountPublic{key}, nil
}

// Bytes is the serialised key, 1216 bytes.
func (p AccountPublic) Bytes() []byte { return p.hpke.Bytes() }

// Seal encloses data (at most MaxForAccount bytes) for the account. It opens only as what b says it is.
func (p AccountPublic) Seal(b Bound, data []byte) ([]byte, error) {
	if len(data) > MaxForAccount {
		return nil, fault.New(fault.TooLarge, "fault.too_large")
	}
	if p.hpke == nil || len(b.Kind) > 255 {
		return nil, errors.New("seal for an account: no key, or a kind that is too long")
	}
	padded := make([]byte, (len(data)+lengthPrefix+accountStep-1)/accountStep*accountStep)
	defer clear(padded)
	binary.BigEndian.PutUint32(padded, uint32(len(data))) //nolint:gosec // at most MaxForAccount
	copy(padded[lengthPrefix:], data)
	kdf, aead := suite()
	ciphertext, err := hpke.Seal(p.hpke, kdf, aead, accountInfo(b), padded)
	if err != nil {
		return nil, fmt.Errorf("seal for an account: %w", err)
	}
	return append([]byte{accountVersion}, ciphertext...), nil
}

// Open returns the data that Seal enclosed for this account and for b. Anything else is ErrCannotOpen.
func (k AccountKey) Open(b Bound, sealed []byte) ([]byte, error) {
	n := len(sealed) - accountOverhead
	if k.hpke == nil || n < accountStep || n%accountStep != 0 || sealed[0] != accountVersion || len(b.Kind) > 255 {
		return nil, ErrCannotOpen
	}
	kdf, aead := suite()
	padded, err := hpke.Open(k.hpke, kdf, aead, accountInfo(b), sealed[1:])
	if err != nil {
		return nil, ErrCannotOpen // the cause says nothing more and must not become an oracle
	}
	length := int64(binary.BigEndian.Uint32(padded))
	if length > int64(len(padded)-lengthPrefix) {
		return nil, ErrCannotOpen
	}
	return padded[lengthPrefix : lengthPrefix+length], nil
}

// accountInfo is HPKE's context: each part with its length before it.
func accountInfo(b Bound) []byte {
	info := []byte("portal account v1")
	for _, part := range [][]byte{[]byte(b.Kind), b.MessageID[:]} {
		info = append(append(info, byte(len(part))), part...)
	}
	return info
}

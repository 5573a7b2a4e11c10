package seal

import (
	"crypto/hpke"
	"encoding/hex"
	"errors"
	"fmt"

	"portal.example/shared/fault"
)

// The envelope, version 1:
//
//	1 byte   version
//	8 bytes  key id
//	1120     encapsulated key (MLKEM768-X25519)
//	n + 16   AES-256-GCM of the padded record, n a size class
//
// The suite belongs to the version. HPKE's info binds what travels beside the envelope (see Bound).
const (
	envelopeVersion = 1
	keyIDLen        = 8
	headerLen       = 1 + keyIDLen
	encapsulatedLen = 1120
	tagLen          = 16
	overhead        = headerLen + encapsulatedLen + tagLen
)

// Sizes that an envelope can have.
const (
	MinEnvelope = overhead + minClass
	MaxEnvelope = overhead + maxClass
)

// Bound is what an envelope is tied to besides the key: opening with other values fails.
type Bound struct {
	Kind      string   // submission kind
	MessageID [16]byte // also the key of idempotency
}

// ErrNotSealed says that bytes are no envelope of ours: wrong length, version or header.
var ErrNotSealed = errors.New("not an envelope")

// ErrUnknownKey says that no private key at hand has the id that the envelope names.
var ErrUnknownKey = errors.New("envelope is sealed to a key that is not here")

// ErrCannotOpen says that the envelope was changed, or belongs to another message, kind or portal.
var ErrCannotOpen = errors.New("envelope cannot be opened")

func suite() (hpke.KDF, hpke.AEAD) { return hpke.HKDFSHA256(), hpke.AES256GCM() }

// Seal encloses record (at most MaxPayload bytes) for the holder of the private key.
func (p PublicKey) Seal(b Bound, record []byte) ([]byte, error) {
	if len(record) > MaxPayload {
		return nil, fault.New(fault.TooLarge, "fault.too_large")
	}
	if len(b.Kind) > 255 {
		return nil, fmt.Errorf("seal: kind of %d bytes", len(b.Kind))
	}
	kdf, aead := suite()
	padded := pad(record)
	defer clear(padded)
	ciphertext, err := hpke.Seal(p.hpke, kdf, aead, p.info(b), padded)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	envelope := make([]byte, 0, headerLen+len(ciphertext))
	envelope = append(envelope, envelopeVersion)
	envelope = append(envelope, p.id[:]...)
	return append(envelope, ciphertext...), nil
}

// EnvelopeKeyID returns the id of the key that the envelope is sealed to, as KeyID spells it.
func EnvelopeKeyID(envelope []byte) (string, error) {
	if len(envelope) < MinEnvelope || len(envelope) > MaxEnvelope ||
		!isClass(len(envelope)-overhead) || envelope[0] != envelopeVersion {
		return "", ErrNotSealed
	}
	return hex.EncodeToString(envelope[1:headerLen]), nil
}

// Open returns the record of an envelope that Seal made for one of the keys and for b.
func (k Keyring) Open(b Bound, envelope []byte) ([]byte, error) {
	id, err := EnvelopeKeyID(envelope)
	if err != nil {
		return nil, err
	}
	key, ok := k[id]
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrUnknownKey, id)
	}
	if len(b.Kind) > 255 {
		return nil, ErrCannotOpen
	}
	kdf, aead := suite()
	padded, err := hpke.Open(key.hpke, kdf, aead, key.Public().info(b), envelope[headerLen:])
	if err != nil {
		return nil, ErrCannotOpen // the cause says nothing more and must not become an oracle
	}
	record, err := unpad(padded)
	if err != nil {
		return nil, ErrCannotOpen
	}
	return record, nil
}

// info is HPKE's context: each part with its length before it, so that no two contexts read the same.
func (p PublicKey) info(b Bound) []byte {
	info := []byte("portal seal v1")
	for _, part := range [][]byte{[]byte(p.portal), []byte(b.Kind), b.MessageID[:], p.id[:]} {
		info = append(append(info, byte(len(part))), part...)
	}
	return info
}

package seal

import (
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"

	"filippo.io/age"
)

// PublicKey is what the outside knows of the intake: records and files can be sealed to it.
type PublicKey struct {
	portal string
	id     [keyIDLen]byte
	hpke   hpke.PublicKey
	files  *age.HybridRecipient
}

// PrivateKey opens what was sealed to its PublicKey. Only the intake worker holds one.
type PrivateKey struct {
	public PublicKey
	hpke   hpke.PrivateKey
	files  *age.HybridIdentity
}

// Keyring holds private keys by id: the current one and those whose envelopes may still be on their way.
type Keyring map[string]PrivateKey

var portalName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,62}$`)

// Generate makes a key pair for the portal of that name (one installation, e.g. its host name).
func Generate(portal string) (PrivateKey, error) {
	if !portalName.MatchString(portal) {
		return PrivateKey{}, fmt.Errorf("name of the portal %q: expected lower-case letters, digits, dots and dashes", portal)
	}
	record, err := hpke.MLKEM768X25519().GenerateKey()
	if err != nil {
		return PrivateKey{}, fmt.Errorf("generate key: %w", err)
	}
	files, err := age.GenerateHybridIdentity()
	if err != nil {
		return PrivateKey{}, fmt.Errorf("generate key: %w", err)
	}
	return newPrivateKey(portal, record, files), nil
}

func newPrivateKey(portal string, record hpke.PrivateKey, files *age.HybridIdentity) PrivateKey {
	return PrivateKey{public: newPublicKey(portal, record.PublicKey(), files.Recipient()), hpke: record, files: files}
}

// newPublicKey computes the id: the beginning of the SHA-256 over everything public.
func newPublicKey(portal string, record hpke.PublicKey, files *age.HybridRecipient) PublicKey {
	sum := sha256.New()
	fmt.Fprintf(sum, "portal key v1\n%s\n%s\n", portal, files)
	sum.Write(record.Bytes())
	p := PublicKey{portal: portal, hpke: record, files: files}
	copy(p.id[:], sum.Sum(nil))
	return p
}

// KeyID names the key in envelopes, tables and logs: 16 hex digits.
func (p PublicKey) KeyID() string { return hex.EncodeToString(p.id[:]) }

// Portal is the name of the installation that the key belongs to.
func (p PublicKey) Portal() string { return p.portal }

// Files is the age recipient to which attachments are sealed.
func (p PublicKey) Files() age.Recipient { return p.files }

// Public returns the public half.
func (k PrivateKey) Public() PublicKey { return k.public }

// KeyID names the key as its public half does.
func (k PrivateKey) KeyID() string { return k.public.KeyID() }

// String hides the key from logs.
func (k PrivateKey) String() string { return "private key " + k.KeyID() }

// GoString hides the key from %#v.
func (k PrivateKey) GoString() string { return k.String() }

// NewKeyring collects keys; the same key twice is no error.
func NewKeyring(keys ...PrivateKey) Keyring {
	ring := Keyring{}
	for _, k := range keys {
		ring[k.KeyID()] = k
	}
	return ring
}

// Files returns the age identities of all keys, for attachments.
func (k Keyring) Files() []age.Identity {
	ids := make([]age.Identity, 0, len(k))
	for _, key := range k {
		ids = append(ids, key.files)
	}
	return ids
}

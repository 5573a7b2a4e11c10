package account

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/crypto/argon2"

	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

// Cost is what it takes to try one password, by argon2id with one thread.
type Cost struct {
	Memory uint32 // KiB
	Passes uint32
}

// UsualCost is what new passwords take. The node on which the accounts lie counts as broken into, so it is more than
// OWASP asks of a server: about 150 ms of one core for each guess, and 64 MiB.
var UsualCost = Cost{Memory: 64 << 10, Passes: 3}

// tries is how many passwords are worked on at a time: signing in must not take all memory and cores.
const tries = 2

// hasher derives from a secret what finds a way and what opens it.
type hasher struct {
	key    Key
	costs  []Cost // the first is for new passwords; the others are those of earlier releases
	places chan struct{}
}

func newHasher(key Key, costs []Cost) hasher {
	return hasher{key: key, costs: costs, places: make(chan struct{}, tries)}
}

// way is one way to open an account, as its secret shows it.
type way struct {
	kind string
	id   []byte // names the row and leads back to nothing
	lock []byte // the key under which the account's private half is wrapped
	cost *Cost  // of a password
}

// The kinds of ways.
const (
	byPassword = "password"
	byRecovery = "recovery"
	byPasskey  = "passkey"
)

// ofPassword is the way of a login and a password. Both the salt and the way depend on the installation's key: whoever has the
// database alone cannot even begin to guess. It waits for a place no longer than the request lives.
func (h hasher) ofPassword(ctx context.Context, l Login, typed string, cost Cost) (way, error) {
	if l.IsZero() || len(typed) > MaxPassword*utf8.UTFMax {
		return way{}, errNoMatch()
	}
	select {
	case h.places <- struct{}{}:
	case <-ctx.Done():
		return way{}, fault.Wrap(fault.Unavailable, ctx.Err(), "")
	}
	defer func() { <-h.places }()
	if err := ctx.Err(); err != nil {
		return way{}, fault.Wrap(fault.Unavailable, err, "")
	}
	stretched := argon2.IDKey([]byte(typed), h.key.derive("salt of a login", []byte(l.s))[:16], cost.Passes, cost.Memory, 1, 32)
	defer clear(stretched)
	w := h.ofSecret(byPassword, stretched)
	w.cost = &cost
	return w, nil
}

// ofRecovery is the way of a recovery code, which has 100 random bits, so that a quick hash is enough.
func (h hasher) ofRecovery(code seal.Code) way {
	hash := code.Hash()
	return h.ofSecret(byRecovery, hash[:])
}

func (h hasher) ofSecret(kind string, secret []byte) way {
	return way{kind: kind, id: h.key.derive("way: "+kind, secret), lock: h.key.derive("lock: "+kind, secret)}
}

// Key is the secret of the installation, in a file of the process and in no database.
type Key struct{ secret []byte }

// IsZero says that there is no key.
func (k Key) IsZero() bool { return len(k.secret) == 0 }

// String hides the key from logs.
func (Key) String() string { return "(key of accounts)" }

// GoString hides the key from %#v.
func (k Key) GoString() string { return k.String() }

// derive is 32 bytes that follow from the key, the purpose and the data, and lead back to none of them.
func (k Key) derive(purpose string, data []byte) []byte {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write([]byte("portal account v1\x00" + purpose + "\x00"))
	mac.Write(data)
	return mac.Sum(nil)
}

// Token is a browser's hold on a session, in two cookies. The handle goes to every page and finds the session; the secret goes to
// the pages of the cabinet alone and unwraps the account's key.
type Token struct{ handle, secret [32]byte }

func newToken() (t Token) {
	_, _ = rand.Read(t.handle[:]) // never fails
	_, _ = rand.Read(t.secret[:])
	return t
}

// ParseToken reads the values of both cookies; without the secret the token only finds the session.
func ParseToken(handle, secret string) (Token, error) {
	var t Token
	for _, part := range []struct {
		from string
		to   []byte
	}{{handle, t.handle[:]}, {secret, t.secret[:]}} {
		raw, err := base64.RawURLEncoding.DecodeString(part.from)
		if err != nil || len(raw) != len(part.to) && part.from != "" {
			return Token{}, errNoSession()
		}
		copy(part.to, raw)
	}
	if t.handle == [32]byte{} {
		return Token{}, errNoSession()
	}
	return t, nil
}

// Handle is the value of the cookie that goes to every page.
func (t Token) Handle() string { return base64.RawURLEncoding.EncodeToString(t.handle[:]) }

// Secret is the value of the cookie that goes to the cabinet alone.
func (t Token) Secret() string { return base64.RawURLEncoding.EncodeToString(t.secret[:]) }

// String hides the token from logs.
func (Token) String() string { return "(token of a session)" }

// GoString hides the token from %#v.
func (t Token) GoString() string { return t.String() }

// id names the session's row and does not lead back to the handle.
func (t Token) id() []byte {
	sum := sha256.Sum256(append([]byte("portal account v1: session"), t.handle[:]...))
	return sum[:]
}

// lock is the key under which the session keeps the account's private half.
func (t Token) lock() []byte {
	key, err := hkdf.Key(sha256.New, t.secret[:], t.handle[:], "portal account v1: session", 32)
	if err != nil {
		panic(err) // only for an impossible length
	}
	return key
}

// wrap encloses the private half of the account with the id.
func wrap(lock []byte, account uuid.UUID, key seal.AccountKey) ([]byte, error) {
	seed, err := key.Seed()
	if err != nil {
		return nil, err
	}
	defer clear(seed)
	aead, err := newAEAD(lock)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, seed, account[:]), nil // #nosec G407 -- the AEAD draws its nonce itself
}

// unwrap is the private half again. What does not open is errNoMatch.
func unwrap(lock []byte, account uuid.UUID, wrapped []byte) (seal.AccountKey, error) {
	aead, err := newAEAD(lock)
	if err != nil {
		return seal.AccountKey{}, err
	}
	seed, err := aead.Open(nil, nil, wrapped, account[:])
	if err != nil {
		return seal.AccountKey{}, errNoMatch()
	}
	defer clear(seed)
	return seal.ParseAccountKey(seed)
}

func newAEAD(lock []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(lock)
	if err != nil {
		return nil, fmt.Errorf("account key: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

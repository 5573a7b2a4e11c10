// Package keytest is a device with passkeys for tests: it makes keys and signs with them as a real one does, for the page that its
// browser shows. It may import nothing of the portal.
package keytest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// Device holds passkeys.
type Device struct {
	TB     testing.TB
	Origin string // of the page that the browser shows
	// Count is how often it has signed. Unverified devices sign without asking who holds them.
	Count      uint32
	Unverified bool
	keys       []key
}

type key struct {
	id, owner []byte
	domain    string
	private   *ecdsa.PrivateKey
}

// The flags of what a device says of itself.
const (
	userPresent  = 1 << 0
	userVerified = 1 << 2
	newKey       = 1 << 6
)

// options are those of the Web Authentication API of which the device makes use.
type options struct {
	PublicKey struct {
		Challenge string
		RPID      string `json:"rpId"`
		RP        struct{ ID string }
		User      struct{ ID string }
		Allow     []struct{ ID string } `json:"allowCredentials"`
		Exclude   []struct{ ID string } `json:"excludeCredentials"`
	}
}

// Copy is another device with the same keys.
func (d *Device) Copy() *Device {
	c := *d
	c.keys = append([]key(nil), d.keys...)
	return &c
}

// Create makes a key as the options ask and returns what the browser sends. It fails the test when the device has a key that the
// options exclude.
func (d *Device) Create(asked string) string {
	d.TB.Helper()
	o := d.parse(asked)
	for _, e := range o.PublicKey.Exclude {
		for _, k := range d.keys {
			if bytes.Equal(k.id, d.bytes(e.ID)) {
				d.TB.Fatal("the device has one of the keys already")
			}
		}
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		d.TB.Fatal(err)
	}
	k := key{id: make([]byte, 32), owner: d.bytes(o.PublicKey.User.ID), domain: o.PublicKey.RP.ID, private: private}
	_, _ = rand.Read(k.id)
	d.keys = append(d.keys, k)
	data := d.data(k, newKey)
	data = append(data, make([]byte, 16)...) // no make in particular
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.id)))
	data = append(append(data, k.id...), d.public(k)...)
	attestation, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	if err != nil {
		d.TB.Fatal(err)
	}
	return d.answer(k, map[string]string{
		"clientDataJSON": text(d.client("webauthn.create", o.PublicKey.Challenge)), "attestationObject": text(attestation),
	})
}

// Sign answers the options with the first of its keys that they allow, as the browser sends it.
func (d *Device) Sign(asked string) string {
	d.TB.Helper()
	o := d.parse(asked)
	for _, k := range d.keys {
		allowed := len(o.PublicKey.Allow) == 0
		for _, a := range o.PublicKey.Allow {
			allowed = allowed || bytes.Equal(k.id, d.bytes(a.ID))
		}
		if allowed && k.domain == o.PublicKey.RPID {
			return d.sign(k, o)
		}
	}
	d.TB.Fatalf("none of %d keys is allowed", len(d.keys))
	return ""
}

// Secret is what the device makes of a name for the site of its first key (the PRF extension), in base64; another device and
// another name make another one.
func (d *Device) Secret(name string) string {
	d.TB.Helper()
	mac := hmac.New(sha256.New, d.keys[0].id)
	mac.Write(d.bytes(name))
	return text(mac.Sum(nil))
}

// SignAnyway answers with the first key, whether it is allowed or not.
func (d *Device) SignAnyway(asked string) string {
	d.TB.Helper()
	return d.sign(d.keys[0], d.parse(asked))
}

func (d *Device) sign(k key, o options) string {
	d.Count++
	data, client := d.data(k, 0), d.client("webauthn.get", o.PublicKey.Challenge)
	about := sha256.Sum256(client)
	signed := sha256.Sum256(append(bytes.Clone(data), about[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.private, signed[:])
	if err != nil {
		d.TB.Fatal(err)
	}
	return d.answer(k, map[string]string{
		"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature), "userHandle": text(k.owner),
	})
}

// data is what the device says of itself.
func (d *Device) data(k key, flags byte) []byte {
	domain := sha256.Sum256([]byte(k.domain))
	flags |= userPresent
	if !d.Unverified {
		flags |= userVerified
	}
	return binary.BigEndian.AppendUint32(append(domain[:], flags), d.Count)
}

// client is what the browser says of the page.
func (d *Device) client(kind, challenge string) []byte {
	data, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.Origin, "crossOrigin": false})
	return data
}

// public is the key as COSE writes it: an ES256 key on P-256.
func (d *Device) public(k key) []byte {
	point, err := k.private.PublicKey.Bytes() // 4, x, y
	if err != nil {
		d.TB.Fatal(err)
	}
	const size = 32
	data, err := cbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1 : 1+size], -3: point[1+size:]})
	if err != nil {
		d.TB.Fatal(err)
	}
	return data
}

func (d *Device) answer(k key, response map[string]string) string {
	data, _ := json.Marshal(map[string]any{
		"id": text(k.id), "rawId": text(k.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{},
	})
	return string(data)
}

func (d *Device) parse(asked string) (o options) {
	d.TB.Helper()
	if err := json.Unmarshal([]byte(asked), &o); err != nil {
		d.TB.Fatalf("%q: %v", asked, err)
	}
	return o
}

func (d *Device) bytes(s string) []byte {
	d.TB.Helper()
	data, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		d.TB.Fatal(err)
	}
	return data
}

func text(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

package account

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/netip"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"portal.example/shared/fault"
)

// Passkeys are ways to open an account with a key of a device. Its signature says that the device is there, and the secret that it
// makes for this site alone (the PRF extension) unwraps the account's key; a device that makes none cannot open an account.
type Passkeys struct {
	party *webauthn.WebAuthn
}

// NewPasskeys makes passkeys for the site at the address. Browsers make them for https (or localhost) and a name only; for
// another address it is nil, and there are none.
func NewPasskeys(address string) (*Passkeys, error) {
	origin, err := url.Parse(address)
	if err != nil {
		return nil, fault.Usagef("passkeys: %v", err)
	}
	host := origin.Hostname()
	if _, err := netip.ParseAddr(host); err == nil || host == "" || origin.Scheme != "https" && host != "localhost" {
		return nil, nil //nolint:nilnil // there are none
	}
	party, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: host, RPOrigins: []string{origin.Scheme + "://" + origin.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fault.Usagef("passkeys: %v", err)
	}
	return &Passkeys{party}, nil
}

// Ceremony is what a browser is asked to have signed: Options are those of its Web Authentication API, as JSON. Token names
// it in the form that brings the answer, and counts once.
type Ceremony struct {
	Token, Options string
}

// Answer is what the browser brings: the ceremony's token, what the device signed, and its secret in base64.
type Answer struct {
	Token, Signed, Secret string
}

// secret is what the device made for this site; Invalid when it made none.
func (a Answer) secret() ([]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(a.Secret)
	if err != nil || len(raw) != 32 {
		return nil, fault.New(fault.Invalid, "account.passkey_without_secret")
	}
	return raw, nil
}

// keyOwner is an account as the library knows it: its id, and nothing of a person.
type keyOwner struct {
	id   uuid.UUID
	name string // for the list of keys on the device; sealed here
	keys []webauthn.Credential
}

// WebAuthnID is what a key remembers of its owner.
func (o keyOwner) WebAuthnID() []byte { return o.id[:] }

// WebAuthnName is the account as lists of keys on a device show it.
func (o keyOwner) WebAuthnName() string { return o.name }

// WebAuthnDisplayName is the same.
func (o keyOwner) WebAuthnDisplayName() string { return o.name }

// WebAuthnCredentials are the keys of the account.
func (o keyOwner) WebAuthnCredentials() []webauthn.Credential { return o.keys }

// ofPasskey is the way of a device: found by the key's public id, and locked by the device's secret.
func (h hasher) ofPasskey(credential, secret []byte) way {
	return way{kind: byPasskey, id: h.key.derive("way: passkey", credential), lock: h.key.derive("lock: passkey", secret)}
}

// refusedKey is the answer to what a key should not have signed. The cause says which part of it and nothing of the person.
func refusedKey(err error) error {
	cause := err
	if e := new(protocol.Error); errors.As(err, &e) {
		cause = errors.New(e.Type + ": " + e.Details)
	}
	return fault.Wrap(fault.Invalid, cause, "account.passkey_refused")
}

func encodeOptions(options any) string {
	text, _ := json.Marshal(options) // plain structs
	return string(text)
}

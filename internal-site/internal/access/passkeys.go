package access

import (
	"encoding/json"
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"portal.example/shared/fault"
)

// PasskeySite says for which site passkeys sign. Browsers use a key for no other, so that a page that only looks like
// this one gets nothing.
type PasskeySite struct {
	Origin string // scheme, host and port of the address under which people reach the site
	// Domain is what keys belong to: the host of the origin, or a domain above it. "" is the host.
	Domain string
}

// Passkeys checks what passkeys sign for one site.
type Passkeys struct {
	party *webauthn.WebAuthn
}

// NewPasskeys refuses an address for which no browser makes passkeys: they need https (or localhost) and a name.
func NewPasskeys(site PasskeySite) (*Passkeys, error) {
	origin, err := url.Parse(site.Origin)
	if err != nil || origin.Host == "" || strings.Trim(origin.Path, "/") != "" || origin.RawQuery != "" {
		return nil, fault.Usagef("passkeys: origin %q must be like https://staff.example", site.Origin)
	}
	host := origin.Hostname()
	if _, err := netip.ParseAddr(host); err == nil {
		return nil, fault.Usagef("passkeys: browsers make none for an address of numbers (%s)", host)
	}
	if origin.Scheme != "https" && host != "localhost" {
		return nil, fault.Usagef("passkeys: browsers make them for https only, not for %q", site.Origin)
	}
	domain := site.Domain
	if domain == "" {
		domain = host
	}
	if host != domain && !strings.HasSuffix(host, "."+domain) {
		return nil, fault.Usagef("passkeys: rp_id %q is neither the host of %q nor a domain above it", domain, site.Origin)
	}
	party, err := webauthn.New(&webauthn.Config{
		RPID: domain, RPDisplayName: host, RPOrigins: []string{origin.Scheme + "://" + origin.Host},
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

// asked is what the portal keeps of a ceremony until its answer comes.
type asked struct {
	For     purpose              `json:"for"`
	Name    string               `json:"name,omitempty"` // of a key that is added
	Session webauthn.SessionData `json:"session"`
}

// purpose is what an answer may be used for, and for nothing else.
type purpose string

const (
	toAddKey    purpose = "add"
	toConfirm   purpose = "second" // beside the password
	toSignAlone purpose = "alone"
)

// keyOwner is an account as the library knows it.
type keyOwner struct {
	User
	keys []webauthn.Credential
}

// WebAuthnID is what a key remembers of its owner.
func (o keyOwner) WebAuthnID() []byte { return o.ID[:] }

// WebAuthnName is the account as lists of keys on a device show it.
func (o keyOwner) WebAuthnName() string { return o.Login }

// WebAuthnDisplayName is whose account it is.
func (o keyOwner) WebAuthnDisplayName() string { return o.FullName }

// WebAuthnCredentials are the keys of the account.
func (o keyOwner) WebAuthnCredentials() []webauthn.Credential { return o.keys }

// askToAdd asks for a new key that is none of those that the owner has.
func (p *Passkeys) askToAdd(owner keyOwner, name string) (options string, kept asked, err error) {
	creation, session, err := p.party.BeginRegistration(owner, webauthn.WithExclusions(webauthn.Credentials(owner.keys).CredentialDescriptors()))
	if err != nil {
		return "", asked{}, fault.Wrap(fault.Internal, err, "")
	}
	return encode(creation), asked{toAddKey, name, *session}, nil
}

// askToConfirm asks for one of the owner's keys.
func (p *Passkeys) askToConfirm(owner keyOwner) (options string, kept asked, err error) {
	assertion, session, err := p.party.BeginLogin(owner)
	if err != nil {
		return "", asked{}, fault.Wrap(fault.Internal, err, "")
	}
	return encode(assertion), asked{For: toConfirm, Session: *session}, nil
}

// askAnyone asks for a key of whoever sits there.
func (p *Passkeys) askAnyone() (options string, kept asked, err error) {
	assertion, session, err := p.party.BeginDiscoverableLogin()
	if err != nil {
		return "", asked{}, fault.Wrap(fault.Internal, err, "")
	}
	return encode(assertion), asked{For: toSignAlone, Session: *session}, nil
}

func encode(options any) string {
	text, _ := json.Marshal(options) // plain structs
	return string(text)
}

// newKey is the key that the answer brings.
func (p *Passkeys) newKey(owner keyOwner, kept asked, answer string) (webauthn.Credential, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return webauthn.Credential{}, refusedKey(err)
	}
	key, err := p.party.CreateCredential(owner, kept.Session, parsed)
	if err != nil {
		return webauthn.Credential{}, refusedKey(err)
	}
	key.Attestation = webauthn.CredentialAttestation{} // nobody asks which make it is
	return *key, nil
}

// signature is an answer that a key has signed, not yet checked.
type signature struct {
	parsed *protocol.ParsedCredentialAssertionData
	owner  uuid.UUID // as the key says; Nil when it does not
}

func parseSignature(answer string) (signature, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return signature{}, refusedKey(err)
	}
	owner, err := uuid.FromBytes(parsed.Response.UserHandle)
	if err != nil {
		owner = uuid.Nil
	}
	return signature{parsed, owner}, nil
}

// check returns the key with which the answer was signed for the ceremony, with its new count. copied says that the count did
// not grow: somebody has a copy of the key.
func (p *Passkeys) check(owner keyOwner, kept asked, answer signature) (key webauthn.Credential, copied bool, err error) {
	var found *webauthn.Credential
	if kept.For == toSignAlone {
		_, found, err = p.party.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return owner, nil }, kept.Session, answer.parsed)
	} else {
		found, err = p.party.ValidateLogin(owner, kept.Session, answer.parsed)
	}
	if err != nil {
		return webauthn.Credential{}, false, refusedKey(err)
	}
	return *found, found.Authenticator.CloneWarning, nil
}

// refusedKey is the answer to what a key should not have signed. The cause says which part of it and nothing of the person.
func refusedKey(err error) error {
	cause := err
	if e := new(protocol.Error); errors.As(err, &e) {
		cause = errors.New(e.Type + ": " + e.Details)
	}
	return fault.Wrap(fault.Invalid, cause, "access.passkey_refused")
}

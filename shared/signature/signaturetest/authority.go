// Package signaturetest is a certification authority for tests: keys, certificates as Ukrainian authorities write them, revocation
// lists and time stamps. Nothing that it makes is trusted by any installation. Only tests and the demo import it.
package signaturetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"portal.example/shared/signature/cms"
	"portal.example/shared/signature/dstu4145"
	"portal.example/shared/signature/x509ua"
)

// Kind is a kind of key with a digest.
type Kind int

// The kinds.
const (
	DSTU       Kind = iota // ДСТУ 4145 over 257 bits, ГОСТ 34.311
	DSTUKupyna             // the same curve, Купина 256
	DSTU431                // over 431 bits, ГОСТ 34.311
	RSA
	ECDSA
)

// Key is a key pair.
type Key struct {
	cms.Key
	SPKI []byte
	DSTU *dstu4145.PrivateKey // nil for the others
}

// NewKey makes a key; explicit spells out the parameters of a curve that has a name, as most Ukrainian certificates do.
func NewKey(kind Kind, explicit bool) (Key, error) {
	switch kind {
	case RSA:
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return Key{}, err
		}
		spki, err := x509.MarshalPKIXPublicKey(key.Public())
		return Key{Key: cms.StandardKey{Signer: key, Scheme: "1.2.840.113549.1.1.11"}, SPKI: spki}, err
	case ECDSA:
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return Key{}, err
		}
		spki, err := x509.MarshalPKIXPublicKey(key.Public())
		return Key{Key: cms.StandardKey{Signer: key, Scheme: "1.2.840.10045.4.3.2"}, SPKI: spki}, err
	}
	curve, digest := 6, x509ua.GOST34311
	switch kind {
	case DSTU431:
		curve = 9
	case DSTUKupyna:
		digest = x509ua.Kupyna256
	}
	c, _ := dstu4145.NamedCurve(curve)
	key, err := dstu4145.GenerateKey(c, nil)
	if err != nil {
		return Key{}, err
	}
	spki, err := x509ua.MarshalPublicKey(&key.PublicKey, curve, explicit)
	return Key{Key: cms.DSTUKey{Key: key, Digest: digest}, SPKI: spki, DSTU: key}, err
}

// Subject is what a certificate says.
type Subject struct {
	Name         string
	Organisation string
	Title        string
	RNOKPP       string
	EDRPOU       string
	NotBefore    time.Time
	NotAfter     time.Time
	CA           bool
	PathLength   int // −1 without; 0 is none below
	Usage        x509ua.Usage
	Stamping     bool
	Qualified    bool
	Serial       int64
	// Critical adds a critical extension with this identifier.
	Critical string
}

// Issuer is a certificate with its key.
type Issuer struct {
	Key         Key
	Certificate *x509ua.Certificate
}

// Root makes a certificate that signs itself.
func Root(kind Kind, s Subject) (*Issuer, error) { return issue(nil, kind, s) }

// Issue makes a certificate below the issuer.
func (i *Issuer) Issue(kind Kind, s Subject) (*Issuer, error) { return issue(i, kind, s) }

func issue(by *Issuer, kind Kind, s Subject) (*Issuer, error) {
	key, err := NewKey(kind, true)
	if err != nil {
		return nil, err
	}
	subject, err := name(s)
	if err != nil {
		return nil, err
	}
	issuer, signer := subject, key
	if by != nil {
		issuer, signer = by.Certificate.Subject.Raw, by.Key
	}
	_, scheme := signer.Algorithms()
	tbs, err := build(func(b *cryptobyte.Builder) { addBody(b, s, scheme, issuer, subject, signer.SPKI, key.SPKI) })
	if err != nil {
		return nil, err
	}
	der, err := seal(signer, scheme, tbs)
	if err != nil {
		return nil, err
	}
	certificate, err := x509ua.ParseCertificate(der)
	return &Issuer{key, certificate}, err
}

func build(do func(b *cryptobyte.Builder)) ([]byte, error) {
	b := cryptobyte.NewBuilder(nil)
	do(b)
	return b.Bytes()
}

func addOID(b *cryptobyte.Builder, oid string) {
	id, err := x509ua.ParseOID(oid)
	if err != nil {
		b.SetError(err)
		return
	}
	b.AddASN1ObjectIdentifier(id)
}

// seal signs what is to be signed, as certificates and lists are: a key of ДСТУ 4145 puts its signature into an octet string.
func seal(key Key, scheme string, tbs []byte) ([]byte, error) {
	signature, err := key.Sign(tbs)
	if err != nil {
		return nil, err
	}
	if key.DSTU != nil {
		if signature, err = build(func(b *cryptobyte.Builder) { b.AddASN1OctetString(signature) }); err != nil {
			return nil, err
		}
	}
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(tbs)
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { addOID(b, scheme) })
			b.AddASN1BitString(signature)
		})
	})
}

func name(s Subject) ([]byte, error) {
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			add := func(oid, value string) {
				if value == "" {
					return
				}
				b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) {
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
						addOID(b, oid)
						b.AddASN1(casn1.UTF8String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(value)) })
					})
				})
			}
			add("2.5.4.10", s.Organisation)
			add("2.5.4.12", s.Title)
			add("2.5.4.3", s.Name)
			if s.RNOKPP != "" {
				add("2.5.4.5", "TINUA-"+s.RNOKPP)
			}
			if s.EDRPOU != "" {
				add("2.5.4.97", "NTRUA-"+s.EDRPOU)
			}
			add("2.5.4.6", "UA")
		})
	})
}

func addBody(b *cryptobyte.Builder, s Subject, scheme string, issuer, subject, issuerSPKI, spki []byte) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) { b.AddASN1Int64(2) })
		serial := s.Serial
		if serial == 0 {
			serial = time.Now().UnixNano()
		}
		b.AddASN1Int64(serial)
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { addOID(b, scheme) })
		b.AddBytes(issuer)
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1UTCTime(s.NotBefore.UTC())
			b.AddASN1UTCTime(s.NotAfter.UTC())
		})
		b.AddBytes(subject)
		b.AddBytes(spki)
		b.AddASN1(casn1.Tag(3).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { addExtensions(b, s, issuerSPKI, spki) })
		})
	})
}

func addExtension(b *cryptobyte.Builder, oid string, critical bool, value func(b *cryptobyte.Builder)) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addOID(b, oid)
		if critical {
			b.AddASN1Boolean(true)
		}
		b.AddASN1(casn1.OCTET_STRING, value)
	})
}

// identifier is a key's, as certificates name it.
func identifier(spki []byte) []byte {
	sum := sha256.Sum256(spki)
	return sum[:20]
}

func addAuthorityKey(b *cryptobyte.Builder, spki []byte) {
	addExtension(b, "2.5.29.35", false, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(identifier(spki)) })
		})
	})
}

func addExtensions(b *cryptobyte.Builder, s Subject, issuerSPKI, spki []byte) {
	addExtension(b, "2.5.29.14", false, func(b *cryptobyte.Builder) { b.AddASN1OctetString(identifier(spki)) })
	addAuthorityKey(b, issuerSPKI)
	if s.Usage != 0 {
		addExtension(b, "2.5.29.15", true, func(b *cryptobyte.Builder) {
			var octet byte
			for i := range 8 {
				octet |= byte(s.Usage>>i&1) << (7 - i) //nolint:gosec // one bit
			}
			b.AddASN1(casn1.BIT_STRING, func(b *cryptobyte.Builder) { b.AddBytes([]byte{0, octet}) })
		})
	}
	if s.CA {
		addExtension(b, "2.5.29.19", true, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Boolean(true)
				if s.PathLength >= 0 {
					b.AddASN1Int64(int64(s.PathLength))
				}
			})
		})
	}
	if s.Stamping {
		addExtension(b, "2.5.29.37", true, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { addOID(b, "1.3.6.1.5.5.7.3.8") })
		})
	}
	if s.Qualified {
		addExtension(b, "1.3.6.1.5.5.7.1.3", true, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { addOID(b, "1.2.804.2.1.1.1.2.1") })
			})
		})
	}
	if s.Critical != "" {
		addExtension(b, s.Critical, true, func(b *cryptobyte.Builder) { b.AddASN1NULL() })
	}
}

// Revocation is an entry of a list.
type Revocation struct {
	Certificate *x509ua.Certificate
	At          time.Time
	Reason      int
}

// List makes a revocation list; base above zero makes it one of changes to the list of that number.
func (i *Issuer) List(number, base int64, from, to time.Time, revoked ...Revocation) (*x509ua.List, error) {
	_, scheme := i.Key.Algorithms()
	tbs, err := build(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { addOID(b, scheme) })
			b.AddBytes(i.Certificate.Subject.Raw)
			b.AddASN1UTCTime(from.UTC())
			b.AddASN1UTCTime(to.UTC())
			if len(revoked) > 0 {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					for _, r := range revoked {
						addRevocation(b, r)
					}
				})
			}
			b.AddASN1(casn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					addAuthorityKey(b, i.Key.SPKI)
					addExtension(b, "2.5.29.20", false, func(b *cryptobyte.Builder) { b.AddASN1Int64(number) })
					if base > 0 {
						addExtension(b, "2.5.29.27", true, func(b *cryptobyte.Builder) { b.AddASN1Int64(base) })
					}
				})
			})
		})
	})
	if err != nil {
		return nil, err
	}
	der, err := seal(i.Key, scheme, tbs)
	if err != nil {
		return nil, err
	}
	return x509ua.ParseList(der)
}

func addRevocation(b *cryptobyte.Builder, r Revocation) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(r.Certificate.Serial)
		b.AddASN1UTCTime(r.At.UTC())
		if r.Reason == 0 {
			return
		}
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addExtension(b, "2.5.29.21", false, func(b *cryptobyte.Builder) { b.AddASN1Enum(int64(r.Reason)) })
		})
	})
}

// Stamp is a time stamp of a signature by this issuer at a time, for Signing of cms.
func (i *Issuer) Stamp(at time.Time) func(signature []byte) ([]byte, error) {
	return func(signature []byte) ([]byte, error) {
		digest, _ := i.Key.Algorithms()
		info, err := build(func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				addOID(b, "1.2.804.2.1.1.1.2.3.1")
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { addOID(b, digest.OID()) })
					b.AddASN1OctetString(digest.Of(signature))
				})
				b.AddASN1Int64(at.Unix())
				b.AddASN1GeneralizedTime(at.UTC())
			})
		})
		if err != nil {
			return nil, err
		}
		return cms.Sign(cms.Signing{
			Key: i.Key, Certificate: i.Certificate, Content: info, ContentType: "1.2.840.113549.1.9.16.1.4", Attached: true, Time: at,
		})
	}
}

// Sign signs a content as this issuer's owner.
func (i *Issuer) Sign(content []byte, attached bool, at time.Time, others ...*x509ua.Certificate) ([]byte, error) {
	return cms.Sign(cms.Signing{Key: i.Key, Certificate: i.Certificate, Content: content, Attached: attached, Time: at, Others: others})
}

// PrivatePEM is the private key of RSA or ECDSA for other programs.
func (k Key) PrivatePEM() ([]byte, error) {
	standard, ok := k.Key.(cms.StandardKey)
	if !ok {
		return nil, errors.New("signaturetest: only keys of RSA and ECDSA are written")
	}
	der, err := x509.MarshalPKCS8PrivateKey(standard.Signer)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}

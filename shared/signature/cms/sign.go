package cms

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"io"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"portal.example/shared/signature/dstu4145"
	"portal.example/shared/signature/x509ua"
)

// Key signs a message and says by which identifiers a verifier finds the algorithms.
type Key interface {
	// Sign is the signature of the message as CMS carries it.
	Sign(message []byte) ([]byte, error)
	// Algorithms are the digest of the content and the identifier of the signature's scheme.
	Algorithms() (x509ua.Digest, string)
}

// DSTUKey signs with a key of ДСТУ 4145 and one of the Ukrainian digests. What its secrecy is worth is said at Sign of dstu4145.
type DSTUKey struct {
	Key    *dstu4145.PrivateKey
	Digest x509ua.Digest
	Random io.Reader // nil is the system's
}

// Sign is r and s, the lowest octet first.
func (k DSTUKey) Sign(message []byte) ([]byte, error) {
	return k.Key.Sign(k.Random, k.Digest.Of(message))
}

// Algorithms are the digest and the scheme that belongs to it.
func (k DSTUKey) Algorithms() (x509ua.Digest, string) {
	switch k.Digest {
	case x509ua.Kupyna256:
		return k.Digest, "1.2.804.2.1.1.1.1.3.6.1.1"
	case x509ua.Kupyna384:
		return k.Digest, "1.2.804.2.1.1.1.1.3.6.2.1"
	case x509ua.Kupyna512:
		return k.Digest, "1.2.804.2.1.1.1.1.3.6.3.1"
	}
	return x509ua.GOST34311, "1.2.804.2.1.1.1.1.3.1.1"
}

// StandardKey signs with RSA or ECDSA and SHA-256.
type StandardKey struct {
	crypto.Signer
	Scheme string // 1.2.840.113549.1.1.11 or 1.2.840.10045.4.3.2
}

// Sign is the signature of RSA or of ECDSA.
func (k StandardKey) Sign(message []byte) ([]byte, error) {
	return k.Signer.Sign(rand.Reader, x509ua.SHA256.Of(message), crypto.SHA256)
}

// Algorithms are SHA-256 and the scheme.
func (k StandardKey) Algorithms() (x509ua.Digest, string) { return x509ua.SHA256, k.Scheme }

// Signing is what goes into a signature.
type Signing struct {
	Key         Key
	Certificate *x509ua.Certificate
	Others      []*x509ua.Certificate // of issuers, which lead a verifier to its anchor
	Content     []byte
	ContentType string // empty is data
	Attached    bool
	Time        time.Time // zero leaves it out
	// Stamp makes the token of a time stamp over the signature, where one is wanted.
	Stamp func(signature []byte) (token []byte, err error)
}

// Sign makes signed data with one signature, CAdES-BES, or -T with a stamp.
func Sign(s Signing) ([]byte, error) {
	digest, scheme := s.Key.Algorithms()
	if s.ContentType == "" {
		s.ContentType = oidData
	}
	attributes, err := s.attributes(digest)
	if err != nil {
		return nil, err
	}
	signature, err := s.Key.Sign(attributes)
	if err != nil {
		return nil, err
	}
	var token []byte
	if s.Stamp != nil {
		if token, err = s.Stamp(signature); err != nil {
			return nil, err
		}
	}
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addOID(b, oidSignedData)
		b.AddASN1(context(0), func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				s.addData(b, digest)
				b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) {
					s.addSigner(b, digest, scheme, attributes, signature, token)
				})
			})
		})
	})
	return b.Bytes()
}

// addData adds all of signed data before the signers.
func (s Signing) addData(b *cryptobyte.Builder, digest x509ua.Digest) {
	version := int64(1)
	if s.ContentType != oidData {
		version = 3
	}
	b.AddASN1Int64(version)
	b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { addAlgorithm(b, digest.OID()) })
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addOID(b, s.ContentType)
		if s.Attached {
			b.AddASN1(context(0), func(b *cryptobyte.Builder) { b.AddASN1OctetString(s.Content) })
		}
	})
	b.AddASN1(context(0), func(b *cryptobyte.Builder) {
		for _, c := range append([]*x509ua.Certificate{s.Certificate}, s.Others...) {
			b.AddBytes(c.Raw)
		}
	})
}

func (s Signing) addSigner(b *cryptobyte.Builder, digest x509ua.Digest, scheme string, attributes, signature, token []byte) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(s.Certificate.Issuer.Raw)
			b.AddASN1BigInt(s.Certificate.Serial)
		})
		addAlgorithm(b, digest.OID())
		implicit := slices.Clone(attributes)
		implicit[0] = byte(context(0))
		b.AddBytes(implicit)
		addAlgorithm(b, scheme)
		b.AddASN1OctetString(signature)
		if token != nil {
			b.AddASN1(context(1), func(b *cryptobyte.Builder) { addAttribute(b, oidTimeStamp, token) })
		}
	})
}

// attributes is the set of signed attributes, in the order of DER.
func (s Signing) attributes(digest x509ua.Digest) ([]byte, error) {
	values := map[string]func(b *cryptobyte.Builder){
		oidContentType:   func(b *cryptobyte.Builder) { addOID(b, s.ContentType) },
		oidMessageDigest: func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest.Of(s.Content)) },
		oidCertificateV2: func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
						if digest != x509ua.SHA256 { // which is the default
							addAlgorithm(b, digest.OID())
						}
						b.AddASN1OctetString(digest.Of(s.Certificate.Raw))
					})
				})
			})
		},
	}
	if !s.Time.IsZero() {
		values[oidSigningTime] = func(b *cryptobyte.Builder) { b.AddASN1UTCTime(s.Time.UTC()) }
	}
	var all [][]byte
	for oid, value := range values {
		inside := cryptobyte.NewBuilder(nil)
		value(inside)
		raw, err := inside.Bytes()
		if err != nil {
			return nil, err
		}
		one := cryptobyte.NewBuilder(nil)
		addAttribute(one, oid, raw)
		if raw, err = one.Bytes(); err != nil {
			return nil, err
		}
		all = append(all, raw)
	}
	slices.SortFunc(all, bytes.Compare)
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(all, nil)) })
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

func addAlgorithm(b *cryptobyte.Builder, oid string) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { addOID(b, oid) })
}

func addAttribute(b *cryptobyte.Builder, oid string, value []byte) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addOID(b, oid)
		b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(value) })
	})
}

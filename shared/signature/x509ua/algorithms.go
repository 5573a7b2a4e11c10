// Package x509ua reads certificates and revocation lists as authorities of Ukraine issue them, with keys of ДСТУ 4145, which
// crypto/x509 does not know, and with RSA and ECDSA, and verifies signatures by their keys. Whether a certificate is to be
// trusted is package trust's. Every count and length has a limit; no input makes it panic. Imports the standard library,
// x/crypto/cryptobyte and the arithmetic beside it.
package x509ua

import (
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"hash"
	"strconv"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"portal.example/shared/signature/gost34311"
	"portal.example/shared/signature/kupyna"
)

// Digest is a hash function that is accepted in signatures.
type Digest int

// The digests. SHA-1 and MD5 are not among them: both can be forged.
const (
	NoDigest Digest = iota
	GOST34311
	Kupyna256
	Kupyna384
	Kupyna512
	SHA256
	SHA384
	SHA512
)

var digests = map[Digest]struct {
	oid, name string
	create    func() hash.Hash
	std       crypto.Hash
}{
	GOST34311: {"1.2.804.2.1.1.1.1.2.1", "GOST 34.311-95", gost34311.New, 0},
	Kupyna256: {"1.2.804.2.1.1.1.1.2.2.1", "DSTU 7564:2014 (256)", kupyna.New256, 0},
	Kupyna384: {"1.2.804.2.1.1.1.1.2.2.2", "DSTU 7564:2014 (384)", kupyna.New384, 0},
	Kupyna512: {"1.2.804.2.1.1.1.1.2.2.3", "DSTU 7564:2014 (512)", kupyna.New512, 0},
	SHA256:    {"2.16.840.1.101.3.4.2.1", "SHA-256", sha256.New, crypto.SHA256},
	SHA384:    {"2.16.840.1.101.3.4.2.2", "SHA-384", sha512.New384, crypto.SHA384},
	SHA512:    {"2.16.840.1.101.3.4.2.3", "SHA-512", sha512.New, crypto.SHA512},
}

// DigestOf is the digest with that identifier, NoDigest if it is not accepted.
func DigestOf(oid string) Digest {
	for d, of := range digests {
		if of.oid == oid {
			return d
		}
	}
	return NoDigest
}

// New is a fresh hash of it. d must not be NoDigest.
func (d Digest) New() hash.Hash { return digests[d].create() }

// Of is the hash of b.
func (d Digest) Of(b []byte) []byte {
	h := d.New()
	_, _ = h.Write(b) // a hash never fails
	return h.Sum(nil)
}

// String is the digest's name in Latin letters.
func (d Digest) String() string { return digests[d].name }

// OID is its identifier.
func (d Digest) OID() string { return digests[d].oid }

// Family is a kind of key.
type Family int

// The kinds of keys.
const (
	NoFamily Family = iota
	RSA
	ECDSA
	DSTU   // ДСТУ 4145, octets with the lowest first
	DSTUBE // the same, with the highest first
)

// String is the standard's name.
func (f Family) String() string {
	switch f {
	case RSA:
		return "RSA"
	case ECDSA:
		return "ECDSA"
	case DSTU, DSTUBE:
		return "DSTU 4145-2002"
	case NoFamily:
	}
	return ""
}

// Scheme is a kind of key with a digest; NoDigest where the identifier leaves the digest to another field.
type Scheme struct {
	Family Family
	Digest Digest
}

const (
	oidDSTU   = "1.2.804.2.1.1.1.1.3.1.1"     // ДСТУ 4145 over a polynomial basis, ГОСТ 34.311
	oidDSTUBE = "1.2.804.2.1.1.1.1.3.1.1.1.1" // the same with the highest octet first
)

var schemes = map[string]Scheme{
	oidDSTU:                     {DSTU, GOST34311},
	oidDSTUBE:                   {DSTUBE, GOST34311},
	"1.2.804.2.1.1.1.1.3.6.1":   {DSTU, Kupyna256},
	"1.2.804.2.1.1.1.1.3.6.2":   {DSTU, Kupyna384},
	"1.2.804.2.1.1.1.1.3.6.3":   {DSTU, Kupyna512},
	"1.2.804.2.1.1.1.1.3.6.1.1": {DSTU, Kupyna256},
	"1.2.804.2.1.1.1.1.3.6.2.1": {DSTU, Kupyna384},
	"1.2.804.2.1.1.1.1.3.6.3.1": {DSTU, Kupyna512},
	"1.2.840.113549.1.1.1":      {RSA, NoDigest},
	"1.2.840.113549.1.1.11":     {RSA, SHA256},
	"1.2.840.113549.1.1.12":     {RSA, SHA384},
	"1.2.840.113549.1.1.13":     {RSA, SHA512},
	"1.2.840.10045.2.1":         {ECDSA, NoDigest},
	"1.2.840.10045.4.3.2":       {ECDSA, SHA256},
	"1.2.840.10045.4.3.3":       {ECDSA, SHA384},
	"1.2.840.10045.4.3.4":       {ECDSA, SHA512},
}

// SchemeOf is the scheme with that identifier; false if it is not accepted, as all with SHA-1 and those of ДСТУ 4145 over a
// normal basis are not.
func SchemeOf(oid string) (Scheme, bool) {
	s, ok := schemes[oid]
	return s, ok
}

// ReadAlgorithm reads an AlgorithmIdentifier: its identifier, and its parameters as they stand, nil where there are none.
func ReadAlgorithm(s *cryptobyte.String) (oid string, parameters []byte, ok bool) {
	var inside cryptobyte.String
	var id asn1.ObjectIdentifier
	if !s.ReadASN1(&inside, casn1.SEQUENCE) || !inside.ReadASN1ObjectIdentifier(&id) {
		return "", nil, false
	}
	if inside.Empty() {
		return id.String(), nil, true
	}
	var rest cryptobyte.String
	var tag casn1.Tag
	if !inside.ReadAnyASN1Element(&rest, &tag) || !inside.Empty() {
		return "", nil, false
	}
	return id.String(), rest, true
}

// ParseOID reads numbers with dots between.
func ParseOID(oid string) (asn1.ObjectIdentifier, error) {
	var id asn1.ObjectIdentifier
	for _, part := range strings.Split(oid, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, err
		}
		id = append(id, n)
	}
	return id, nil
}

package x509ua

import (
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// envelope is what certificates and revocation lists have in common (RFC 5280, 4.1 and 5.1): a body, and an issuer's signature of it.
type envelope struct {
	tbs       []byte // the body as it is signed
	scheme    Scheme
	known     bool // the scheme is accepted
	signature []byte
}

// openEnvelope reads an envelope that fills der: body is what stands in the signed part, algorithm the one named outside it.
func openEnvelope(der []byte) (e envelope, body cryptobyte.String, algorithm string, ok bool) {
	whole := cryptobyte.String(der)
	var inside, tbs cryptobyte.String
	if !whole.ReadASN1(&inside, casn1.SEQUENCE) || !whole.Empty() || !inside.ReadASN1Element(&tbs, casn1.SEQUENCE) {
		return e, nil, "", false
	}
	e.tbs = tbs
	algorithm, _, ok = ReadAlgorithm(&inside)
	var bits asn1.BitString
	if !ok || !inside.ReadASN1BitString(&bits) || !inside.Empty() || bits.BitLength%8 != 0 {
		return e, nil, "", false
	}
	e.signature = bits.Bytes
	e.scheme, e.known = SchemeOf(algorithm)
	ok = tbs.ReadASN1(&body, casn1.SEQUENCE)
	return e, body, algorithm, ok
}

// Package cms reads signed data of CMS (RFC 5652) as CAdES-BES and CAdES-T (ETSI EN 319 122) write it, and verifies what of a
// signature does not depend on trust: attributes, digest, the signer's key, the imprint of a time stamp. It makes such
// signatures too. Whether a certificate is trusted is package trust's. Imports the standard library, x/crypto/cryptobyte and
// the packages of signature below it.
package cms

import (
	"bytes"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"portal.example/shared/signature/ber"
	"portal.example/shared/signature/finding"
	"portal.example/shared/signature/x509ua"
)

// Limits.
const (
	MaxSize         = 64 << 20 // octets of signed data with its content
	MaxSigners      = 16
	MaxCertificates = 32
	maxAttributes   = 64
	maxAttribute    = 8 << 20 // octets: CAdES-X puts lists among the attributes
	maxStamps       = 4
)

const (
	oidSignedData = "1.2.840.113549.1.7.2"
	oidData       = "1.2.840.113549.1.7.1"
	oidStampInfo  = "1.2.840.113549.1.9.16.1.4"

	oidContentType   = "1.2.840.113549.1.9.3"
	oidMessageDigest = "1.2.840.113549.1.9.4"
	oidSigningTime   = "1.2.840.113549.1.9.5"
	oidCertificate   = "1.2.840.113549.1.9.16.2.12"
	oidCertificateV2 = "1.2.840.113549.1.9.16.2.47"
	oidTimeStamp     = "1.2.840.113549.1.9.16.2.14"
)

// SignedData is a signature file: content inside or not, certificates that came along, and who signed.
type SignedData struct {
	ContentType  string
	Content      []byte // nil when detached
	Attached     bool
	Certificates []*x509ua.Certificate
	Signers      []*Signer
}

var (
	malformed = finding.Finding{Reason: finding.Unreadable}
	tooLarge  = finding.Finding{Reason: finding.TooLarge}
)

func context(n uint8) casn1.Tag { return casn1.Tag(n).ContextSpecific().Constructed() }

// Octets is the file as DER or BER: programs also write base64, with or without the lines of PEM. A file that is nothing of these, or has
// something before or after it, is returned as it is.
func Octets(file []byte) []byte {
	trimmed := bytes.TrimSpace(file)
	if len(trimmed) == 0 || trimmed[0] == 0x30 && (len(trimmed) < 2 || trimmed[1] >= 0x80) {
		return file
	}
	trimmed = bytes.TrimSpace(bytes.TrimPrefix(trimmed, []byte("\xef\xbb\xbf")))
	if bytes.HasPrefix(trimmed, []byte("-----BEGIN ")) {
		if block, rest := pem.Decode(trimmed); block != nil && len(bytes.TrimSpace(rest)) == 0 {
			return block.Bytes
		}
		return file
	}
	if !bytes.HasPrefix(trimmed, []byte("M")) { // as every sequence of some length begins
		return file
	}
	packed := bytes.Join(bytes.Fields(trimmed), nil)
	out := make([]byte, base64.StdEncoding.DecodedLen(len(packed)))
	n, err := base64.StdEncoding.Decode(out, packed)
	if err != nil {
		return file
	}
	return out[:n]
}

// Parse reads signed data from DER, BER, base64 or PEM. Errors are findings. What it returns shares no memory with what it was
// given beyond reading it.
func Parse(file []byte) (*SignedData, error) {
	if len(file) > MaxSize {
		return nil, tooLarge
	}
	der, err := ber.Definite(Octets(file))
	if err != nil {
		return nil, malformed
	}
	return parse(der)
}

func parse(der cryptobyte.String) (*SignedData, error) {
	var info, outer, s cryptobyte.String
	var id asn1.ObjectIdentifier
	if !der.ReadASN1(&info, casn1.SEQUENCE) || !der.Empty() || !info.ReadASN1ObjectIdentifier(&id) || id.String() != oidSignedData ||
		!info.ReadASN1(&outer, context(0)) || !info.Empty() || !outer.ReadASN1(&s, casn1.SEQUENCE) || !outer.Empty() {
		return nil, malformed
	}
	d := &SignedData{}
	if err := d.readContent(&s); err != nil {
		return nil, err
	}
	if err := d.readCertificates(&s); err != nil {
		return nil, err
	}
	if !s.SkipOptionalASN1(context(1)) {
		return nil, malformed
	}
	return d, d.readSigners(&s)
}

// readContent reads version, digests and content.
func (d *SignedData) readContent(s *cryptobyte.String) error {
	var version int
	var algorithms, encapsulated cryptobyte.String
	var id asn1.ObjectIdentifier
	if !s.ReadASN1Integer(&version) || version < 1 || version > 5 || !s.ReadASN1(&algorithms, casn1.SET) ||
		!s.ReadASN1(&encapsulated, casn1.SEQUENCE) || !encapsulated.ReadASN1ObjectIdentifier(&id) {
		return malformed
	}
	d.ContentType = id.String()
	if encapsulated.Empty() {
		return nil
	}
	var outer, content cryptobyte.String
	if !encapsulated.ReadASN1(&outer, context(0)) || !encapsulated.Empty() ||
		!outer.ReadASN1(&content, casn1.OCTET_STRING) || !outer.Empty() {
		return malformed
	}
	d.Content, d.Attached = content, true
	return nil
}

// readCertificates reads the certificates that came along; attribute certificates and the like are passed over.
func (d *SignedData) readCertificates(s *cryptobyte.String) error {
	var certificates cryptobyte.String
	var present bool
	if !s.ReadOptionalASN1(&certificates, &present, context(0)) {
		return malformed
	}
	for count := 0; !certificates.Empty(); count++ {
		var element cryptobyte.String
		var tag casn1.Tag
		if count == MaxCertificates {
			return tooLarge
		}
		if !certificates.ReadAnyASN1Element(&element, &tag) {
			return malformed
		}
		if tag != casn1.SEQUENCE {
			continue
		}
		c, err := x509ua.ParseCertificate(element)
		if err != nil {
			return err
		}
		d.Certificates = append(d.Certificates, c)
	}
	return nil
}

func (d *SignedData) readSigners(s *cryptobyte.String) error {
	var signers cryptobyte.String
	if !s.ReadASN1(&signers, casn1.SET) || !s.Empty() {
		return malformed
	}
	for !signers.Empty() {
		if len(d.Signers) == MaxSigners {
			return tooLarge
		}
		signer, err := readSigner(&signers)
		if err != nil {
			return err
		}
		d.Signers = append(d.Signers, signer)
	}
	return nil
}

// Bundle reads certificates from a file of them: DER or PEM of one, or signed data that only carries some (.p7b).
func Bundle(file []byte) ([]*x509ua.Certificate, error) {
	if c, err := x509ua.ParseCertificate(Octets(file)); err == nil {
		return []*x509ua.Certificate{c}, nil
	}
	if certificates, err := fromPEM(file); err != nil || len(certificates) > 0 {
		return certificates, err
	}
	if len(file) > MaxSize {
		return nil, tooLarge
	}
	der, err := ber.Definite(Octets(file))
	if err != nil {
		return nil, malformed
	}
	return unlimited(der)
}

// maxBundle is how many certificates the installation may trust in one file.
const maxBundle = 4096

// fromPEM reads certificates in the lines of PEM, one after the other; none when there are no such lines.
func fromPEM(file []byte) (all []*x509ua.Certificate, err error) {
	for block, rest := pem.Decode(file); block != nil && len(all) < maxBundle; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509ua.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// unlimited reads the certificates of signed data that the installation itself keeps.
func unlimited(der cryptobyte.String) ([]*x509ua.Certificate, error) {
	var info, outer, s, certificates cryptobyte.String
	var id asn1.ObjectIdentifier
	var present bool
	if !der.ReadASN1(&info, casn1.SEQUENCE) || !info.ReadASN1ObjectIdentifier(&id) || id.String() != oidSignedData ||
		!info.ReadASN1(&outer, context(0)) || !outer.ReadASN1(&s, casn1.SEQUENCE) {
		return nil, malformed
	}
	if err := new(SignedData).readContent(&s); err != nil {
		return nil, err
	}
	if !s.ReadOptionalASN1(&certificates, &present, context(0)) {
		return nil, malformed
	}
	var all []*x509ua.Certificate
	for !certificates.Empty() && len(all) < maxBundle {
		var element cryptobyte.String
		if !certificates.ReadASN1Element(&element, casn1.SEQUENCE) {
			return nil, malformed
		}
		c, err := x509ua.ParseCertificate(element)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, finding.Finding{Reason: finding.CertificateMissing}
	}
	return all, nil
}

// identity is how a signature names its signer's certificate: issuer and serial, or the key's identifier.
type identity struct {
	issuer []byte
	serial *big.Int
	key    []byte
}

func readIdentity(s *cryptobyte.String) (identity, bool) {
	var id identity
	var inside cryptobyte.String
	if s.PeekASN1Tag(casn1.Tag(0).ContextSpecific()) {
		ok := s.ReadASN1(&inside, casn1.Tag(0).ContextSpecific())
		id.key = inside
		return id, ok && len(id.key) > 0
	}
	var issuer cryptobyte.String
	id.serial = new(big.Int)
	ok := s.ReadASN1(&inside, casn1.SEQUENCE) && inside.ReadASN1Element(&issuer, casn1.SEQUENCE) &&
		inside.ReadASN1Integer(id.serial) && inside.Empty()
	id.issuer = issuer
	return id, ok
}

func (id identity) names(c *x509ua.Certificate) bool {
	if id.key != nil {
		return bytes.Equal(id.key, c.SubjectKey)
	}
	return bytes.Equal(id.issuer, c.Issuer.Raw) && id.serial.Cmp(c.Serial) == 0
}

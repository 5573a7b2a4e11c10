package cms

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // names a certificate in older time stamps; nothing rests on it alone, see names
	"encoding/asn1"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"portal.example/shared/signature/ber"
	"portal.example/shared/signature/finding"
	"portal.example/shared/signature/x509ua"
)

// Signer is one signature of the content.
type Signer struct {
	// Claimed is the time that the signer wrote; zero without one. Nothing proves it.
	Claimed time.Time
	// Digest and Scheme are the algorithms, zero where they are not accepted.
	Digest x509ua.Digest
	Scheme x509ua.Scheme
	// Stamps are tokens of time stamps over Signature.
	Stamps []*Stamp
	// Signature is the octets of the signature.
	Signature []byte

	id       identity
	digestID string
	known    bool
	signed   []byte // the attributes as they are signed: a SET
	// values of signed attributes, nil where there is none
	contentType, messageDigest, certificate, certificateV2 cryptobyte.String
	problem                                                error // of the attributes
}

func readSigner(s *cryptobyte.String) (*Signer, error) {
	var info, attributes, signature cryptobyte.String
	var version int
	var present bool
	signer := &Signer{}
	if !s.ReadASN1(&info, casn1.SEQUENCE) || !info.ReadASN1Integer(&version) || version != 1 && version != 3 {
		return nil, malformed
	}
	id, ok := readIdentity(&info)
	if !ok {
		return nil, malformed
	}
	signer.id = id
	if signer.digestID, _, ok = x509ua.ReadAlgorithm(&info); !ok {
		return nil, malformed
	}
	signer.Digest = x509ua.DigestOf(signer.digestID)
	element := info
	if !info.ReadOptionalASN1(&attributes, &present, context(0)) {
		return nil, malformed
	}
	if present {
		whole := bytes.Clone(element[:len(element)-len(info)])
		whole[0] = byte(casn1.SET)
		signer.signed = whole
	}
	schemeID, _, ok := x509ua.ReadAlgorithm(&info)
	if !ok || !info.ReadASN1(&signature, casn1.OCTET_STRING) || len(signature) == 0 || len(signature) > 4096 {
		return nil, malformed
	}
	signer.Signature = signature
	signer.Scheme, signer.known = x509ua.SchemeOf(schemeID)
	signer.problem = signer.readSigned(attributes)
	var unsigned cryptobyte.String
	if !info.ReadOptionalASN1(&unsigned, &present, context(1)) || !info.Empty() {
		return nil, malformed
	}
	return signer, signer.readUnsigned(unsigned)
}

// eachAttribute calls do with the identifier and the values of every attribute.
func eachAttribute(s cryptobyte.String, do func(oid string, values cryptobyte.String) error) error {
	for count := 0; !s.Empty(); count++ {
		var attribute, values cryptobyte.String
		var id asn1.ObjectIdentifier
		if count == maxAttributes || len(s) > maxAttribute {
			return tooLarge
		}
		if !s.ReadASN1(&attribute, casn1.SEQUENCE) || !attribute.ReadASN1ObjectIdentifier(&id) ||
			!attribute.ReadASN1(&values, casn1.SET) || !attribute.Empty() {
			return malformed
		}
		if err := do(id.String(), values); err != nil {
			return err
		}
	}
	return nil
}

// readSigned reads the signed attributes. None may come twice, and those that matter have one value.
func (s *Signer) readSigned(attributes cryptobyte.String) error {
	seen := map[string]bool{}
	return eachAttribute(attributes, func(oid string, values cryptobyte.String) error {
		if seen[oid] {
			return finding.Finding{Reason: finding.AttributesRepeated}
		}
		seen[oid] = true
		var keep *cryptobyte.String
		var when cryptobyte.String
		switch oid {
		case oidContentType:
			keep = &s.contentType
		case oidMessageDigest:
			keep = &s.messageDigest
		case oidCertificate:
			keep = &s.certificate
		case oidCertificateV2:
			keep = &s.certificateV2
		case oidSigningTime:
			keep = &when
		default:
			return nil
		}
		var tag casn1.Tag
		if !values.ReadAnyASN1Element(keep, &tag) {
			return malformed
		}
		if !values.Empty() {
			return finding.Finding{Reason: finding.AttributesRepeated}
		}
		if oid == oidSigningTime {
			t, ok := x509ua.ReadTime(&when)
			if !ok {
				return malformed
			}
			s.Claimed = t
		}
		return nil
	})
}

// readUnsigned takes the time stamps from the unsigned attributes.
func (s *Signer) readUnsigned(attributes cryptobyte.String) error {
	return eachAttribute(attributes, func(oid string, values cryptobyte.String) error {
		if oid != oidTimeStamp {
			return nil
		}
		for !values.Empty() {
			var token cryptobyte.String
			if len(s.Stamps) == maxStamps {
				return tooLarge
			}
			if !values.ReadASN1Element(&token, casn1.SEQUENCE) {
				return malformed
			}
			s.Stamps = append(s.Stamps, readStamp(token))
		}
		return nil
	})
}

// Certificate is the signer's among those given, nil if it is not there. Where the name fits several, the one that the signed
// reference is to.
func (s *Signer) Certificate(among ...[]*x509ua.Certificate) *x509ua.Certificate {
	var first *x509ua.Certificate
	for _, certificates := range among {
		for _, c := range certificates {
			if !s.id.names(c) {
				continue
			}
			if s.refersTo(c) == nil {
				return c
			}
			if first == nil {
				first = c
			}
		}
	}
	return first
}

// Check says what is wrong with the signature itself when c is the signer's certificate: nil when the key of c signed the
// attributes, and they are of contentType and of a content with that digest. digest is asked once, with an accepted digest; nil leaves out the
// content, which is then not at hand.
func (s *Signer) Check(c *x509ua.Certificate, contentType string, digest func(x509ua.Digest) []byte) error {
	if err := s.checkAttributes(contentType, digest); err != nil {
		return err
	}
	if err := s.refersTo(c); err != nil {
		return err
	}
	key, err := c.Key()
	if err != nil {
		return finding.Finding{Reason: finding.KeyBroken}
	}
	scheme := s.Scheme
	switch {
	case !s.known:
		return finding.Finding{Reason: finding.AlgorithmUnknown}
	case scheme.Digest == x509ua.NoDigest:
		scheme.Digest = s.Digest
	case scheme.Digest != s.Digest:
		return finding.Finding{Reason: finding.AlgorithmsDiffer}
	}
	return key.Verify(scheme, s.signed, s.Signature)
}

func (s *Signer) checkAttributes(contentType string, digest func(x509ua.Digest) []byte) error {
	if s.problem != nil {
		return s.problem
	}
	if s.contentType == nil || s.messageDigest == nil || s.certificate == nil && s.certificateV2 == nil {
		return finding.Finding{Reason: finding.AttributesMissing}
	}
	if s.Digest == x509ua.NoDigest {
		return finding.Finding{Reason: finding.AlgorithmUnknown}
	}
	var id asn1.ObjectIdentifier
	kind, octets := s.contentType, s.messageDigest
	var sum cryptobyte.String
	if !kind.ReadASN1ObjectIdentifier(&id) || !octets.ReadASN1(&sum, casn1.OCTET_STRING) {
		return malformed
	}
	if id.String() != contentType || digest != nil && !bytes.Equal(sum, digest(s.Digest)) {
		return finding.Finding{Reason: finding.ContentDiffers}
	}
	return nil
}

// refersTo is nil when the signed reference is to c: its first entry has the certificate's hash.
func (s *Signer) refersTo(c *x509ua.Certificate) error {
	other := finding.Finding{Reason: finding.CertificateOther}
	if s.certificateV2 != nil {
		id, sum, ok := firstReference(s.certificateV2, true)
		if !ok {
			return malformed
		}
		digest := x509ua.DigestOf(id)
		if digest == x509ua.NoDigest {
			return finding.Finding{Reason: finding.AlgorithmUnknown}
		}
		if !bytes.Equal(sum, digest.Of(c.Raw)) {
			return other
		}
	}
	if s.certificate != nil {
		_, sum, ok := firstReference(s.certificate, false)
		if !ok {
			return malformed
		}
		if own := sha1.Sum(c.Raw); !bytes.Equal(sum, own[:]) { //nolint:gosec // as above: another certificate with this hash would need the same key
			return other
		}
	}
	return nil
}

// firstReference reads the first entry of SigningCertificate or SigningCertificateV2.
func firstReference(value cryptobyte.String, v2 bool) (digest string, sum []byte, ok bool) {
	var s, list, entry, hash cryptobyte.String
	if !value.ReadASN1(&s, casn1.SEQUENCE) || !s.ReadASN1(&list, casn1.SEQUENCE) || !list.ReadASN1(&entry, casn1.SEQUENCE) {
		return "", nil, false
	}
	digest = x509ua.SHA256.OID()
	if v2 && entry.PeekASN1Tag(casn1.SEQUENCE) {
		if digest, _, ok = x509ua.ReadAlgorithm(&entry); !ok {
			return "", nil, false
		}
	}
	ok = entry.ReadASN1(&hash, casn1.OCTET_STRING)
	return digest, hash, ok
}

// Stamp is a token of a time stamp (RFC 3161) over a signature.
type Stamp struct {
	// Time is when its authority saw the signature.
	Time time.Time
	Data *SignedData

	digest  x509ua.Digest
	imprint []byte
	problem error
}

// readStamp reads a token; what is wrong with it is said by Check, since a signature may hold without.
func readStamp(token []byte) *Stamp {
	st := &Stamp{}
	der, err := ber.Definite(token)
	if err == nil {
		st.Data, err = parse(der)
	}
	if err == nil {
		err = st.readInfo()
	}
	if err != nil {
		st.problem = finding.Finding{Reason: finding.StampBroken}
	}
	return st
}

func (st *Stamp) readInfo() error {
	if st.Data.ContentType != oidStampInfo || !st.Data.Attached || len(st.Data.Signers) != 1 {
		return malformed
	}
	content := cryptobyte.String(st.Data.Content)
	var s, imprint, sum cryptobyte.String
	var version int
	var policy asn1.ObjectIdentifier
	if !content.ReadASN1(&s, casn1.SEQUENCE) || !content.Empty() || !s.ReadASN1Integer(&version) || version != 1 ||
		!s.ReadASN1ObjectIdentifier(&policy) || !s.ReadASN1(&imprint, casn1.SEQUENCE) || !s.SkipASN1(casn1.INTEGER) {
		return malformed
	}
	id, _, ok := x509ua.ReadAlgorithm(&imprint)
	if !ok || !imprint.ReadASN1(&sum, casn1.OCTET_STRING) || !imprint.Empty() {
		return malformed
	}
	st.digest, st.imprint = x509ua.DigestOf(id), sum
	var when cryptobyte.String
	if !s.ReadASN1(&when, casn1.GeneralizedTime) {
		return malformed
	}
	t, err := time.Parse("20060102150405Z", string(when)) // a fraction of a second may follow the seconds
	if err != nil {
		return malformed
	}
	st.Time = t
	return nil
}

// Certificate is that of the stamp's authority among those that came along and those given.
func (st *Stamp) Certificate(among ...[]*x509ua.Certificate) *x509ua.Certificate {
	if st.problem != nil {
		return nil
	}
	return st.Data.Signers[0].Certificate(append([][]*x509ua.Certificate{st.Data.Certificates}, among...)...)
}

// Check says what is wrong with the stamp when c is the certificate of its authority and signature what it should be of.
func (st *Stamp) Check(c *x509ua.Certificate, signature []byte) error {
	if st.problem != nil {
		return st.problem
	}
	if st.digest == x509ua.NoDigest {
		return finding.Finding{Reason: finding.StampBroken}
	}
	if !bytes.Equal(st.imprint, st.digest.Of(signature)) {
		return finding.Finding{Reason: finding.StampOther}
	}
	err := st.Data.Signers[0].Check(c, oidStampInfo, func(d x509ua.Digest) []byte { return d.Of(st.Data.Content) })
	if err != nil {
		return finding.Finding{Reason: finding.StampBroken}
	}
	return nil
}

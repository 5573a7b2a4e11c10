package x509ua

import (
	"crypto/sha256"
	"encoding/asn1"
	"math/big"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"portal.example/shared/signature/finding"
)

// Limits on certificates.
const (
	MaxCertificate = 64 << 10 // octets
	maxExtensions  = 64
	maxSerial      = 64 // octets; standards allow 20, some write more
)

// Usage is a set of what a key may be used for, bit i as in X.509.
type Usage uint16

// The uses that matter here.
const (
	DigitalSignature Usage = 1 << 0
	NonRepudiation   Usage = 1 << 1
	CertificateSign  Usage = 1 << 5
	ListSign         Usage = 1 << 6
)

// Certificate is what is needed of one.
type Certificate struct {
	Raw       []byte
	Serial    *big.Int
	Issuer    Name
	Subject   Name
	NotBefore time.Time
	NotAfter  time.Time

	CA         bool
	PathLength int   // −1 without one
	Usage      Usage // 0 where it is not said
	Stamping   bool  // the extended use of time stamps, and no other
	SubjectKey []byte
	IssuerKey  []byte
	// Unknown are critical extensions that are not understood.
	Unknown []string
	// Qualified says that the issuer calls the certificate qualified, Device that the key lies in a qualified device.
	Qualified, Device bool
	// RNOKPP and EDRPOU are numbers of the person and of the organisation as the certificate has them; not checked.
	RNOKPP, EDRPOU string

	envelope
	spki []byte
	key  struct {
		once sync.Once
		key  PublicKey
		err  error
	}
}

var malformed = finding.Finding{Reason: finding.Unreadable}

// ParseCertificate reads one certificate of DER. Its key is read when it is needed.
func ParseCertificate(der []byte) (*Certificate, error) {
	if len(der) > MaxCertificate {
		return nil, finding.Finding{Reason: finding.TooLarge}
	}
	e, body, algorithm, ok := openEnvelope(der)
	c := &Certificate{Raw: der, PathLength: -1, envelope: e}
	if !ok || !c.readBody(body, algorithm) {
		return nil, malformed
	}
	c.numbers()
	return c, nil
}

// readBody reads the part that is signed; outer is the algorithm named outside it, which must be the same.
func (c *Certificate) readBody(s cryptobyte.String, outer string) bool {
	var version int
	c.Serial = new(big.Int)
	if !s.ReadOptionalASN1Integer(&version, casn1.Tag(0).Constructed().ContextSpecific(), 0) || version > 2 ||
		!s.ReadASN1Integer(c.Serial) || c.Serial.Sign() < 0 || c.Serial.BitLen() > 8*maxSerial {
		return false
	}
	inner, _, ok := ReadAlgorithm(&s)
	if !ok || inner != outer {
		return false
	}
	var issuer, subject, validity, spki cryptobyte.String
	if !s.ReadASN1Element(&issuer, casn1.SEQUENCE) || !s.ReadASN1(&validity, casn1.SEQUENCE) ||
		!s.ReadASN1Element(&subject, casn1.SEQUENCE) || !s.ReadASN1Element(&spki, casn1.SEQUENCE) {
		return false
	}
	c.spki = spki
	if c.Issuer, ok = parseName(issuer); !ok {
		return false
	}
	if c.Subject, ok = parseName(subject); !ok {
		return false
	}
	if c.NotBefore, ok = ReadTime(&validity); !ok {
		return false
	}
	if c.NotAfter, ok = ReadTime(&validity); !ok || !validity.Empty() {
		return false
	}
	for _, unique := range []uint8{1, 2} {
		if !s.SkipOptionalASN1(casn1.Tag(unique).ContextSpecific()) {
			return false
		}
	}
	var outerExtensions cryptobyte.String
	var present bool
	if !s.ReadOptionalASN1(&outerExtensions, &present, casn1.Tag(3).Constructed().ContextSpecific()) || !s.Empty() {
		return false
	}
	return !present || readExtensions(outerExtensions, c.readExtension)
}

// ReadTime reads a UTCTime or GeneralizedTime.
func ReadTime(s *cryptobyte.String) (t time.Time, ok bool) {
	if s.PeekASN1Tag(casn1.UTCTime) {
		ok = s.ReadASN1UTCTime(&t)
	} else {
		ok = s.ReadASN1GeneralizedTime(&t)
	}
	return t.UTC(), ok
}

// readExtensions calls each for every extension; false from it, one that comes twice and too many are errors.
func readExtensions(outer cryptobyte.String, each func(oid string, critical bool, value cryptobyte.String) bool) bool {
	var list cryptobyte.String
	if !outer.ReadASN1(&list, casn1.SEQUENCE) || !outer.Empty() {
		return false
	}
	seen := map[string]bool{}
	for !list.Empty() {
		var extension, value cryptobyte.String
		var id asn1.ObjectIdentifier
		critical := false
		if !list.ReadASN1(&extension, casn1.SEQUENCE) || !extension.ReadASN1ObjectIdentifier(&id) {
			return false
		}
		if extension.PeekASN1Tag(casn1.BOOLEAN) && !extension.ReadASN1Boolean(&critical) {
			return false
		}
		if !extension.ReadASN1(&value, casn1.OCTET_STRING) || !extension.Empty() {
			return false
		}
		oid := id.String()
		if seen[oid] || len(seen) == maxExtensions || !each(oid, critical, value) {
			return false
		}
		seen[oid] = true
	}
	return true
}

func (c *Certificate) readExtension(oid string, critical bool, value cryptobyte.String) bool {
	switch oid {
	case "2.5.29.15":
		return c.readUsage(value)
	case "2.5.29.19":
		return c.readConstraints(value)
	case "2.5.29.37":
		return c.readExtendedUsage(value)
	case "2.5.29.14":
		var id cryptobyte.String
		ok := value.ReadASN1(&id, casn1.OCTET_STRING)
		c.SubjectKey = id
		return ok
	case "2.5.29.35":
		return readAuthorityKey(value, &c.IssuerKey)
	case "1.3.6.1.5.5.7.1.3":
		return c.readStatements(value)
	case "2.5.29.9":
		c.readDirectory(value)
		return true
	case "2.5.29.32", "2.5.29.17", "2.5.29.18", "2.5.29.31", "2.5.29.46", "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.1.11", "2.5.29.16":
		return true // policies, other names, where lists are, whom to ask: nothing that limits what is decided here
	}
	if critical {
		c.Unknown = append(c.Unknown, oid)
	}
	return true
}

func (c *Certificate) readUsage(value cryptobyte.String) bool {
	var bits asn1.BitString
	if !value.ReadASN1BitString(&bits) || !value.Empty() {
		return false
	}
	for i := range 9 {
		c.Usage |= Usage(bits.At(i)) << i //nolint:gosec // one bit
	}
	return true
}

func (c *Certificate) readConstraints(value cryptobyte.String) bool {
	var s cryptobyte.String
	if !value.ReadASN1(&s, casn1.SEQUENCE) || !value.Empty() {
		return false
	}
	if s.PeekASN1Tag(casn1.BOOLEAN) && !s.ReadASN1Boolean(&c.CA) {
		return false
	}
	if s.PeekASN1Tag(casn1.INTEGER) {
		var length uint
		if !s.ReadASN1Integer(&length) || length > 255 {
			return false
		}
		c.PathLength = int(length) //nolint:gosec // at most 255
	}
	return s.Empty()
}

func (c *Certificate) readExtendedUsage(value cryptobyte.String) bool {
	var s cryptobyte.String
	if !value.ReadASN1(&s, casn1.SEQUENCE) || !value.Empty() {
		return false
	}
	count := 0
	for !s.Empty() {
		var id asn1.ObjectIdentifier
		if count++; count > maxExtensions || !s.ReadASN1ObjectIdentifier(&id) {
			return false
		}
		c.Stamping = count == 1 && id.String() == "1.3.6.1.5.5.7.3.8"
	}
	return count > 0
}

func readAuthorityKey(value cryptobyte.String, id *[]byte) bool {
	var s, key cryptobyte.String
	var present bool
	if !value.ReadASN1(&s, casn1.SEQUENCE) || !s.ReadOptionalASN1(&key, &present, casn1.Tag(0).ContextSpecific()) {
		return false
	}
	if present {
		*id = key
	}
	return true
}

// readStatements looks for the statements of qualified certificates and of keys in a qualified device, European and Ukrainian.
func (c *Certificate) readStatements(value cryptobyte.String) bool {
	var s cryptobyte.String
	if !value.ReadASN1(&s, casn1.SEQUENCE) {
		return false
	}
	for count := 0; !s.Empty(); count++ {
		var statement cryptobyte.String
		var id asn1.ObjectIdentifier
		if count == maxExtensions || !s.ReadASN1(&statement, casn1.SEQUENCE) || !statement.ReadASN1ObjectIdentifier(&id) {
			return false
		}
		switch id.String() {
		case "0.4.0.1862.1.1", "1.2.804.2.1.1.1.2.1":
			c.Qualified = true
		case "0.4.0.1862.1.4":
			c.Device = true
		}
	}
	return true
}

// readDirectory looks for the numbers that Ukrainian authorities put among the attributes of the subject.
func (c *Certificate) readDirectory(value cryptobyte.String) {
	var s cryptobyte.String
	if !value.ReadASN1(&s, casn1.SEQUENCE) {
		return
	}
	for count := 0; !s.Empty() && count < maxAttributes; count++ {
		var attribute, values, one cryptobyte.String
		var id asn1.ObjectIdentifier
		var tag casn1.Tag
		if !s.ReadASN1(&attribute, casn1.SEQUENCE) || !attribute.ReadASN1ObjectIdentifier(&id) ||
			!attribute.ReadASN1(&values, casn1.SET) || !values.ReadAnyASN1(&one, &tag) {
			return
		}
		switch id.String() {
		case "1.2.804.2.1.1.1.11.1.4.1.1":
			c.RNOKPP = text(one, tag)
		case "1.2.804.2.1.1.1.11.1.4.2.1":
			c.EDRPOU = text(one, tag)
		}
	}
}

// numbers takes from the names the numbers that the attributes did not have.
func (c *Certificate) numbers() {
	if number, ok := strings.CutPrefix(c.Subject.Serial, "TINUA-"); ok && c.RNOKPP == "" {
		c.RNOKPP = number
	}
	if number, ok := strings.CutPrefix(c.Subject.OrganisationID, "NTRUA-"); ok && c.EDRPOU == "" {
		c.EDRPOU = number
	}
}

// Key is the certificate's key, or ErrKey.
func (c *Certificate) Key() (PublicKey, error) {
	c.key.once.Do(func() { c.key.key, c.key.err = ParsePublicKey(c.spki) })
	return c.key.key, c.key.err
}

// SignedBy is nil when the issuer's key made the signature of this certificate; else a finding. It looks at nothing else.
func (c *Certificate) SignedBy(issuer *Certificate) error {
	return verifyBy(issuer, c.scheme, c.known, c.tbs, c.signature)
}

// verifyBy is nil when the issuer's key signed what is to be signed under a scheme that is known.
func verifyBy(issuer *Certificate, scheme Scheme, known bool, tbs, signature []byte) error {
	if !known || scheme.Digest == NoDigest {
		return finding.Finding{Reason: finding.AlgorithmUnknown, About: issuer.Subject.String()}
	}
	key, err := issuer.Key()
	if err != nil {
		return finding.Finding{Reason: finding.KeyBroken, About: issuer.Subject.String()}
	}
	return key.Verify(scheme, tbs, signature)
}

// Sum is the SHA-256 of the certificate, by which evidence names it.
func (c *Certificate) Sum() [32]byte { return sha256.Sum256(c.Raw) }

// Self says whether the certificate names itself as its issuer.
func (c *Certificate) Self() bool { return string(c.Issuer.Raw) == string(c.Subject.Raw) }

package x509ua

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"portal.example/shared/signature/dstu4145"
	"portal.example/shared/signature/finding"
	"portal.example/shared/signature/gf2m"
	"portal.example/shared/signature/gost34311"
)

// Limits on keys.
const (
	minRSA = 2048
	maxRSA = 8192
)

// ErrKey says that a key could not be read or is not accepted.
var ErrKey = errors.New("x509ua: not a key that is accepted")

// PublicKey is a key of one of the families.
type PublicKey struct {
	Family Family
	// Name says which key: RSA-2048, ECDSA P-256, DSTU 4145-2002 (257).
	Name string

	rsa   *rsa.PublicKey
	ecdsa *ecdsa.PublicKey
	dstu  *dstu4145.PublicKey
}

// ParsePublicKey reads a SubjectPublicKeyInfo.
func ParsePublicKey(der []byte) (PublicKey, error) {
	whole := cryptobyte.String(der)
	var spki cryptobyte.String
	if !whole.ReadASN1(&spki, casn1.SEQUENCE) || !whole.Empty() {
		return PublicKey{}, ErrKey
	}
	oid, parameters, ok := ReadAlgorithm(&spki)
	var bits asn1.BitString
	if !ok || !spki.ReadASN1BitString(&bits) || !spki.Empty() || bits.BitLength%8 != 0 {
		return PublicKey{}, ErrKey
	}
	scheme, ok := SchemeOf(oid)
	switch {
	case !ok:
		return PublicKey{}, ErrKey
	case scheme.Family == DSTU, scheme.Family == DSTUBE:
		return parseDSTU(scheme.Family, parameters, bits.Bytes)
	}
	return parseStandard(der)
}

// parseStandard reads what crypto/x509 knows.
func parseStandard(der []byte) (PublicKey, error) {
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return PublicKey{}, ErrKey
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		bits := key.N.BitLen()
		if bits < minRSA || bits > maxRSA || key.N.Bit(0) == 0 || key.E < 3 || key.E%2 == 0 {
			return PublicKey{}, ErrKey
		}
		return PublicKey{Family: RSA, Name: "RSA-" + strconv.Itoa(bits), rsa: key}, nil
	case *ecdsa.PublicKey:
		if key.Params().BitSize < 256 {
			return PublicKey{}, ErrKey
		}
		return PublicKey{Family: ECDSA, Name: "ECDSA " + key.Params().Name, ecdsa: key}, nil
	}
	return PublicKey{}, ErrKey
}

func parseDSTU(family Family, parameters, octets []byte) (PublicKey, error) {
	c, err := parseParameters(family, parameters)
	if err != nil {
		return PublicKey{}, err
	}
	s := cryptobyte.String(octets)
	var point cryptobyte.String
	if !s.ReadASN1(&point, casn1.OCTET_STRING) || !s.Empty() || len(point) > 2*c.Field.Bytes() {
		return PublicKey{}, ErrKey
	}
	key, err := dstu4145.ParsePublicKey(c, highestFirst(family, point))
	if err != nil {
		return PublicKey{}, ErrKey
	}
	return PublicKey{Family: family, Name: "DSTU 4145-2002 (" + strconv.Itoa(c.Field.Degree()) + ")", dstu: key}, nil
}

// highestFirst is octets in the order that the arithmetic reads.
func highestFirst(family Family, octets []byte) []byte {
	octets = slices.Clone(octets)
	if family == DSTU {
		slices.Reverse(octets)
	}
	return octets
}

const oidCurves = "1.2.804.2.1.1.1.1.3.1.1.2."

// parseParameters reads DSTU4145Params: a named curve or one given in full, and the substitutions of the digest, which must be
// ДКЕ № 1 where they are given.
func parseParameters(family Family, der []byte) (*gf2m.Curve, error) {
	whole := cryptobyte.String(der)
	var s cryptobyte.String
	if !whole.ReadASN1(&s, casn1.SEQUENCE) || !whole.Empty() {
		return nil, ErrKey
	}
	c, err := readCurve(family, &s)
	if err != nil {
		return nil, err
	}
	if s.Empty() {
		return c, nil
	}
	var dke cryptobyte.String
	if !s.ReadASN1(&dke, casn1.OCTET_STRING) || !s.Empty() || !slices.Equal(dke, gost34311.DKE[:]) {
		return nil, ErrKey
	}
	return c, nil
}

func readCurve(family Family, s *cryptobyte.String) (*gf2m.Curve, error) {
	if !s.PeekASN1Tag(casn1.OBJECT_IDENTIFIER) {
		return readBinary(family, s)
	}
	var id asn1.ObjectIdentifier
	if !s.ReadASN1ObjectIdentifier(&id) {
		return nil, ErrKey
	}
	number, ok := strings.CutPrefix(id.String(), oidCurves)
	i, err := strconv.Atoi(number)
	if !ok || err != nil {
		return nil, ErrKey
	}
	c, ok := dstu4145.NamedCurve(i)
	if !ok {
		return nil, ErrKey
	}
	return c, nil
}

// explicit keeps curves that were given in full by their octets: whether a curve is sound takes longer to say than whether a
// signature holds, and nearly all certificates spell out the same one.
var explicit struct {
	sync.Mutex
	curves map[string]*gf2m.Curve
}

// mostExplicit is how many such curves are kept; beyond it they are reckoned again each time.
const mostExplicit = 16

func readBinary(family Family, s *cryptobyte.String) (*gf2m.Curve, error) {
	var element cryptobyte.String
	if !s.ReadASN1Element(&element, casn1.SEQUENCE) || len(element) > 1024 {
		return nil, ErrKey
	}
	key := strconv.Itoa(int(family)) + string(element)
	explicit.Lock()
	kept := explicit.curves[key]
	explicit.Unlock()
	if kept != nil {
		return kept, nil
	}
	c, err := parseBinary(family, element)
	if err != nil {
		return nil, err
	}
	explicit.Lock()
	defer explicit.Unlock()
	if explicit.curves == nil {
		explicit.curves = map[string]*gf2m.Curve{}
	}
	if len(explicit.curves) < mostExplicit {
		explicit.curves[key] = c
	}
	return c, nil
}

// parseBinary reads ECBinary: the field, A, B, the order and the base point.
func parseBinary(family Family, element cryptobyte.String) (*gf2m.Curve, error) {
	var s, b, base cryptobyte.String
	var version, a uint
	order := new(big.Int)
	if !element.ReadASN1(&s, casn1.SEQUENCE) ||
		!s.ReadOptionalASN1Integer(&version, casn1.Tag(0).Constructed().ContextSpecific(), uint(0)) || version != 0 {
		return nil, ErrKey
	}
	f, err := readField(&s)
	if err != nil {
		return nil, err
	}
	if !s.ReadASN1Integer(&a) || !s.ReadASN1(&b, casn1.OCTET_STRING) || !s.ReadASN1Integer(order) ||
		!s.ReadASN1(&base, casn1.OCTET_STRING) || !s.Empty() {
		return nil, ErrKey
	}
	if order.BitLen() > f.Degree()+1 || len(b) > 2*f.Bytes() || len(base) > 2*f.Bytes() || a > 1 {
		return nil, ErrKey
	}
	coefficient, ok := f.FromBytes(highestFirst(family, b))
	if !ok {
		return nil, ErrKey
	}
	if known := standard(f, uint64(a), coefficient, order); known != nil { // the base point is the last thing to agree
		if point, ok := dstu4145.Decompress(known, highestFirst(family, base)); ok && point == known.Base {
			return known, nil
		}
	}
	point, ok := dstu4145.Decompress(&gf2m.Curve{Field: f, A: uint64(a), B: coefficient}, highestFirst(family, base))
	if !ok {
		return nil, ErrKey
	}
	c, err := gf2m.NewCurve(f, uint64(a), coefficient, point, order)
	if err != nil {
		return nil, ErrKey
	}
	return c, nil
}

// standard is the named curve with the same equation and order, nil if there is none.
func standard(f *gf2m.Field, a uint64, b gf2m.Element, order *big.Int) *gf2m.Curve {
	for i := range dstu4145.Named {
		c, _ := dstu4145.NamedCurve(i)
		if c.Field.Equal(f) && c.A == a && c.B == b && c.Order.Cmp(order) == 0 {
			return c
		}
	}
	return nil
}

// readField reads BinaryField: the degree and one or three exponents.
func readField(s *cryptobyte.String) (*gf2m.Field, error) {
	var field cryptobyte.String
	var m uint
	if !s.ReadASN1(&field, casn1.SEQUENCE) || !field.ReadASN1Integer(&m) || m > gf2m.MaxDegree {
		return nil, ErrKey
	}
	inside, count := field, 1
	if field.PeekASN1Tag(casn1.SEQUENCE) {
		if !field.ReadASN1(&inside, casn1.SEQUENCE) || !field.Empty() {
			return nil, ErrKey
		}
		count = 3
	}
	exponents := make([]int, count)
	for i := range exponents {
		var k uint
		if !inside.ReadASN1Integer(&k) || k > gf2m.MaxDegree {
			return nil, ErrKey
		}
		exponents[i] = int(k) //nolint:gosec // at most MaxDegree
	}
	if !inside.Empty() {
		return nil, ErrKey
	}
	f, err := gf2m.NewField(int(m), exponents...) //nolint:gosec // at most MaxDegree
	if err != nil {
		return nil, ErrKey
	}
	return f, nil
}

// Fits says whether the scheme belongs to this kind of key; the order of octets is the key's own.
func (k PublicKey) Fits(s Scheme) bool {
	dstu := func(f Family) bool { return f == DSTU || f == DSTUBE }
	return k.Family == s.Family || dstu(k.Family) && dstu(s.Family)
}

// Verify says whether signature is one of the message by this key under the scheme, whose digest must be known; else a finding
// that says why.
func (k PublicKey) Verify(s Scheme, message, signature []byte) error {
	if !k.Fits(s) || s.Digest == NoDigest {
		return finding.Finding{Reason: finding.AlgorithmsDiffer}
	}
	sum := s.Digest.Of(message)
	var holds bool
	switch s.Family {
	case RSA:
		if std := digests[s.Digest].std; std != 0 {
			holds = rsa.VerifyPKCS1v15(k.rsa, std, sum, signature) == nil
		}
	case ECDSA:
		holds = ecdsa.VerifyASN1(k.ecdsa, sum, signature)
	case DSTU, DSTUBE:
		holds = k.verifyDSTU(s.Family, sum, signature)
	case NoFamily:
	}
	if !holds {
		return finding.Finding{Reason: finding.SignatureBroken}
	}
	return nil
}

// verifyDSTU takes r and s bare, as CMS has them, or as an octet string, as certificates do.
func (k PublicKey) verifyDSTU(order Family, sum, signature []byte) bool {
	s := cryptobyte.String(signature)
	var inside cryptobyte.String
	if s.ReadASN1(&inside, casn1.OCTET_STRING) && s.Empty() {
		signature = inside
	}
	if order == DSTUBE {
		signature = slices.Clone(signature)
		slices.Reverse(signature)
	}
	return k.dstu.Verify(sum, signature) == nil
}

// MarshalPublicKey writes a key of ДСТУ 4145 on the named curve as a SubjectPublicKeyInfo, the lowest octet first, with the curve's
// parameters in full or by its name, and ДКЕ № 1.
func MarshalPublicKey(key *dstu4145.PublicKey, named int, full bool) ([]byte, error) {
	reversed := func(b []byte) []byte {
		slices.Reverse(b)
		return b
	}
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addOID(b, oidDSTU)
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				if full {
					addBinary(b, key.Curve, reversed)
				} else {
					addOID(b, oidCurves+strconv.Itoa(named))
				}
				b.AddASN1OctetString(gost34311.DKE[:])
			})
		})
		b.AddASN1(casn1.BIT_STRING, func(b *cryptobyte.Builder) {
			b.AddUint8(0)
			b.AddASN1OctetString(reversed(dstu4145.Compress(key.Curve, key.Point)))
		})
	})
	return b.Bytes()
}

// addBinary adds ECBinary.
func addBinary(b *cryptobyte.Builder, c *gf2m.Curve, reversed func([]byte) []byte) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(int64(c.Field.Degree()))
			exponents := c.Field.Exponents()
			add := func(b *cryptobyte.Builder) {
				for _, k := range exponents {
					b.AddASN1Int64(int64(k))
				}
			}
			if len(exponents) == 1 {
				add(b)
			} else {
				b.AddASN1(casn1.SEQUENCE, add)
			}
		})
		b.AddASN1Int64(int64(c.A)) //nolint:gosec // 0 or 1
		b.AddASN1OctetString(reversed(c.Field.ToBytes(c.B)))
		b.AddASN1BigInt(c.Order)
		b.AddASN1OctetString(reversed(dstu4145.Compress(c, c.Base)))
	})
}

func addOID(b *cryptobyte.Builder, oid string) {
	id, err := ParseOID(oid)
	if err != nil {
		b.SetError(err)
		return
	}
	b.AddASN1ObjectIdentifier(id)
}

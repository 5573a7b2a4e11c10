// Package dstu4145 verifies and makes signatures of ДСТУ 4145-2002 over fields with a polynomial basis: curves, keys and their
// encodings. It knows nothing of certificates. Imports the standard library and gf2m.
package dstu4145

import (
	"crypto/rand"
	"errors"
	"io"
	"math/big"
	"slices"

	"portal.example/shared/signature/gf2m"
)

// Errors of keys and signatures.
var (
	ErrKey       = errors.New("dstu4145: not a public key of this curve")
	ErrSignature = errors.New("dstu4145: the signature does not hold")
)

// PublicKey is −d·Base for the secret d.
type PublicKey struct {
	Curve *gf2m.Curve
	Point gf2m.Point
}

// ParsePublicKey reads a compressed point (ДСТУ 4145-2002, 6.10) with the highest octet first, and checks that it lies on the
// curve, in the group of the base point, and is not infinite.
func ParsePublicKey(c *gf2m.Curve, octets []byte) (*PublicKey, error) {
	p, ok := Decompress(c, octets)
	if !ok || p.Infinite() || !c.Multiply(p, c.Order).Infinite() {
		return nil, ErrKey
	}
	return &PublicKey{c, p}, nil
}

// Compress is the octets of a point that ДСТУ 4145-2002 (6.9) makes: x, with Tr(y/x) as its lowest bit.
func Compress(c *gf2m.Curve, p gf2m.Point) []byte {
	f := c.Field
	x := p.X
	if !x.IsZero() {
		x[0] = x[0]&^1 | f.Trace(f.Multiply(p.Y, f.Invert(p.X)))
	}
	return f.ToBytes(x)
}

// Decompress finds the point that Compress made octets of; the lowest bit of its x follows from Tr(x) = A, which holds for all
// points of the group. False if there is none.
func Decompress(c *gf2m.Curve, octets []byte) (gf2m.Point, bool) {
	f := c.Field
	x, ok := f.FromBytes(octets)
	if !ok || x.IsZero() {
		return gf2m.Point{}, false
	}
	trace := x[0] & 1
	x[0] &^= 1
	if f.Trace(x) != c.A {
		x[0] |= 1
	}
	if x.IsZero() {
		return gf2m.Point{}, false
	}
	right := f.Add(x, f.Multiply(c.B, f.Invert(f.Square(x))))
	if c.A == 1 {
		right = f.Add(right, gf2m.One)
	}
	z, ok := f.Halves(right)
	if !ok {
		return gf2m.Point{}, false
	}
	if f.Trace(z) != trace {
		z = f.Add(z, gf2m.One)
	}
	p := gf2m.Point{X: x, Y: f.Multiply(x, z)}
	return p, c.On(p)
}

// represent is a hash as an element of the field (5.9): its octets have the lowest first, bits from x^m on fall away, and 0 is 1.
func represent(c *gf2m.Curve, hash []byte) gf2m.Element {
	octets := slices.Clone(hash)
	slices.Reverse(octets)
	h := c.Field.Truncated(octets)
	if h.IsZero() {
		return gf2m.One
	}
	return h
}

// number is an element as an integer with fewer bits than the order has (5.8).
func number(c *gf2m.Curve, e gf2m.Element) *big.Int {
	n := new(big.Int).SetBytes(c.Field.ToBytes(e))
	for i := c.Order.BitLen() - 1; i < c.Field.Degree(); i++ {
		n.SetBit(n, i, 0)
	}
	return n
}

// Verify is nil when signature, r and then s of equal length with the lowest octet first, is one of the hash by the key's owner
// (13.1).
func (k *PublicKey) Verify(hash, signature []byte) error {
	r, s, ok := k.split(signature)
	if !ok {
		return ErrSignature
	}
	p := k.Curve.Combine(s, k.Point, r)
	if p.Infinite() {
		return ErrSignature
	}
	y := k.Curve.Field.Multiply(represent(k.Curve, hash), p.X)
	if number(k.Curve, y).Cmp(r) != 0 {
		return ErrSignature
	}
	return nil
}

// split reads r and s and says whether both lie between 0 and the order.
func (k *PublicKey) split(signature []byte) (r, s *big.Int, ok bool) {
	if len(signature)%2 != 0 || len(signature) > 4*k.Curve.Field.Bytes() {
		return nil, nil, false
	}
	half := len(signature) / 2
	r, s = littleEndian(signature[:half]), littleEndian(signature[half:])
	return r, s, r.Sign() > 0 && s.Sign() > 0 && r.Cmp(k.Curve.Order) < 0 && s.Cmp(k.Curve.Order) < 0
}

func littleEndian(b []byte) *big.Int {
	b = slices.Clone(b)
	slices.Reverse(b)
	return new(big.Int).SetBytes(b)
}

// PrivateKey is a secret d with its public key.
type PrivateKey struct {
	PublicKey
	D *big.Int
}

// GenerateKey makes a key from random, which is crypto/rand.Reader except in tests.
func GenerateKey(c *gf2m.Curve, random io.Reader) (*PrivateKey, error) {
	d, err := secret(c, random)
	if err != nil {
		return nil, err
	}
	return NewPrivateKey(c, d)
}

// NewPrivateKey is the key with the secret d, 0 < d < Order; else ErrKey.
func NewPrivateKey(c *gf2m.Curve, d *big.Int) (*PrivateKey, error) {
	if d.Sign() <= 0 || d.Cmp(c.Order) >= 0 {
		return nil, ErrKey
	}
	p, err := c.MultiplySecret(d)
	if err != nil {
		return nil, err
	}
	return &PrivateKey{PublicKey{c, c.Negate(p)}, d}, nil
}

// secret draws a number between 0 and the order.
func secret(c *gf2m.Curve, random io.Reader) (*big.Int, error) {
	if random == nil {
		random = rand.Reader
	}
	e, err := rand.Int(random, new(big.Int).Sub(c.Order, big.NewInt(1)))
	if err != nil {
		return nil, err
	}
	return e.Add(e, big.NewInt(1)), nil
}

// Sign makes a signature of the hash as Verify reads it (12). The secret is used as MultiplySecret of gf2m describes, and s is
// reckoned behind a random factor; math/big takes no constant time, so that one does not sign where others run on the same core.
func (k *PrivateKey) Sign(random io.Reader, hash []byte) ([]byte, error) {
	c := k.Curve
	h := represent(c, hash)
	for {
		e, err := secret(c, random)
		if err != nil {
			return nil, err
		}
		p, err := c.MultiplySecret(e)
		if err != nil {
			return nil, err
		}
		r := number(c, c.Field.Multiply(h, p.X))
		if r.Sign() == 0 {
			continue
		}
		s, err := k.respond(random, e, r)
		if err != nil {
			return nil, err
		}
		if s.Sign() == 0 {
			continue
		}
		half := (c.Order.BitLen() + 7) / 8
		out := append(s.FillBytes(make([]byte, half)), r.FillBytes(make([]byte, half))...)
		slices.Reverse(out)
		return out, nil
	}
}

// respond is e + d·r modulo the order, with d behind a random factor.
func (k *PrivateKey) respond(random io.Reader, e, r *big.Int) (*big.Int, error) {
	n := k.Curve.Order
	factor, err := secret(k.Curve, random)
	if err != nil {
		return nil, err
	}
	hidden := new(big.Int).Mul(k.D, factor)
	hidden.Mod(hidden, n).Mul(hidden, r)
	hidden.Add(hidden, new(big.Int).Mul(e, factor))
	hidden.Mul(hidden, new(big.Int).ModInverse(factor, n))
	return hidden.Mod(hidden, n), nil
}

// Package gf2m computes in the fields GF(2^m) with a polynomial basis, and on the elliptic curves y² + xy = x³ + Ax² + B over
// them, as ДСТУ 4145-2002 needs it. It verifies public things and takes no constant time: whoever multiplies by a secret
// must do it as package dstu4145 does, and read there what that is worth. Imports the standard library only.
package gf2m

import (
	"errors"
	"math/big"
	"math/bits"
	"slices"
)

// MaxDegree is the largest m of a field: the standard's tables end at 509, and its largest named curve has 431.
const MaxDegree = 509

// MinDegree is the smallest m that ДСТУ 4145-2002 allows.
const MinDegree = 163

const words = (MaxDegree + 63) / 64

// Element is a polynomial over GF(2) of degree below m; bit i of word i/64 is the coefficient of x^i.
type Element [words]uint64

// Field is GF(2^m) modulo x^m + … + 1 with three or five terms.
type Field struct {
	m     int
	n     int   // words in use
	terms []int // exponents of the modulus below m, 0 among them
	top   uint64
}

// ErrField says that no field of the standard has this modulus.
var ErrField = errors.New("gf2m: not a field that the standard allows")

// NewField makes the field with modulus x^m + x^k₁ + … + 1, of one or three exponents between. m must be a prime from
// MinDegree to MaxDegree, the exponents below m − 63, and the modulus irreducible; else ErrField.
func NewField(m int, exponents ...int) (*Field, error) {
	if m < MinDegree || m > MaxDegree || !big.NewInt(int64(m)).ProbablyPrime(0) || len(exponents) != 1 && len(exponents) != 3 {
		return nil, ErrField
	}
	f := &Field{m: m, n: (m + 63) / 64, terms: []int{0}, top: 1<<(m%64) - 1}
	for i, k := range exponents {
		if k <= 0 || k > m-64 || i > 0 && exponents[i-1] == k || i > 1 && exponents[0] == k {
			return nil, ErrField
		}
		f.terms = append(f.terms, k)
	}
	slices.Sort(f.terms)
	if !f.irreducible() {
		return nil, ErrField
	}
	return f, nil
}

// irreducible says whether the modulus is. With m prime it is when x^(2^m) = x modulo it, unless it has a root in GF(2);
// an odd number of terms with 1 among them has none.
func (f *Field) irreducible() bool {
	x := Element{2}
	y := x
	for range f.m {
		y = f.Square(y)
	}
	return y == x
}

// Degree is m.
func (f *Field) Degree() int { return f.m }

// Bytes is the length of an element as octets.
func (f *Field) Bytes() int { return (f.m + 7) / 8 }

// FromBytes reads an element from octets in big-endian order. False if it has a coefficient at x^m or above.
func (f *Field) FromBytes(b []byte) (Element, bool) {
	var e Element
	for i := range b {
		v := b[len(b)-1-i]
		if v == 0 {
			continue
		}
		if i >= 8*f.n {
			return Element{}, false
		}
		e[i/8] |= uint64(v) << (8 * (i % 8))
	}
	return e, e[f.n-1]&^f.top == 0
}

// Truncated reads octets in big-endian order and drops what is at x^m and above.
func (f *Field) Truncated(b []byte) Element {
	b = b[max(0, len(b)-8*f.n):]
	e, _ := f.FromBytes(b)
	e[f.n-1] &= f.top
	return e
}

// ToBytes is the element in Bytes octets, in big-endian order.
func (f *Field) ToBytes(e Element) []byte {
	b := make([]byte, f.Bytes())
	for i := range b {
		b[len(b)-1-i] = byte(e[i/8] >> (8 * (i % 8)))
	}
	return b
}

// IsZero says whether e is 0.
func (e Element) IsZero() bool { return e == Element{} }

// Add is a + b, and a − b.
func (f *Field) Add(a, b Element) Element {
	for i := range a {
		a[i] ^= b[i]
	}
	return a
}

// double is a polynomial before it is reduced.
type double [2*words + 1]uint64

// spread has the square of each byte as a polynomial.
var spread = func() (t [256]uint16) {
	for i := range t {
		for b := range 8 {
			t[i] |= uint16(i>>b&1) << (2 * b)
		}
	}
	return t
}()

// Square is a².
func (f *Field) Square(a Element) Element {
	var c double
	for i := range f.n {
		w := a[i]
		c[2*i] = uint64(spread[w&0xff]) | uint64(spread[w>>8&0xff])<<16 | uint64(spread[w>>16&0xff])<<32 | uint64(spread[w>>24&0xff])<<48
		w >>= 32
		c[2*i+1] = uint64(spread[w&0xff]) | uint64(spread[w>>8&0xff])<<16 | uint64(spread[w>>16&0xff])<<32 | uint64(spread[w>>24])<<48
	}
	return f.reduce(&c)
}

// Multiply is a·b, by the comb method from left to right with windows of four bits.
func (f *Field) Multiply(a, b Element) Element {
	n := f.n
	var table [16][words + 1]uint64
	for i := 1; i < 16; i++ {
		t := &table[i]
		if i == 1 {
			copy(t[:n], b[:n])
			continue
		}
		half := &table[i/2]
		var carry uint64
		for j := 0; j <= n; j++ {
			t[j] = half[j]<<1 | carry
			carry = half[j] >> 63
		}
		if i&1 == 1 {
			for j := range n {
				t[j] ^= b[j]
			}
		}
	}
	var c double
	for shift := 60; ; shift -= 4 {
		for i := range n {
			t := &table[a[i]>>shift&15]
			part := c[i : i+n+1]
			for j := range part {
				part[j] ^= t[j]
			}
		}
		if shift == 0 {
			return f.reduce(&c)
		}
		for j := 2*n - 1; j > 0; j-- {
			c[j] = c[j]<<4 | c[j-1]>>60
		}
		c[0] <<= 4
	}
}

// reduce is c modulo the modulus. Every exponent of the modulus lies at least 64 below m, so that what a word leaves
// falls below that word.
func (f *Field) reduce(c *double) Element {
	for i := 2*f.n - 1; i >= f.n; i-- {
		w := c[i]
		if w == 0 {
			continue
		}
		c[i] = 0
		for _, k := range f.terms {
			at := 64*i - f.m + k
			c[at/64] ^= w << (at % 64)
			c[at/64+1] ^= w >> 1 >> (63 - at%64)
		}
	}
	last := f.n - 1
	w := c[last] >> (f.m % 64)
	c[last] &= f.top
	for _, k := range f.terms {
		c[k/64] ^= w << (k % 64)
		c[k/64+1] ^= w >> 1 >> (63 - k%64)
	}
	var e Element
	copy(e[:f.n], c[:f.n])
	return e
}

// Invert is 1/a, and 0 for 0: a^(2^m − 2), as Itoh and Tsujii compute it.
func (f *Field) Invert(a Element) Element {
	// power is a^(2^k − 1); the bits of m − 1 lead k from 1 to m − 1.
	power, k := a, 1
	for i := bits.Len(uint(f.m-1)) - 2; i >= 0; i-- {
		again := power
		for range k {
			again = f.Square(again)
		}
		power, k = f.Multiply(power, again), 2*k
		if (f.m-1)>>i&1 == 1 {
			power, k = f.Multiply(f.Square(power), a), k+1
		}
	}
	return f.Square(power)
}

// Trace is Tr(a), 0 or 1.
func (f *Field) Trace(a Element) uint64 {
	sum := a
	for range f.m - 1 {
		a = f.Square(a)
		sum = f.Add(sum, a)
	}
	return sum[0] & 1
}

// Halves finds z with z² + z = a; the other is z + 1. False if there is none, when Tr(a) = 1.
func (f *Field) Halves(a Element) (Element, bool) {
	z := a
	for range (f.m - 1) / 2 {
		z = f.Add(f.Square(f.Square(z)), a)
	}
	return z, f.Add(f.Square(z), z) == a
}

// Equal says whether both are one field.
func (f *Field) Equal(g *Field) bool { return f.m == g.m && slices.Equal(f.terms, g.terms) }

// Exponents are those of the modulus between m and 0, the lowest first.
func (f *Field) Exponents() []int { return slices.Clone(f.terms[1:]) }

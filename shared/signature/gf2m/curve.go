package gf2m

import (
	"crypto/rand"
	"errors"
	"math/big"
)

// Point is a point of a curve in affine coordinates; the zero value is the point at infinity, which is no point (0, 0) on
// any curve here since B ≠ 0.
type Point struct{ X, Y Element }

// Infinite says whether p is the point at infinity.
func (p Point) Infinite() bool { return p == Point{} }

// Curve is y² + xy = x³ + Ax² + B with the point Base of prime order Order.
type Curve struct {
	Field *Field
	A     uint64 // 0 or 1
	B     Element
	Base  Point
	Order *big.Int

	multiples []Point // odd multiples of Base, for Combine
}

// ErrCurve says that the parameters are those of no curve that ДСТУ 4145-2002 allows.
var ErrCurve = errors.New("gf2m: not a curve that the standard allows")

// One is 1.
var One = Element{1}

// NewCurve makes a curve and checks what ДСТУ 4145-2002 (7.1, 7.2) demands of one: B ≠ 0, the base point on the curve and of
// the order given, the order a prime large enough, and the field not one to which the logarithm can be moved.
func NewCurve(f *Field, a uint64, b Element, base Point, order *big.Int) (*Curve, error) {
	c := &Curve{Field: f, A: a, B: b, Base: base, Order: order}
	if a > 1 || b.IsZero() || base.Infinite() || !c.On(base) || !c.largeOrder() || !c.resists() {
		return nil, ErrCurve
	}
	if !order.ProbablyPrime(20) || !c.Multiply(base, order).Infinite() {
		return nil, ErrCurve
	}
	c.multiples = c.odd(base, baseWindow)
	return c, nil
}

// largeOrder says whether the order is above max(2¹⁶⁰, 4(⌊√2^m⌋ + 1)), and not above what a curve of the field can have.
func (c *Curve) largeOrder() bool {
	size := new(big.Int).Lsh(big.NewInt(1), uint(c.Field.m)) //nolint:gosec // between MinDegree and MaxDegree
	root := new(big.Int).Sqrt(size)
	least := root.Lsh(root.Add(root, big.NewInt(1)), 2)
	if floor := new(big.Int).Lsh(big.NewInt(1), 160); least.Cmp(floor) < 0 {
		least = floor
	}
	return c.Order.Cmp(least) > 0 && c.Order.BitLen() <= c.Field.m+1
}

// resists says whether 2^(mk) ≠ 1 modulo the order for k to 32, so that no small extension of the field helps.
func (c *Curve) resists() bool {
	step := new(big.Int).Exp(big.NewInt(2), big.NewInt(int64(c.Field.m)), c.Order)
	power := big.NewInt(1)
	for range 32 {
		if power.Mul(power, step).Mod(power, c.Order).Cmp(big.NewInt(1)) == 0 {
			return false
		}
	}
	return true
}

// On says whether p lies on the curve.
func (c *Curve) On(p Point) bool {
	if p.Infinite() {
		return true
	}
	f := c.Field
	xx := f.Square(p.X)
	left := f.Add(f.Square(p.Y), f.Multiply(p.X, p.Y))
	right := f.Add(f.Multiply(xx, p.X), c.B)
	if c.A == 1 {
		right = f.Add(right, xx)
	}
	return left == right
}

// Negate is −p.
func (c *Curve) Negate(p Point) Point { return Point{p.X, c.Field.Add(p.X, p.Y)} }

// projective is a point in the coordinates of López and Dahab: x = X/Z, y = Y/Z²; Z = 0 is the point at infinity.
type projective struct{ x, y, z Element }

func lift(p Point) projective {
	if p.Infinite() {
		return projective{x: One}
	}
	return projective{p.X, p.Y, One}
}

func (c *Curve) affine(p projective) Point {
	if p.z.IsZero() {
		return Point{}
	}
	f := c.Field
	inverse := f.Invert(p.z)
	return Point{f.Multiply(p.x, inverse), f.Multiply(p.y, f.Square(inverse))}
}

// double is 2p.
func (c *Curve) double(p projective) projective {
	if p.z.IsZero() || p.x.IsZero() {
		return projective{x: One}
	}
	f := c.Field
	xx, zz := f.Square(p.x), f.Square(p.z)
	b := f.Multiply(c.B, f.Square(zz))
	r := projective{z: f.Multiply(xx, zz), x: f.Add(f.Square(xx), b)}
	sum := f.Add(f.Square(p.y), b)
	if c.A == 1 {
		sum = f.Add(sum, r.z)
	}
	r.y = f.Add(f.Multiply(b, r.z), f.Multiply(r.x, sum))
	return r
}

// add is p + q.
func (c *Curve) add(p projective, q Point) projective {
	if q.Infinite() {
		return p
	}
	if p.z.IsZero() {
		return lift(q)
	}
	f := c.Field
	zz := f.Square(p.z)
	y := f.Add(p.y, f.Multiply(q.Y, zz))
	x := f.Add(p.x, f.Multiply(q.X, p.z))
	if x.IsZero() {
		if y.IsZero() {
			return c.double(p)
		}
		return projective{x: One}
	}
	zx := f.Multiply(x, p.z)
	r := projective{z: f.Square(zx)}
	sum := f.Add(y, f.Square(x))
	if c.A == 1 {
		sum = f.Add(sum, zx)
	}
	r.x = f.Add(f.Square(y), f.Multiply(zx, sum))
	qx := f.Add(f.Multiply(q.X, r.z), r.x)
	r.y = f.Add(f.Multiply(qx, f.Add(f.Multiply(y, zx), r.z)), f.Multiply(f.Add(q.Y, q.X), f.Square(r.z)))
	return r
}

// Add is p + q.
func (c *Curve) Add(p, q Point) Point { return c.affine(c.add(lift(p), q)) }

const (
	pointWindow = 5 // bits of the window for a point that comes once
	baseWindow  = 7 // and for Base, whose multiples are kept
)

// odd is p, 3p, 5p … as the window of that many bits needs them.
func (c *Curve) odd(p Point, window int) []Point {
	twice := c.affine(c.double(lift(p)))
	rising := make([]projective, 1<<(window-2))
	rising[0] = lift(p)
	for i := 1; i < len(rising); i++ {
		rising[i] = c.add(rising[i-1], twice)
	}
	return c.affineAll(rising)
}

// affineAll is affine for many points with one inversion, as Montgomery found.
func (c *Curve) affineAll(points []projective) []Point {
	f := c.Field
	before := make([]Element, len(points)) // the product of the coordinates z of those before
	product := One
	for i, p := range points {
		before[i] = product
		if !p.z.IsZero() {
			product = f.Multiply(product, p.z)
		}
	}
	inverse := f.Invert(product)
	out := make([]Point, len(points))
	for i := len(points) - 1; i >= 0; i-- {
		p := points[i]
		if p.z.IsZero() {
			continue
		}
		own := f.Multiply(inverse, before[i])
		inverse = f.Multiply(inverse, p.z)
		out[i] = Point{f.Multiply(p.x, own), f.Multiply(p.y, f.Square(own))}
	}
	return out
}

// nonAdjacent writes k as digits that are 0 or odd and below 2^(window−1) in value, the lowest first.
func nonAdjacent(k *big.Int, window int) []int8 {
	rest := new(big.Int).Set(k)
	digits := make([]int8, 0, rest.BitLen()+1)
	for rest.Sign() > 0 {
		var digit int64
		if rest.Bit(0) == 1 {
			for i := range window {
				digit |= int64(rest.Bit(i)) << i
			}
			if digit >= 1<<(window-1) {
				digit -= 1 << window
			}
			rest.Sub(rest, big.NewInt(digit))
		}
		digits = append(digits, int8(digit)) //nolint:gosec // window is at most 7
		rest.Rsh(rest, 1)
	}
	return digits
}

// Multiply is k·p for k ≥ 0. It takes a time that tells of k.
func (c *Curve) Multiply(p Point, k *big.Int) Point {
	return c.combine([][]Point{c.odd(p, pointWindow)}, [][]int8{nonAdjacent(k, pointWindow)})
}

// Combine is s·Base + r·q for r, s ≥ 0, which a verification is made of. It takes a time that tells of r and s.
func (c *Curve) Combine(s *big.Int, q Point, r *big.Int) Point {
	return c.combine(
		[][]Point{c.multiples, c.odd(q, pointWindow)},
		[][]int8{nonAdjacent(s, baseWindow), nonAdjacent(r, pointWindow)})
}

// combine sums tables[i] times digits[i] over one row of doublings.
func (c *Curve) combine(tables [][]Point, digits [][]int8) Point {
	longest := 0
	for _, d := range digits {
		longest = max(longest, len(d))
	}
	sum := projective{x: One}
	for at := longest - 1; at >= 0; at-- {
		sum = c.double(sum)
		for i, d := range digits {
			if at >= len(d) || d[at] == 0 {
				continue
			}
			if d[at] > 0 {
				sum = c.add(sum, tables[i][d[at]/2])
			} else {
				sum = c.add(sum, c.Negate(tables[i][-d[at]/2]))
			}
		}
	}
	return c.affine(sum)
}

// MultiplySecret is k·Base for a secret k with 0 < k < Order: the ladder of Montgomery, whose every step adds and doubles
// whatever the bit, over coordinates that a random factor hides, and over k + Order or k + 2·Order, so that all k have one length.
// What it does not hide: multiplication looks tables up by parts of the operands, so that an observer of this machine's caches
// may learn of them. It is for keys in files on a machine of one's own, as a pattern of time over the network tells nothing.
func (c *Curve) MultiplySecret(k *big.Int) (Point, error) {
	f := c.Field
	padded := new(big.Int).Add(k, c.Order)
	if padded.BitLen() <= c.Order.BitLen() {
		padded.Add(padded, c.Order)
	}
	low, high, err := c.blinded()
	if err != nil {
		return Point{}, err
	}
	base := c.Base.X
	for i := padded.BitLen() - 2; i >= 0; i-- {
		mask := -uint64(padded.Bit(i))
		swap(&low, &high, mask)
		high = c.addByDifference(low, high, base)
		low = c.doubleX(low)
		swap(&low, &high, mask)
	}
	if low.z.IsZero() {
		return Point{}, nil
	}
	if high.z.IsZero() {
		return c.Negate(c.Base), nil
	}
	// y from x(kP) and x((k+1)P), López and Dahab 1999.
	x1 := f.Multiply(low.x, f.Invert(low.z))
	x2 := f.Multiply(high.x, f.Invert(high.z))
	first := f.Add(x1, base)
	y := f.Add(f.Add(f.Multiply(first, f.Add(x2, base)), f.Square(base)), c.Base.Y)
	y = f.Add(f.Multiply(f.Multiply(first, y), f.Invert(base)), c.Base.Y)
	return Point{x1, y}, nil
}

// flat is the x of a point, as x/z.
type flat struct{ x, z Element }

func swap(a, b *flat, mask uint64) {
	for i := range a.x {
		t := mask & (a.x[i] ^ b.x[i])
		a.x[i] ^= t
		b.x[i] ^= t
		t = mask & (a.z[i] ^ b.z[i])
		a.z[i] ^= t
		b.z[i] ^= t
	}
}

// blinded is Base and 2·Base for the ladder, each with a random z.
func (c *Curve) blinded() (low, high flat, err error) {
	f := c.Field
	low = flat{c.Base.X, One}
	high = c.doubleX(low)
	for _, p := range []*flat{&low, &high} {
		random := make([]byte, f.Bytes())
		if _, err := rand.Read(random); err != nil {
			return low, high, err
		}
		factor := f.Truncated(random)
		if factor.IsZero() {
			factor = One
		}
		p.x, p.z = f.Multiply(p.x, factor), f.Multiply(p.z, factor)
	}
	return low, high, nil
}

func (c *Curve) doubleX(p flat) flat {
	f := c.Field
	xx, zz := f.Square(p.x), f.Square(p.z)
	return flat{f.Add(f.Square(xx), f.Multiply(c.B, f.Square(zz))), f.Multiply(xx, zz)}
}

// addByDifference is the x of p + q where that of q − p is x.
func (c *Curve) addByDifference(p, q flat, x Element) flat {
	f := c.Field
	left, right := f.Multiply(p.x, q.z), f.Multiply(q.x, p.z)
	z := f.Square(f.Add(left, right))
	return flat{f.Add(f.Multiply(x, z), f.Multiply(left, right)), z}
}

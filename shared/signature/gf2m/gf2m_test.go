package gf2m

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// The fields of the standard's table.
func fields(t testing.TB) []*Field {
	t.Helper()
	var all []*Field
	for _, terms := range [][]int{
		{163, 7, 6, 3}, {167, 6}, {173, 10, 2, 1}, {179, 4, 2, 1}, {191, 9}, {233, 9, 4, 1}, {257, 12}, {307, 8, 4, 2}, {367, 21}, {431, 5, 3, 1},
	} {
		f, err := NewField(terms[0], terms[1:]...)
		if err != nil {
			t.Fatal(terms, err)
		}
		all = append(all, f)
	}
	return all
}

func draw(t *rapid.T, f *Field, name string) Element {
	return f.Truncated(rapid.SliceOfN(rapid.Byte(), f.Bytes(), f.Bytes()).Draw(t, name))
}

// slow is a·b bit by bit over math/big.
func slow(f *Field, a, b Element) Element {
	modulus := new(big.Int).SetBit(new(big.Int), f.m, 1)
	for _, k := range f.terms {
		modulus.SetBit(modulus, k, 1)
	}
	left, right, product := new(big.Int).SetBytes(f.ToBytes(a)), new(big.Int).SetBytes(f.ToBytes(b)), new(big.Int)
	for i := range f.m {
		if left.Bit(i) == 1 {
			product.Xor(product, new(big.Int).Lsh(right, uint(i)))
		}
	}
	for i := 2 * f.m; i >= f.m; i-- {
		if product.Bit(i) == 1 {
			product.Xor(product, new(big.Int).Lsh(modulus, uint(i-f.m)))
		}
	}
	e, ok := f.FromBytes(product.Bytes())
	if !ok {
		panic("not reduced")
	}
	return e
}

func TestFieldEqualsSlowReckoning(t *testing.T) {
	all := fields(t)
	rapid.Check(t, func(t *rapid.T) {
		f := all[rapid.IntRange(0, len(all)-1).Draw(t, "field")]
		a, b := draw(t, f, "a"), draw(t, f, "b")
		if f.Multiply(a, b) != slow(f, a, b) {
			t.Fatal("product differs")
		}
		if f.Square(a) != slow(f, a, a) {
			t.Fatal("square differs")
		}
		if inverse := f.Invert(a); !a.IsZero() && f.Multiply(a, inverse) != One || a.IsZero() && !inverse.IsZero() {
			t.Fatal("inverse differs")
		}
		if z, ok := f.Halves(a); ok != (f.Trace(a) == 0) || ok && f.Add(f.Square(z), z) != a {
			t.Fatal("no root of z² + z = a")
		}
		if back, ok := f.FromBytes(f.ToBytes(a)); !ok || back != a {
			t.Fatal("octets differ")
		}
	})
}

func TestModulesThatMakeNoField(t *testing.T) {
	for name, terms := range map[string][]int{
		"degree not a prime": {165, 7, 6, 3}, "small": {113, 9}, "large": {571, 10, 5, 2}, "reducible": {163, 7, 6, 4}, "four terms": {163, 7, 6},
		"twice the same": {163, 7, 7, 3}, "near the top": {163, 101}, "negative": {163, -3}, "zero": {163, 0}, "none": {163}, "five": {163, 1, 2, 3, 4, 5},
	} {
		if _, err := NewField(terms[0], terms[1:]...); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// The curve of degree 163 of the standard.
func small(t testing.TB) *Curve {
	t.Helper()
	f := fields(t)[0]
	element := func(s string) Element {
		v, _ := new(big.Int).SetString(s, 16)
		e, ok := f.FromBytes(v.Bytes())
		if !ok {
			t.Fatal(s)
		}
		return e
	}
	order, _ := new(big.Int).SetString("400000000000000000002BEC12BE2262D39BCF14D", 16)
	c, err := NewCurve(f, 1, element("5FF6108462A2DC8210AB403925E638A19C1455D21"),
		Point{element("2E2F85F5DD74CE983A5C4237229DAF8A3F35823BE"), element("3826F008A8C51D7B95284D9D03FF0E00CE2CD723A")}, order)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Sums are associative with multiples, whatever coordinates, windows and ladders compute them, small multiples and those
// about the order among them.
func TestMultiples(t *testing.T) {
	c := small(t)
	number := func(t *rapid.T, name string) *big.Int {
		n := new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, name))
		switch rapid.IntRange(0, 3).Draw(t, name+" near") {
		case 0:
			return big.NewInt(rapid.Int64Range(0, 40).Draw(t, name+" small"))
		case 1:
			return new(big.Int).Sub(c.Order, big.NewInt(rapid.Int64Range(0, 40).Draw(t, name+" off")))
		}
		return n
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := number(t, "a"), number(t, "b")
		p, q := c.Multiply(c.Base, a), c.Multiply(c.Base, b)
		if !c.On(p) {
			t.Fatal("not on the curve")
		}
		sum := c.Multiply(c.Base, new(big.Int).Add(a, b))
		if c.Add(p, q) != sum || c.Add(q, p) != sum {
			t.Fatal("aP + bP ≠ (a + b)P")
		}
		if !c.Add(p, c.Negate(p)).Infinite() {
			t.Fatal("P − P ≠ O")
		}
		if c.Combine(a, p, b) != c.Multiply(c.Base, new(big.Int).Add(a, new(big.Int).Mul(a, b))) {
			t.Fatal("aP + b(aP) ≠ (a + ab)P")
		}
		if a.Sign() == 0 || a.Cmp(c.Order) >= 0 {
			return
		}
		if secret, err := c.MultiplySecret(a); err != nil || secret != p {
			t.Fatal("the ladder differs", err)
		}
	})
}

func TestParametersThatMakeNoCurve(t *testing.T) {
	c := small(t)
	twice := c.Add(c.Base, c.Base)
	for name, wrong := range map[string]Curve{
		"A":              {A: 2, B: c.B, Base: c.Base, Order: c.Order},
		"B zero":         {A: 1, Base: c.Base, Order: c.Order},
		"B other":        {A: 1, B: One, Base: c.Base, Order: c.Order},
		"base infinite":  {A: 1, B: c.B, Order: c.Order},
		"base elsewhere": {A: 1, B: c.B, Base: Point{c.Base.Y, c.Base.X}, Order: c.Order},
		"order other":    {A: 1, B: c.B, Base: c.Base, Order: new(big.Int).Add(c.Order, big.NewInt(2))},
		"order doubled":  {A: 1, B: c.B, Base: c.Base, Order: new(big.Int).Lsh(c.Order, 1)},
		"order zero":     {A: 1, B: c.B, Base: c.Base, Order: new(big.Int)},
		"order negative": {A: 1, B: c.B, Base: c.Base, Order: new(big.Int).Neg(c.Order)},
		"order huge":     {A: 1, B: c.B, Base: c.Base, Order: new(big.Int).Lsh(big.NewInt(1), 1<<16)},
	} {
		if _, err := NewCurve(c.Field, wrong.A, wrong.B, wrong.Base, wrong.Order); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := NewCurve(c.Field, c.A, c.B, twice, c.Order); err != nil {
		t.Error("another point of the group is a base point too:", err)
	}
}

func BenchmarkMultiply(b *testing.B) {
	f := fields(b)[6]
	x := Element{3, 5, 7, 9, 1}
	for b.Loop() {
		x = f.Multiply(x, x)
	}
}

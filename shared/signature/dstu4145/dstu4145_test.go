package dstu4145

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"portal.example/shared/signature/gf2m"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func reversed(b []byte) []byte {
	b = slices.Clone(b)
	slices.Reverse(b)
	return b
}

func curve(t testing.TB, m int) *gf2m.Curve {
	t.Helper()
	for i := range Named {
		if c, _ := NamedCurve(i); c.Field.Degree() == m {
			return c
		}
	}
	t.Fatalf("no curve of degree %d", m)
	return nil
}

// based is c with another base point.
func based(t *testing.T, c *gf2m.Curve, x, y string) *gf2m.Curve {
	t.Helper()
	var base gf2m.Point
	base.X, _ = c.Field.FromBytes(unhex(t, x))
	base.Y, _ = c.Field.FromBytes(unhex(t, y))
	other, err := gf2m.NewCurve(c.Field, c.A, c.B, base, c.Order)
	if err != nil {
		t.Fatal(err)
	}
	return other
}

// The example of ДСТУ 4145-2002, annex Б, and two of a library of PrivatBank (cryptonite, BSD licence), whose integers have the
// lowest octet first.
func TestExamples(t *testing.T) {
	const hash = "b591f4d5ea42d0005dedf238e8beccc2cb46a944419b6fdd66c57e66c751f683"
	for _, example := range []struct {
		m                int
		x, y, hash, r, s string
	}{
		{
			163,
			hex.EncodeToString(reversed(unhex(t, "057de7fde023ff929cb6ac785ce4b79cf64abdc2da"))),
			hex.EncodeToString(reversed(unhex(t, "03e85444324bcf06ad85abf6ad7b5f34770532b9aa"))),
			hex.EncodeToString(reversed(unhex(t, "09c9c44277910c9aaee486883a2eb95b7180166ddf73532eeb76edaef52247ff"))),
			hex.EncodeToString(reversed(unhex(t, "0274ea2c0caa014a0d80a424f59ade7a93068d08a7"))),
			hex.EncodeToString(reversed(unhex(t, "02100d86957331832b8e8c230f5bd6a332b3615aca"))),
		},
		{
			257,
			"01799b65a6d2d1cecd08b044d599eecfab8412f599f52ca38ddb431bba38e66c00",
			"e54176a56aaf5e5bea7c7dbbacfbe6ad1c35bf9743cb534d839d62be68bc4c5a01",
			hash,
			"ace29a89ec34329abf529d109ca838c26b13cc0e14d8663071da94ab198e2e64",
			"39b9c25ab0187694ec170221e9135405894bf439c9cefea7f23e4e1a974eca1b",
		},
		{
			367,
			hex.EncodeToString(reversed(unhex(t, "7629f54b547bb74fe086e8f4be65602660ffb61b057176cebec137cad9994e3d3d7decb560bf01ebc47a8afee2af"))),
			hex.EncodeToString(reversed(unhex(t, "24863fb306d78bdc760d15681d678a3e3f95edd5577ffa7eb25bc9d1d9319808ee65e7dc8410bb32eb6407da53ed"))),
			hex.EncodeToString(reversed(unhex(t, "09c9c44277910c9aaee486883a2eb95b7180166ddf73532eeb76edaef52247ff"))),
			hex.EncodeToString(reversed(unhex(t, "1f8d88f2894b5789fb09078283b619f8ddd1057551141abb24ada18257936e136b223f10afdce8cb091a2f5f8bbe"))),
			hex.EncodeToString(reversed(unhex(t, "1cef3a08267d23bf64647a87dfb116756ff87d365149271d00fbb8947eb1f73fe9e75c63df18cf73f985a313cf32"))),
		},
	} {
		c := curve(t, example.m)
		if example.m == 163 { // whose annex has another base point than the table
			c = based(t, c, "072d867f93a93ac27df9ff01affe74885c8c540420", "00224a9c3947852b97c5599d5f4ab81122adc3fd9b")
		}
		x, okX := c.Field.FromBytes(reversed(unhex(t, example.x)))
		y, okY := c.Field.FromBytes(reversed(unhex(t, example.y)))
		if !okX || !okY {
			t.Fatalf("%d: the example's key is not of the field", example.m)
		}
		key := &PublicKey{c, gf2m.Point{X: x, Y: y}}
		if !c.On(key.Point) {
			t.Errorf("%d: the example's key is not on the curve", example.m)
		}
		signature := append(unhex(t, example.r), unhex(t, example.s)...)
		if err := key.Verify(unhex(t, example.hash), signature); err != nil {
			t.Errorf("%d: %v", example.m, err)
		}
		packed := Compress(c, key.Point)
		if back, ok := Decompress(c, packed); !ok || back != key.Point {
			t.Errorf("%d: the key is another after it was compressed", example.m)
		}
	}
}

// The public key of a secret, as the library of PrivatBank has it.
func TestPublicKeyOfASecret(t *testing.T) {
	c := curve(t, 257)
	d := littleEndian(unhex(t, "4854f9d1eeeaab9516288183f164044ec3cdbd00288856db40b4cdf07dfc140900"))
	key, err := NewPrivateKey(c, d)
	if err != nil {
		t.Fatal(err)
	}
	want := reversed(unhex(t, "01799b65a6d2d1cecd08b044d599eecfab8412f599f52ca38ddb431bba38e66c00"))
	if got := Compress(c, key.Point); !bytes.Equal(got, want) {
		t.Errorf("compressed %x, want %x", got, want)
	}
	if parsed, err := ParsePublicKey(c, want); err != nil || parsed.Point != key.Point {
		t.Errorf("the key is read as another: %v", err)
	}
}

// What is signed holds on every curve, and nothing that differs in a bit of hash, r or s does.
func TestSignAndVerify(t *testing.T) {
	for i := range Named {
		c, _ := NamedCurve(i)
		key, err := GenerateKey(c, nil)
		if err != nil {
			t.Fatal(err)
		}
		if slow := c.Negate(c.Multiply(c.Base, key.D)); slow != key.Point {
			t.Fatalf("%d: the ladder and the sum of digits differ", c.Field.Degree())
		}
		hash := bytes.Repeat([]byte{0xa5, byte(i)}, 16)
		signature, err := key.Sign(nil, hash)
		if err != nil {
			t.Fatal(err)
		}
		if err := key.Verify(hash, signature); err != nil {
			t.Errorf("%d: %v", c.Field.Degree(), err)
		}
		for bit := 0; bit < 8*len(signature); bit += 13 {
			damaged := slices.Clone(signature)
			damaged[bit/8] ^= 1 << (bit % 8)
			if key.Verify(hash, damaged) == nil {
				t.Errorf("%d: holds with bit %d turned", c.Field.Degree(), bit)
			}
		}
		other := slices.Clone(hash)
		other[3] ^= 4
		if key.Verify(other, signature) == nil {
			t.Errorf("%d: holds for another hash", c.Field.Degree())
		}
	}
}

// Numbers that are no signature: zero, the order, more, halves of unequal length, nothing.
func TestWhatIsNoSignature(t *testing.T) {
	c := curve(t, 257)
	key, err := GenerateKey(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	hash := bytes.Repeat([]byte{7}, 32)
	good, err := key.Sign(nil, hash)
	if err != nil {
		t.Fatal(err)
	}
	order := reversed(c.Order.Bytes())
	r, s := good[:32], good[32:]
	more := new(big.Int).Add(littleEndian(s), c.Order)
	longer := append(append(slices.Clone(r), 0), reversed(more.FillBytes(make([]byte, 33)))...)
	for name, signature := range map[string][]byte{
		"nothing": nil, "r only": r, "odd": good[:63], "r zero": append(make([]byte, 32), s...), "s zero": append(slices.Clone(r), make([]byte, 32)...),
		"r the order": append(slices.Clone(order), s...), "s the order": append(slices.Clone(r), order...), "s and the order": longer,
		"swapped": append(slices.Clone(s), r...), "long": make([]byte, 1<<16),
	} {
		if key.Verify(hash, signature) == nil {
			t.Errorf("%s holds", name)
		}
	}
	if err := key.Verify(hash, good); err != nil {
		t.Error(err)
	}
}

// Octets that are no key of the curve, among them a point outside the group of the base point.
func TestWhatIsNoKey(t *testing.T) {
	c := curve(t, 257)
	for _, octets := range [][]byte{nil, {0}, {1}, bytes.Repeat([]byte{0xff}, 33), make([]byte, 33), bytes.Repeat([]byte{1}, 500)} {
		if _, err := ParsePublicKey(c, octets); err == nil {
			t.Errorf("%x is taken for a key", octets)
		}
	}
}

func FuzzParsePublicKey(f *testing.F) {
	for i := range Named {
		c, _ := NamedCurve(i)
		f.Add(byte(i), Compress(c, c.Base), make([]byte, 64))
	}
	f.Fuzz(func(t *testing.T, i byte, octets, signature []byte) {
		c, _ := NamedCurve(int(i) % Named)
		key, err := ParsePublicKey(c, octets)
		if err != nil {
			return
		}
		if !c.On(key.Point) || key.Point.Infinite() {
			t.Fatal("a key is not on its curve")
		}
		if again, ok := Decompress(c, Compress(c, key.Point)); !ok || again != key.Point {
			t.Fatal("a key is another after it was compressed")
		}
		if key.Verify(make([]byte, 32), signature) == nil {
			t.Fatal("a signature was found by chance")
		}
	})
}

// processor is the time that this thread had a processor, which a busy machine does not lengthen.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// The goal is 5 ms of one core for a signature.
func BenchmarkVerify(b *testing.B) {
	for _, m := range []int{163, 257, 431} {
		b.Run(new(big.Int).SetInt64(int64(m)).String(), func(b *testing.B) {
			c := curve(b, m)
			key, err := GenerateKey(c, nil)
			if err != nil {
				b.Fatal(err)
			}
			hash := bytes.Repeat([]byte{7}, 32)
			signature, err := key.Sign(nil, hash)
			if err != nil {
				b.Fatal(err)
			}
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			before := processor(b)
			for b.Loop() {
				if err := key.Verify(hash, signature); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(processor(b)-before)/float64(b.N)/float64(time.Millisecond), "cpu-ms/op")
		})
	}
}

func BenchmarkSign(b *testing.B) {
	key, err := GenerateKey(curve(b, 257), nil)
	if err != nil {
		b.Fatal(err)
	}
	hash := bytes.Repeat([]byte{7}, 32)
	for b.Loop() {
		if _, err := key.Sign(nil, hash); err != nil {
			b.Fatal(err)
		}
	}
}

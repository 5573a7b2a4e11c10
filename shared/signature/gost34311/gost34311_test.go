package gost34311

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The examples of the standard with ДКЕ № 1; the second and the third start from another hash than zero.
func TestExamplesOfTheStandard(t *testing.T) {
	const other = "975ad259b935b5c492e24dd1cc24e0ee8c4c11255c5aa3244119cc3386b10b0a"
	for _, example := range []struct{ start, message, want string }{
		{
			"0000000000000000000000000000000000000000000000000000000000000000",
			"ad26f436f0b627880038727d22e02c97d081ef85260fc96718395091ce224dd7",
			"02d7e8a3c111788bb1b8a489c5e330288728f1c308c2cec08e09265bfa395599",
		},
		{
			other,
			"cd944dc9951b5e1eea4a9ebca4e30e4568d48f640d9b228e2df398f767b4eaab",
			"30667bae2a36245ce8abd0e8f84812df7ffd7dfee6289ef6d79624d709f97208",
		},
		{
			other,
			"9f4f3dfc4dfe5d7b425ece1fb62c81f3795e746d72ee40139e8691d9e4abc889632959d73e0bf139cd71813ebee679e930",
			"9d82d03e369b476ecc15cc8b9c73906cd395b63825b5b667a6cb62013788be30",
		},
	} {
		h := &digest{h: read(unhex(t, example.start))}
		_, _ = h.Write(unhex(t, example.message))
		if got := h.Sum(nil); !bytes.Equal(got, unhex(t, example.want)) {
			t.Errorf("%s: %x, want %s", example.message, got, example.want)
		}
	}
}

// Whatever the pieces a message comes in, and although somebody looks at the hash between them, it is one hash.
func TestPiecesMakeNoDifference(t *testing.T) {
	message := bytes.Repeat([]byte("ГОСТ 34.311"), 30)
	whole := New()
	_, _ = whole.Write(message)
	for _, piece := range []int{1, 7, 31, 32, 33, 64, 65} {
		h := New()
		for rest := message; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
			_, _ = h.Write(rest[:min(piece, len(rest))])
			h.Sum(nil)
		}
		if !bytes.Equal(h.Sum(nil), whole.Sum(nil)) {
			t.Errorf("pieces of %d give another hash", piece)
		}
	}
}

func BenchmarkHash(b *testing.B) {
	message := make([]byte, 64<<10)
	b.SetBytes(int64(len(message)))
	h := New()
	for b.Loop() {
		_, _ = h.Write(message)
	}
}

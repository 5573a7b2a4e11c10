package kupyna

import (
	"bytes"
	"encoding/hex"
	"hash"
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

// counting is 00 01 02 … of n octets, the messages of the standard's annex.
func counting(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

// The examples of ДСТУ 7564:2014, annex B.
func TestExamplesOfTheStandard(t *testing.T) {
	for _, example := range []struct {
		create  func() hash.Hash
		message []byte
		want    string
	}{
		{New256, nil, "cd5101d1ccdf0d1d1f4ada56e888cd724ca1a0838a3521e7131d4fb78d0f5eb6"},
		{New256, []byte{0xff}, "ea7677ca4526555680441c117982ea14059ea6d0d7124d6ecdb3deec49e890f4"},
		{New256, counting(64), "08f4ee6f1be6903b324c4e27990cb24ef69dd58dbe84813ee0a52f6631239875"},
		{New256, counting(95), "1075c8b0cb910f116bda5fa1f19c29cf8ecc75caff7208ba2994b68fc56e8d16"},
		{New256, counting(128), "0a9474e645a7d25e255e9e89fff42ec7eb31349007059284f0b182e452bda882"},
		{New512, nil, "656b2f4cd71462388b64a37043ea55dbe445d452aecd46c3298343314ef04019bcfa3f04265a9857f91be91fce197096187ceda78c9c1c021c294a0689198538"},
	} {
		h := example.create()
		_, _ = h.Write(example.message)
		if got := h.Sum(nil); !bytes.Equal(got, unhex(t, example.want)) {
			t.Errorf("%d octets with %d: %x, want %s", len(example.message), h.Size(), got, example.want)
		}
	}
}

// Whatever the pieces a message comes in, and although somebody looks at the hash between them, it is one hash.
func TestPiecesMakeNoDifference(t *testing.T) {
	message := counting(700)
	for _, create := range []func() hash.Hash{New256, New384, New512} {
		whole := create()
		_, _ = whole.Write(message)
		for _, piece := range []int{1, 7, 63, 64, 65, 128, 129} {
			h := create()
			for rest := message; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
				_, _ = h.Write(rest[:min(piece, len(rest))])
				h.Sum(nil)
			}
			if !bytes.Equal(h.Sum(nil), whole.Sum(nil)) {
				t.Errorf("pieces of %d give another hash of %d", piece, h.Size())
			}
		}
	}
}

func BenchmarkKupyna256(b *testing.B) {
	block := counting(64 << 10)
	b.SetBytes(int64(len(block)))
	h := New256()
	for b.Loop() {
		_, _ = h.Write(block)
	}
}

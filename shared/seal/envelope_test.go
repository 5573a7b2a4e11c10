package seal_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

// keys are two key pairs of one portal and one of another, made once: generating is the slow part.
var keys = sync.OnceValue(func() [3]seal.PrivateKey {
	var out [3]seal.PrivateKey
	for i, portal := range []string{"portal.example", "portal.example", "other.example"} {
		k, err := seal.Generate(portal)
		if err != nil {
			panic(err)
		}
		out[i] = k
	}
	return out
})

func drawBound(t *rapid.T) seal.Bound {
	b := seal.Bound{Kind: rapid.StringMatching(`[a-z]{1,20}`).Draw(t, "kind")}
	copy(b.MessageID[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
	return b
}

func TestOnlyWhatWasSealedOpens(t *testing.T) {
	own, next, other := keys()[0], keys()[1], keys()[2]
	rapid.Check(t, func(t *rapid.T) {
		bound, wrong := drawBound(t), drawBound(t)
		record := rapid.SliceOfN(rapid.Byte(), 0, 20<<10).Draw(t, "record")
		envelope, err := own.Public().Seal(bound, record)
		if err != nil {
			t.Fatal(err)
		}
		got, err := seal.NewKeyring(next, own).Open(bound, envelope)
		if err != nil || !bytes.Equal(got, record) {
			t.Fatalf("open: %v", err)
		}
		if _, err := seal.NewKeyring(own).Open(wrong, envelope); (err == nil) != (wrong == bound) {
			t.Fatalf("opened for another message: %v", err)
		}
		if _, err := seal.NewKeyring(next, other).Open(bound, envelope); !errors.Is(err, seal.ErrUnknownKey) {
			t.Fatalf("without the key: %v", err)
		}
		i := rapid.IntRange(0, len(envelope)-1).Draw(t, "byte")
		envelope[i] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		if _, err := seal.NewKeyring(own).Open(bound, envelope); err == nil {
			t.Fatalf("opened with byte %d changed", i)
		}
	})
}

func TestLengthTellsOnlyTheClass(t *testing.T) {
	own := keys()[0]
	for _, c := range []struct{ record, class int }{
		{0, 4 << 10},
		{4<<10 - 4, 4 << 10},
		{4<<10 - 3, 8 << 10},
		{100 << 10, 128 << 10},
		{seal.MaxPayload, 256 << 10},
	} {
		envelope, err := own.Public().Seal(seal.Bound{Kind: "application"}, make([]byte, c.record))
		if err != nil {
			t.Fatal(err)
		}
		if got := len(envelope) - seal.MinEnvelope + 4<<10; got != c.class {
			t.Errorf("record of %d bytes went into class %d, expected %d", c.record, got, c.class)
		}
	}
	_, err := own.Public().Seal(seal.Bound{Kind: "application"}, make([]byte, seal.MaxPayload+1))
	if !fault.Is(err, fault.TooLarge) {
		t.Errorf("a record over the limit: %v", err)
	}
}

func TestTwoEnvelopesOfOneRecordDiffer(t *testing.T) {
	own := keys()[0].Public()
	a, errA := own.Seal(seal.Bound{Kind: "application"}, []byte("same"))
	b, errB := own.Seal(seal.Bound{Kind: "application"}, []byte("same"))
	if errA != nil || errB != nil || bytes.Equal(a, b) {
		t.Fatalf("sealing is not randomised: %v %v", errA, errB)
	}
}

func FuzzOpen(f *testing.F) {
	own := keys()[0]
	good, err := own.Public().Seal(seal.Bound{Kind: "application"}, []byte(`{"a":1}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:40])
	f.Add(bytes.Repeat([]byte{1}, seal.MinEnvelope))
	f.Fuzz(func(t *testing.T, envelope []byte) {
		record, err := seal.NewKeyring(own).Open(seal.Bound{Kind: "application"}, envelope)
		if err == nil && !bytes.Equal(envelope, good) {
			t.Fatalf("a forged envelope opened: %q", record)
		}
	})
}

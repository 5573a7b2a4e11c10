package seal_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

func newAccount(t interface{ Fatal(...any) }) seal.AccountKey {
	key, err := seal.NewAccountKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// What is sealed to an account opens with its key, after that key was kept as its seed, and with no other; not as something
// of another kind or row, nor when a bit of it was changed.
func TestOnlyTheAccountOpens(t *testing.T) {
	key, stranger := newAccount(t), newAccount(t)
	rapid.Check(t, func(t *rapid.T) {
		b := drawBound(t)
		data := rapid.SliceOfN(rapid.Byte(), 0, 3000).Draw(t, "data")
		public, err := seal.ParseAccountPublic(key.Public().Bytes())
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := public.Seal(b, data)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 20 && bytes.Contains(sealed, data[:20]) {
			t.Fatal("the data stands in what is sealed")
		}
		seed, err := key.Seed()
		if err != nil || len(seed) != seal.AccountSeedLen {
			t.Fatalf("seed of %d bytes: %v", len(seed), err)
		}
		again, err := seal.ParseAccountKey(seed)
		if err != nil {
			t.Fatal(err)
		}
		clear(seed) // as callers do
		if got, err := again.Open(b, sealed); err != nil || !bytes.Equal(got, data) {
			t.Fatalf("its own: %v", err)
		}
		other := b
		other.MessageID[3]++
		wrong := bytes.Clone(sealed)
		wrong[rapid.IntRange(0, len(wrong)-1).Draw(t, "at")] ^= 1
		for name, open := range map[string]func() ([]byte, error){
			"a stranger":  func() ([]byte, error) { return stranger.Open(b, sealed) },
			"another row": func() ([]byte, error) { return key.Open(other, sealed) },
			"another kind": func() ([]byte, error) {
				return key.Open(seal.Bound{Kind: b.Kind + "x", MessageID: b.MessageID}, sealed)
			},
			"changed": func() ([]byte, error) { return key.Open(b, wrong) },
			"cut":     func() ([]byte, error) { return key.Open(b, sealed[:len(sealed)-1]) },
			"no key":  func() ([]byte, error) { return seal.AccountKey{}.Open(b, sealed) },
		} {
			if _, err := open(); !errors.Is(err, seal.ErrCannotOpen) {
				t.Fatalf("%s: %v", name, err)
			}
		}
	})
}

// The length of what is sealed tells no more than its size class.
func TestLengthsAreHidden(t *testing.T) {
	public := newAccount(t).Public()
	sizes := map[int]bool{}
	for _, n := range []int{0, 1, 100, 508} {
		sealed, err := public.Seal(seal.Bound{}, make([]byte, n))
		if err != nil {
			t.Fatal(err)
		}
		sizes[len(sealed)] = true
	}
	if len(sizes) != 1 {
		t.Errorf("sizes %v", sizes)
	}
	if _, err := public.Seal(seal.Bound{}, make([]byte, seal.MaxForAccount+1)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too much: %v", err)
	}
}

func TestAccountKeyNeverPrintsItself(t *testing.T) {
	key := newAccount(t)
	seed, err := key.Seed()
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"%v", "%s", "%+v", "%#v"} {
		if out := fmt.Sprintf(format, key); strings.Contains(out, fmt.Sprintf("%x", seed[:4])) || out != "(account key)" {
			t.Errorf("%s prints %s", format, out)
		}
	}
}

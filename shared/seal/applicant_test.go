package seal_test

import (
	"crypto/rand"
	"errors"
	"testing"

	"portal.example/shared/seal"
)

func TestOnlyTheCodeOpensWhatWasSealedToIt(t *testing.T) {
	own, other := mustCode(t), mustCode(t)
	sealed, err := seal.ForCode(own.Recipient(), []byte("Не подано довідку"))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := own.Open(sealed, 100)
	if err != nil || string(opened) != "Не подано довідку" {
		t.Errorf("%q, %v", opened, err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another code": func() ([]byte, error) { return other.Open(sealed, 100) },
		"too long":     func() ([]byte, error) { return own.Open(sealed, 10) },
		"cut":          func() ([]byte, error) { return own.Open(sealed[:len(sealed)-1], 100) },
		"nothing":      func() ([]byte, error) { return own.Open(nil, 100) },
	} {
		if opened, err := open(); !errors.Is(err, seal.ErrCannotOpen) || opened != nil {
			t.Errorf("%s: %q, %v", name, opened, err)
		}
	}
	if _, err := seal.ForCode("age1nobody", nil); err == nil {
		t.Error("sealed to nobody")
	}
}

func mustCode(t *testing.T) seal.Code {
	t.Helper()
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

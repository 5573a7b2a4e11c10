package seal_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"portal.example/shared/seal"
)

// A file opens with its own key, read back from text, and with no other; what is printed of a key says nothing of it.
func TestAFileOpensWithItsOwnKey(t *testing.T) {
	own, err := seal.NewFileKey()
	if err != nil {
		t.Fatal(err)
	}
	other, err := seal.NewFileKey()
	if err != nil {
		t.Fatal(err)
	}
	var sealed bytes.Buffer
	w, err := seal.FileWriter(&sealed, own.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "довідка"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := seal.ParseFileKey(own.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	r, err := seal.FileReader(bytes.NewReader(sealed.Bytes()), again.Identity())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "довідка" {
		t.Errorf("opened %q: %v", got, err)
	}
	if _, err := seal.FileReader(bytes.NewReader(sealed.Bytes()), other.Identity()); !errors.Is(err, seal.ErrCannotOpen) {
		t.Errorf("another key: %v", err)
	}
	if _, err := seal.ParseFileKey(own.Reveal()[1:]); err == nil || strings.Contains(err.Error(), own.Reveal()[10:20]) {
		t.Errorf("a damaged key: %v", err)
	}
	if shown := fmt.Sprintf("%v %+v %#v %s", own, own, own, own); strings.Contains(shown, own.Reveal()[20:40]) {
		t.Errorf("printed %s", shown)
	}
}

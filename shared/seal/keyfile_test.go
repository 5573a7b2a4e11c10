package seal_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

func TestKeyFiles(t *testing.T) {
	dir := t.TempDir()
	private, public := filepath.Join(dir, "k.private"), filepath.Join(dir, "k.public")
	own := keys()[0]
	if err := own.Save(private, public); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(private); err != nil || st.Mode().Perm() != 0o600 {
		t.Fatalf("private key: %v %v", st.Mode(), err)
	}
	pub, err := seal.LoadPublic(public)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := seal.LoadKeyring(private)
	if err != nil {
		t.Fatal(err)
	}
	envelope, err := pub.Seal(seal.Bound{Kind: "application"}, []byte("record"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ring.Open(seal.Bound{Kind: "application"}, envelope); err != nil || string(got) != "record" {
		t.Fatalf("through files: %q %v", got, err)
	}
	if pub.KeyID() != own.KeyID() || pub.Portal() != "portal.example" {
		t.Fatalf("public file names %s of %s", pub.KeyID(), pub.Portal())
	}
}

func TestKeysAreNeverOverwritten(t *testing.T) {
	dir := t.TempDir()
	private, public := filepath.Join(dir, "k.private"), filepath.Join(dir, "k.public")
	if err := os.WriteFile(public, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := keys()[0].Save(private, public); fault.ExitCode(err) != fault.ExitUsage {
		t.Fatalf("overwriting: %v", err)
	}
	if _, err := os.Stat(private); !os.IsNotExist(err) {
		t.Fatalf("half a pair was left behind: %v", err)
	}
	if kept, err := os.ReadFile(public); err != nil || string(kept) != "precious" { //nolint:gosec // a file of this test
		t.Fatalf("public file is now %q, %v", kept, err)
	}
}

func TestPrivateKeyOpenToOthersIsRefused(t *testing.T) {
	dir := t.TempDir()
	private := filepath.Join(dir, "k.private")
	if err := keys()[0].Save(private, filepath.Join(dir, "k.public")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(private, 0o640); err != nil { //nolint:gosec // the point of the test
		t.Fatal(err)
	}
	if _, err := seal.LoadKeyring(private); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Fatalf("expected advice, got %v", err)
	}
}

func TestDamagedKeyFilesAreRefusedWithoutQuotingThem(t *testing.T) {
	raw, err := keys()[0].Marshal()
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	secret, ok := fields["age_private"].(string)
	if !ok {
		t.Fatal("no age identity in the file")
	}
	for name, damaged := range map[string][]byte{
		"empty":       nil,
		"cut":         raw[:len(raw)/2],
		"followed":    append(bytes.Clone(raw), "{}"...),
		"unknown key": bytes.Replace(raw, []byte(`"version"`), []byte(`"verzion"`), 1),
		"version":     bytes.Replace(raw, []byte(`"version": 1`), []byte(`"version": 2`), 1),
		"key id":      bytes.Replace(raw, []byte(keys()[0].KeyID()), []byte("0123456789abcdef"), 1),
		"portal":      bytes.Replace(raw, []byte("portal.example"), []byte("portal.invalid"), 1),
		"public":      mustPublic(t),
	} {
		_, err := seal.ParsePrivate(damaged)
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error quotes the key", name)
		}
	}
}

func mustPublic(t *testing.T) []byte {
	raw, err := keys()[0].Public().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func FuzzParsePrivate(f *testing.F) {
	raw, err := keys()[0].Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"version":1}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		k, err := seal.ParsePrivate(raw)
		if err != nil {
			return
		}
		if _, err := k.Marshal(); err != nil {
			t.Fatalf("a key that was read cannot be written: %v", err)
		}
	})
}

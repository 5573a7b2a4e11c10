package signaturetest

import (
	"os"
	"path/filepath"
	"strconv"
)

// Write puts what the world's installation trusts and knows into a folder, as trust.Load reads it.
func (w *World) Write(folder string) error {
	files := map[string][]byte{"anchors/root.cer": w.Root.Certificate.Raw, "certificates/authority.cer": w.Authority.Certificate.Raw}
	for i, l := range w.Lists {
		files["lists/"+strconv.Itoa(i)+".crl"] = l.Raw
	}
	for name, b := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			return err
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

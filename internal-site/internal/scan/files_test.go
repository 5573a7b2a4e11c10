package scan_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"portal.example/internal-site/internal/scan"
	"portal.example/shared/fault"
)

// nose finds malware in what says so, and is away when it is asked about that.
type nose struct{}

func (nose) Scan(_ context.Context, r io.Reader) (string, error) {
	content, err := io.ReadAll(r)
	switch {
	case strings.Contains(string(content), "EICAR"):
		return "Eicar", err
	case strings.Contains(string(content), "AWAY"):
		return "", fault.New(fault.Unavailable, "")
	}
	return "", err
}

// What a folder holds is scanned when it is opened, in subfolders too; folders can be listed as before.
func TestFilesAreScannedWhenTheyAreOpened(t *testing.T) {
	folder := fstest.MapFS{
		"clean.csv": {Data: []byte("a;b\n")}, "pages/bad.html": {Data: []byte("<p>EICAR</p>")},
		"pages/unknown.html": {Data: []byte("AWAY")}, "large.csv": {Data: make([]byte, 101)},
	}
	files := scan.Files(t.Context(), nose{}, folder, 100)
	if content, err := fs.ReadFile(files, "clean.csv"); err != nil || string(content) != "a;b\n" {
		t.Errorf("%q, %v", content, err)
	}
	var malware *scan.Malware
	if _, err := files.Open("pages/bad.html"); !errors.As(err, &malware) {
		t.Errorf("malware: %v", err)
	}
	if _, err := files.Open("pages/unknown.html"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("without the scanner: %v", err)
	}
	for _, name := range []string{"large.csv", "missing.csv"} {
		if _, err := files.Open(name); err == nil {
			t.Errorf("%s can be opened", name)
		}
	}
	if list, err := fs.ReadDir(files, "pages"); err != nil || len(list) != 2 {
		t.Errorf("%v, %v", list, err)
	}
	if content, err := fs.ReadFile(scan.Files(t.Context(), nil, folder, 1), "clean.csv"); err != nil || len(content) != 4 {
		t.Errorf("a node without a scanner: %v", err)
	}
}

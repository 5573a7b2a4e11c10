package deps

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// mostBytes is more than any file that people wrote here, or that shared/ui/build made of what they wrote.
const mostBytes = 512 << 10

// TestNothingBuiltIsKept: a program that a build left behind and that was committed with the rest stays in every clone for ever.
func TestNothingBuiltIsKept(t *testing.T) {
	cmd := exec.Command("git", "ls-files", "-z")
	cmd.Dir = root()
	out, err := cmd.Output()
	if err != nil {
		t.Skip("this is no clone: ", err)
	}
	names := bytes.Split(bytes.TrimRight(out, "\x00"), []byte{0})
	if len(names) < 1000 {
		t.Fatalf("git names %d files", len(names))
	}
	for _, name := range names {
		info, err := os.Lstat(filepath.Join(root(), string(name)))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it is being removed
		}
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > mostBytes {
			t.Errorf("%s has %d bytes", name, info.Size())
		}
	}
}

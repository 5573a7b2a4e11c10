package testserver

import (
	"os"
	"path/filepath"
	"testing"
)

// What a killed test left is swept wherever it was made, what is in use is not.
func TestFoldersOfTheDeadAreSwept(t *testing.T) {
	for _, dir := range []string{t.TempDir(), memory, os.TempDir()} {
		if dir == memory && !hasRoom() {
			continue
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Setenv(EnvDir, dir)
			living, err := NewFolder(nil, true)
			if err != nil {
				t.Fatal(err)
			}
			dead, err := NewFolder(nil, true)
			if err != nil {
				t.Fatal(err)
			}
			if filepath.Dir(dead.Path) != filepath.Clean(dir) {
				t.Errorf("made in %s instead of %s", dead.Path, dir)
			}
			_ = dead.lock.Close() // as the kernel does
			next, err := NewFolder(nil, true)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(dead.Path); !os.IsNotExist(err) {
				t.Errorf("the folder of the dead: %v", err)
			}
			if _, err := os.Stat(living.Path); err != nil {
				t.Errorf("the folder of the living: %v", err)
			}
			for _, f := range []*Folder{living, next} {
				if err := f.Remove(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestFoldersAreInMemoryWhereThereIsRoom(t *testing.T) {
	t.Setenv(EnvDir, "")
	if hasRoom() && parent(true) != memory {
		t.Errorf("made in %s", parent(true))
	}
	if dir := parent(false); dir != os.TempDir() {
		t.Errorf("on disk: made in %s", dir)
	}
}

func TestAvailable(t *testing.T) {
	for info, want := range map[string]int64{
		"MemTotal:       24584928 kB\nMemFree:        19008508 kB\nMemAvailable:   23164212 kB\nBuffers: 1 kB\n": 23164212 << 10,
		"MemTotal:       24584928 kB\n": 0, // an old kernel
		"":                              0,
	} {
		if have := available(info); have != want {
			t.Errorf("%q: %d, want %d", info, have, want)
		}
	}
}

package stack

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Several programs look at one copy at the same moment, and two may write into it: none of them fails, all find the same, and nothing is
// left beside the file. Who finds everything there writes nothing.
func TestSecretsAreReadByManyAtOnce(t *testing.T) {
	l := Layout{Root: t.TempDir()}
	if err := os.MkdirAll(l.State(), 0o700); err != nil {
		t.Fatal(err)
	}
	first, err := loadSecrets(l)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(l.State(), "secrets.json")
	written, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			for range 20 {
				s, err := loadSecrets(l)
				if err != nil || s.Internal[superuser] != first.Internal[superuser] {
					t.Errorf("%v, the same: %t", err, err == nil)
					return
				}
				if i%2 == 0 {
					if err := writeJSON(path+".other", s); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	all.Wait()
	if now, err := os.Stat(path); err != nil || !os.SameFile(now, written) {
		t.Errorf("it was written anew without need, %v", err)
	}
	left, err := filepath.Glob(filepath.Join(l.State(), "*.new"))
	if err != nil || len(left) > 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}

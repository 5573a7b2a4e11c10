package deps

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Code and documents refer to decisions by number, so each number may be given once.
func TestDecisionsAreNumberedInARow(t *testing.T) {
	files, err := os.ReadDir(filepath.Join(root(), "shared/doc/decisions"))
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range files {
		if number := fmt.Sprintf("%04d-", i+1); !strings.HasPrefix(file.Name(), number) {
			t.Errorf("%s stands where %s… belongs", file.Name(), number)
		}
	}
}

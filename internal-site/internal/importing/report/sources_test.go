package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sources returns the text of every source file of the importing packages.
func sources(t *testing.T) []string {
	t.Helper()
	var all []string
	files, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(raw))
	}
	return all
}

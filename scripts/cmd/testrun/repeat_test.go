package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"portal.example/scripts/internal/gotest"
)

func TestTallyNamesWhatWasNotAlwaysGreen(t *testing.T) {
	t.Parallel()
	count := newTally()
	for _, daemon := range []bool{true, false, true} {
		count.add([]gotest.Result{
			{Module: "syncer", Packages: 2, Verdicts: map[string]bool{"syncer/daemon": daemon, "syncer/apply": true}},
			{Module: "journeys, reading", Packages: 1},
		})
	}
	var out strings.Builder
	if count.print(&out, 3) {
		t.Error("a package that failed once is called green")
	}
	for _, want := range []string{"3 of 3    journeys, reading\n", "3 of 3    syncer/apply\n", "2 of 3    syncer/daemon  FAILED\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in:\n%s", want, out.String())
		}
	}
	if newTally().print(&out, 3) {
		t.Error("nothing ran, and that is called green")
	}
}

func TestPackagesAreNamedByTheirFolders(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "syncer/internal/apply"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "syncer/go.mod"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := named(root, []string{"syncer/internal/apply/", "./syncer/internal/...", "syncer"})
	want := map[string][]string{"syncer": {"./internal/apply", "./internal/...", "./..."}}
	if err != nil || s.Browser || !reflect.DeepEqual(s.Packages, want) {
		t.Errorf("%+v, %v", s, err)
	}
	for _, wrong := range []string{"sincer", "syncer/internal/aply", "internal/apply"} {
		if _, err := named(root, []string{wrong}); err == nil || !strings.Contains(err.Error(), wrong) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

func TestLoadEnds(t *testing.T) {
	t.Parallel()
	keepBusy()()
}

package main

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestJourneysAreDealtOut(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	folder := filepath.Join(root, "scripts/e2e")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int{"a.test.mjs": 3, "b.test.mjs": 9, "c.test.mjs": 4, "d.test.mjs": 3, "e.reads.test.mjs": 1, "portal.mjs": 90} {
		if err := os.WriteFile(filepath.Join(folder, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lanes, err := journeyLanes(root)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, lane := range lanes {
		for _, file := range lane.files {
			got[lane.name] = append(got[lane.name], filepath.Base(file))
		}
	}
	want := map[string][]string{
		"journeys, reading":   {"e.reads.test.mjs"},
		"journeys, writing 1": {"b.test.mjs"},
		"journeys, writing 2": {"c.test.mjs", "a.test.mjs", "d.test.mjs"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("lanes are %v", got)
	}
}

func TestEveryJourneyIsInALane(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	all, err := filepath.Glob(filepath.Join(root, "scripts/e2e", "*.test.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	lanes, err := journeyLanes(root)
	if err != nil {
		t.Fatal(err)
	}
	inLanes := 0
	for _, lane := range lanes {
		t.Logf("%s: %d files", lane.name, len(lane.files))
		inLanes += len(lane.files)
	}
	if inLanes != len(all) || len(lanes) != 1+writingLanes {
		t.Errorf("%d of %d journeys are in %d lanes", inLanes, len(all), len(lanes))
	}
}

package main

import (
	"os"
	"testing"

	"portal.example/scripts/internal/stack"
)

// The copy that is measured is deleted afterwards: what somebody keeps at ports of their own is not taken for it, also while it does not run.
func TestNobodysCopyIsDeleted(t *testing.T) {
	own := stack.Layout{Root: t.TempDir(), Base: 31000}
	if got, err := ownCopy(own); err != nil || got.Base != 31000 {
		t.Errorf("free ports are refused: %d, %v", got.Base, err)
	}
	if err := os.MkdirAll(own.State(), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := ownCopy(own); err == nil {
		t.Error("a copy that is kept would be deleted")
	}
	left := stack.Layout{Root: own.Root, Base: receptionBase}
	if err := os.MkdirAll(left.State(), 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := ownCopy(stack.Layout{Root: own.Root, Base: stack.DefaultBase})
	if err != nil || got.Base != receptionBase || len(left.Deletes()) > 0 {
		t.Errorf("%d, %v, and an earlier run leaves %v", got.Base, err, left.Deletes())
	}
	if len(own.Deletes()) == 0 {
		t.Error("the other copy is deleted")
	}
}

package main

import (
	"strings"
	"testing"
)

// Nothing is open in this database; what is done with open cases stands beside the store.
func TestReckon(t *testing.T) {
	c := newCommandLine(t)
	out, err := c.run("", "reckon")
	if err != nil || !strings.Contains(out, "open cases: 0; terms moved: 0; turns mended: 0") {
		t.Fatalf("%q, %v", out, err)
	}
	var done int
	if err := c.db.Pool.QueryRow(t.Context(), `select count(*) from cases.recounts where done_at is not null`).Scan(&done); err != nil || done != 1 {
		t.Errorf("%d recounts, %v", done, err)
	}
}

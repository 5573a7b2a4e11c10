package law

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What a comparison keeps and removes is the one text, what it keeps and adds the other.
func TestDiffRestoresBothTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string) []string {
			return rapid.SliceOfN(rapid.SampledFrom([]string{"а", "б", "в", "г", "ґ", "д"}), 0, 30).Draw(t, name)
		}
		restores(t, text("a"), text("b"))
	})
}

// Texts that are too long to be compared each paragraph with each are cut where both agree.
func TestLongTextsDifferWhereTheyDiffer(t *testing.T) {
	var a []string
	for n := range 20_000 {
		a = append(a, fmt.Sprint("Стаття ", n), "Те саме")
	}
	b := slices.Clone(a)
	b[9] = "Інша"
	b = slices.Insert(b, 30_000, "Нова стаття")
	b = slices.Delete(b, 35_000, 35_002)
	restores(t, a, b)
	parts := Compare(strings.Join(a, "\n"), strings.Join(b, "\n"))
	if len(parts) != 1 || len(parts[0]) != 3 || parts[0][0].After != a[8] || parts[0][1].Lines[0].Text != "Нова стаття" {
		t.Errorf("%d parts", len(parts))
	}
}

func TestAWholeNewTextIsShownInParts(t *testing.T) {
	a, b := strings.Repeat("Було\n", 20_000), strings.Repeat("Стало\n", 30_000)
	parts := Compare(a, b)
	lines := 0
	for _, part := range parts {
		size := 0
		for _, h := range part {
			lines += len(h.Lines)
			for _, l := range h.Lines {
				size += len(l.Text)
			}
		}
		if size > partBytes {
			t.Errorf("a part of %d bytes", size)
		}
	}
	if len(parts) < 2 || lines != 50_000 {
		t.Errorf("%d parts with %d paragraphs", len(parts), lines)
	}
	if len(Compare(a, a)) != 0 || len(Compare("", "x")) != 1 {
		t.Error("the same text differs, or a first one does not")
	}
}

func restores(t interface{ Errorf(string, ...any) }, a, b []string) {
	var was, is []string
	for _, l := range diff(a, b) {
		if l.Op != '+' {
			was = append(was, l.Text)
		}
		if l.Op != '-' {
			is = append(is, l.Text)
		}
	}
	if !slices.Equal(was, a) || !slices.Equal(is, b) {
		t.Errorf("%q became %q", a, b)
	}
}

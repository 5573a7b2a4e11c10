package law

import (
	"context"
	"errors"
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
	parts, err := Compare(t.Context(), strings.Join(a, "\n"), strings.Join(b, "\n"))
	if err != nil || len(parts) != 1 || len(parts[0]) != 3 || parts[0][0].After != a[8] || parts[0][1].Lines[0].Text != "Нова стаття" {
		t.Errorf("%d parts", len(parts))
	}
}

func TestAWholeNewTextIsShownInParts(t *testing.T) {
	a, b := strings.Repeat("Було\n", 20_000), strings.Repeat("Стало\n", 30_000)
	parts, err := Compare(t.Context(), a, b)
	if err != nil {
		t.Fatal(err)
	}
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
	same, _ := Compare(t.Context(), a, a)
	first, _ := Compare(t.Context(), "", "x")
	if len(same) != 0 || len(first) != 1 {
		t.Error("the same text differs, or a first one does not")
	}
}

// A text made so that each cut takes one paragraph off is compared in as many steps as any other of its length.
func TestNoTextHoldsTheComparison(t *testing.T) {
	text := func(mark string) []string {
		list, n := []string(nil), 8000
		list = append(list, fmt.Sprint("p", n))
		for k := n - 1; k > 0; k-- {
			list = append(list, fmt.Sprint("p", k), fmt.Sprint("p", k+1), mark)
		}
		return list
	}
	a, b := text("x"), text("y")
	restores(t, a, b)
	c := comparison{ctx: t.Context()}
	c.diff(a, b, 0)
	if most := (mostCuts + 1) * 2 * (len(a) + len(b)); c.steps > most {
		t.Errorf("%d bytes took %d steps, more than %d", len(strings.Join(a, "\n")), c.steps, most)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Compare(ctx, strings.Join(a, "\n"), strings.Join(b, "\n")); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits for it: %v", err)
	}
}

// What stands before a change is named by its beginning only.
func TestAParagraphBeforeAChangeIsCut(t *testing.T) {
	long := strings.Repeat("слово ", 200)
	parts, err := Compare(t.Context(), long+"\nБуло", long+"\nСтало")
	if err != nil || len(parts) != 1 {
		t.Fatal(parts, err)
	}
	if got := parts[0][0].After; len([]rune(got)) > mostAfter+1 || !strings.HasSuffix(got, "слово…") {
		t.Errorf("%q", got)
	}
}

func restores(t interface{ Errorf(string, ...any) }, a, b []string) {
	var was, is []string
	for _, l := range (&comparison{ctx: context.Background()}).diff(a, b, 0) {
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

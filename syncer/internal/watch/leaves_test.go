package watch

import (
	"slices"
	"testing"
)

func TestLeavesAreRememberedAsText(t *testing.T) {
	for text, want := range map[string]leaves{
		"p":                             nil,
		"p 1.2.3":                       {{1, 2, 3, false}},
		"p 1.2.3+ 4294967295.0.7":       {{1, 2, 3, true}, {4294967295, 0, 7, false}},
		"p 16401.16401.728+ 16402.9.9+": {{16401, 16401, 728, true}, {16402, 9, 9, true}},
	} {
		have, ok := parseLeaves(text)
		if !ok || !slices.Equal(have, want) || have.String() != text {
			t.Errorf("%q: %v, %v, %q", text, have, ok, have.String())
		}
	}
}

// What the target says is believed only where it is what was written there: nothing is known otherwise.
func FuzzParseLeaves(f *testing.F) {
	for _, text := range []string{"", "x", "p ", "p 1.2", "p 1.2.3.4", "p 2.1.1 1.1.1", "p -1.2.3", "p 4294967296.1.1", "p 1.2.3++", "p 1.2.3+"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, ok := parseLeaves(text)
		if !ok {
			return
		}
		again, ok := parseLeaves(all.String())
		if !ok || !slices.Equal(all, again) {
			t.Errorf("%q came back as %q", text, again.String())
		}
		for _, l := range all {
			if found, ok := all.of(l.oid); !ok || found.oid != l.oid {
				t.Errorf("%d is not found in %q", l.oid, text)
			}
		}
	})
}

package watch

import (
	"slices"
	"testing"
)

func TestLeavesAreRememberedAsText(t *testing.T) {
	for text, want := range map[string]leaves{
		"p":                             nil,
		"p 1.2.3":                       {{oid: 1, file: 2, attached: 3, held: false}},
		"p 1.2.3+ 4294967295.0.7":       {{oid: 1, file: 2, attached: 3, held: true}, {oid: 4294967295, file: 0, attached: 7, held: false}},
		"p 16401.16401.728+ 16402.9.9+": {{oid: 16401, file: 16401, attached: 728, held: true}, {oid: 16402, file: 9, attached: 9, held: true}},
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
			if found, ok := all.find(l.oid); !ok || found.oid != l.oid {
				t.Errorf("%d is not found in %q", l.oid, text)
			}
		}
	})
}

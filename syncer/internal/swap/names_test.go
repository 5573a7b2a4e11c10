package swap

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Names of everything that belongs to a shadow fit into what PostgreSQL keeps of a name, hold whole letters, and are those of one table of
// one slot only.
func TestNamesOfShadows(t *testing.T) {
	t.Parallel()
	seen := map[string]Names{}
	for _, n := range []Names{
		{"s", "public", "cases"},
		{"s2", "public", "cases"},
		{"s", "other", "cases"},
		{"s", "public", "Cases"},
		{"s", "public", strings.Repeat("x", 63)},
		{"s", "public", strings.Repeat("x", 62) + "y"},
		{"s", "public", strings.Repeat("ж", 31)},
		{"s", "public", "x" + strings.Repeat("ж", 31)},
		{"s", "public", strings.Repeat("ж", 30) + "х"},
	} {
		for _, name := range n.ownTables() {
			if other, taken := seen[name]; taken {
				t.Errorf("%v and %v are both called %s", n, other, name)
			}
			seen[name] = n
			if len(name) > 63 || !utf8.ValidString(name) {
				t.Errorf("%v: %q has %d bytes", n, name, len(name))
			}
		}
	}
}

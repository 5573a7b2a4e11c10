package cases

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
)

// A list of which only the beginning is read for a common word asks of its cases what somebody may find them by whose authority only
// takes part: what is read has to lead to the case.
func TestTheBeginningOfAListLeadsToItsCases(t *testing.T) {
	place := access.InAuthority(uuid.New())
	for name, tt := range map[string]struct {
		scope access.Scope
		want  bool
	}{
		"takes part": {access.Scope{Own: []access.Place{place}, Part: []access.Place{place}}, true},
		"sees all":   {access.Scope{All: true}, false},
	} {
		a := wanted{Filter: Filter{Q: "олена", Size: 10}, scope: tt.scope, args: tt.scope.Args(map[string]any{})}
		q := a.selection(words{list: []word{{pattern: "%олена%"}}}, led{read: 10})
		for _, s := range q.sources {
			_, after, read := strings.Cut(s.from, "limit 10) w")
			if joined := strings.HasPrefix(after, withCase); !read || joined != tt.want || joined != asksCase(after) {
				t.Errorf("%s: %s", name, s.from)
			}
		}
	}
}

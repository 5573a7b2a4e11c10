package prepare

import (
	"slices"
	"strings"
	"testing"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/publisher"
)

// The writer gets the listed columns of tables that are not released, readers the tables, and each schema is granted once.
func TestRightsOnTheTarget(t *testing.T) {
	t.Parallel()
	table := func(name string, released bool) publisher.Table {
		return publisher.Table{Table: whitelist.Table{Schema: "app", Name: name, Columns: []string{"id", "title"}}, Released: released}
	}
	r := &Report{Tables: []publisher.Table{table("cases", false), table("notes", false), table("old", true)}}
	p := &rightsPlan{Report: r, given: map[Step]bool{}}
	p.grantWriter(`"writer"`)
	p.grantReader(`"web"`)
	count := func(parts ...string) (n int) {
		for _, s := range r.Steps {
			if s.Side != "target" {
				t.Errorf("%s: %s", s.Side, s.SQL)
			}
			if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(s.SQL, part) }) {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		want  int
		parts []string
	}{
		{1, []string{`USAGE ON SCHEMA "app"`, `"writer"`}},
		{1, []string{`USAGE ON SCHEMA "app"`, `"web"`}},
		{1, []string{`INSERT ("id", "title")`, `ON "app"."cases" TO "writer"`}},
		{1, []string{`INSERT ("id", "title")`, `ON "app"."notes" TO "writer"`}},
		{2, []string{`GRANT SELECT ON "app".`, `"web"`}},
		{0, []string{`"old"`}},
		{0, []string{`INSERT`, `"web"`}},
	} {
		if got := count(c.parts...); got != c.want {
			t.Errorf("%v: %d statements, want %d", c.parts, got, c.want)
		}
	}
}

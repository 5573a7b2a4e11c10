package catalogue

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

func on(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestSortVersions(t *testing.T) {
	all := []Version{
		{Number: 1, EffectiveFrom: on("2025-01-01")},
		{Number: 5, EffectiveFrom: on("2027-06-01")},
		{Number: 2, EffectiveFrom: on("2026-01-01")},
		{Number: 3, EffectiveFrom: on("2026-01-01")}, // corrects 2
		{Number: 4, EffectiveFrom: on("2027-01-01")},
	}
	numbers := func(list []Version) (n []int) {
		for _, v := range list {
			n = append(n, v.Number)
		}
		return n
	}
	for day, want := range map[string]struct {
		current           int
		upcoming, earlier []int
	}{
		"2024-12-31": {0, []int{1, 2, 3, 4, 5}, nil},
		"2025-06-01": {1, []int{2, 3, 4, 5}, nil},
		"2026-01-01": {3, []int{4, 5}, []int{2, 1}},
		"2026-12-31": {3, []int{4, 5}, []int{2, 1}},
		"2027-06-01": {5, nil, []int{4, 3, 2, 1}},
	} {
		current, upcoming, earlier := sortVersions(all, on(day))
		got := 0
		if current != nil {
			got = current.Number
		}
		if got != want.current || !equal(numbers(upcoming), want.upcoming) || !equal(numbers(earlier), want.earlier) {
			t.Errorf("%s: in force %d, upcoming %v, earlier %v", day, got, numbers(upcoming), numbers(earlier))
		}
	}
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestTodayIsTheDateInKyiv(t *testing.T) {
	for at, want := range map[string]string{
		"2026-12-31T21:59:59Z": "2026-12-31", "2026-12-31T22:00:00Z": "2027-01-01", // winter, +2
		"2026-07-01T20:59:59Z": "2026-07-01", "2026-07-01T21:00:00Z": "2026-07-02", // summer, +3
	} {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := Today(when).Format(time.DateOnly); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
}

func category(code string, parent *Category, services int) Category {
	c := Category{Ref: Ref{ID: uuid.NewSHA1(uuid.NameSpaceOID, []byte(code)), Code: code, Name: locale.Text{UK: code}}, Services: services}
	if parent != nil {
		c.ParentID = &parent.ID
	}
	return c
}

func TestTree(t *testing.T) {
	social := category("social", nil, 1)
	housing := category("housing", &social, 2)
	heating := category("heating", &housing, 4)
	gone := Category{Ref: Ref{ID: uuid.New(), Code: "gone"}}
	orphan := category("orphan", &gone, 8)
	all := tree([]Category{heating, social, orphan, housing})
	if len(all) != 2 || all[0].Code != "social" || all[0].Services != 7 || all[1].Code != "orphan" || all[1].Services != 8 {
		t.Errorf("%+v", all)
	}
	found, path, ok := Find(all, "heating")
	if !ok || found.Services != 4 || len(path) != 3 || path[1].Code != "housing" {
		t.Errorf("found %+v by %+v", found, path)
	}
	if _, _, ok := Find(all, "nowhere"); ok {
		t.Error("found what does not exist")
	}
	kept := Facets{Categories: []Facet{{Code: "heating", Count: 3}}}.CategoryTree(all)
	if len(kept) != 1 || kept[0].Services != 3 || kept[0].Children[0].Children[0].Code != "heating" {
		t.Errorf("with counts: %+v", kept)
	}
}

// Two categories that are each other's parent must not hang a page.
func TestTreeSurvivesACircle(t *testing.T) {
	a := category("a", nil, 1)
	b := category("b", &a, 1)
	a.ParentID = &b.ID
	tree([]Category{a, b, category("c", nil, 1)})
}

func TestPages(t *testing.T) {
	for _, c := range []struct{ total, page, current, count int }{
		{0, 1, 1, 1}, {20, 1, 1, 1}, {21, 2, 2, 2}, {21, 9, 2, 2}, {41, -1, 1, 3},
	} {
		if current, count := pages(c.total, c.page); current != c.current || count != c.count {
			t.Errorf("%d services, page %d: %d of %d", c.total, c.page, current, count)
		}
	}
}

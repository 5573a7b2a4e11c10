package catalogue

import (
	"slices"
	"strings"
	"time"

	"portal.example/shared/locale"
)

// Today is the date in Kyiv at the moment t, as midnight UTC, which is how dates travel to the database.
func Today(t time.Time) time.Time {
	y, m, d := t.In(locale.Kyiv()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// sortVersions splits published editions into the one in force on the day, those to come (nearest first) and
// those that were (newest first). In force is the highest of (effective date, number) not after the day.
func sortVersions(all []Version, day time.Time) (current *Version, upcoming, earlier []Version) {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Version) int {
		if c := b.EffectiveFrom.Compare(a.EffectiveFrom); c != 0 {
			return c
		}
		return b.Number - a.Number
	})
	for i, v := range all {
		switch {
		case v.EffectiveFrom.After(day):
			upcoming = append(upcoming, v)
		case current == nil:
			current = &all[i]
		default:
			earlier = append(earlier, v)
		}
	}
	slices.Reverse(upcoming)
	return current, upcoming, earlier
}

// tree puts categories under their parents and sums the services of each branch. A category whose parent is not
// here stands at the first level, so nothing gets lost.
func tree(all []Category) []Category {
	children := map[string][]Category{}
	known := map[string]bool{}
	for _, c := range all {
		known[c.ID.String()] = true
	}
	for _, c := range all {
		parent := ""
		if c.ParentID != nil && known[c.ParentID.String()] {
			parent = c.ParentID.String()
		}
		children[parent] = append(children[parent], c)
	}
	return branch(children, "", 0)
}

const maxDepth = 5 // deeper than any classification; a circle of parents must not hang a page

func branch(children map[string][]Category, parent string, depth int) []Category {
	if depth == maxDepth {
		return nil
	}
	list := children[parent]
	for i := range list {
		list[i].Children = branch(children, list[i].ID.String(), depth+1)
		for _, c := range list[i].Children {
			list[i].Services += c.Services
		}
	}
	return list
}

// Find returns the category with the code and the way to it from the first level.
func Find(categories []Category, code string) (found Category, path []Ref, ok bool) {
	for _, c := range categories {
		if c.Code == code {
			return c, []Ref{c.Ref}, true
		}
		if found, path, ok := Find(c.Children, code); ok {
			return found, append([]Ref{c.Ref}, path...), true
		}
	}
	return Category{}, nil, false
}

// firstKeyword is the first of the keywords that staff gave a service, which stand between commas or on lines.
func firstKeyword(keywords string) string {
	for _, word := range strings.FieldsFunc(keywords, func(r rune) bool { return strings.ContainsRune(",;\n", r) }) {
		if word = strings.TrimSpace(word); word != "" {
			return word
		}
	}
	return ""
}

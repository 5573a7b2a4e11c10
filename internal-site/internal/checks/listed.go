package checks

import (
	"cmp"
	"slices"

	"portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// inOrder puts files into the order of the card's list, those that answer to none at the end, as they came.
func inOrder(files []intake.File, listed []contract.Document) []intake.File {
	place := func(f intake.File) int {
		i := slices.IndexFunc(listed, func(d contract.Document) bool { return d.ID == f.Document })
		if i < 0 {
			return len(listed)
		}
		return i
	}
	sorted := slices.Clone(files)
	slices.SortStableFunc(sorted, func(a, b intake.File) int { return cmp.Compare(place(a), place(b)) })
	return sorted
}

// named is what the card calls the document; zero when it lists none with the id.
func named(listed []contract.Document, id string) locale.Text {
	for _, d := range listed {
		if d.ID == id {
			return d.Name
		}
	}
	return locale.Text{}
}

// missing are the documents that are always demanded and of which there is no paper.
func missing(listed []contract.Document, papers []Paper) (names []locale.Text) {
	for _, d := range listed {
		if d.Required && !slices.ContainsFunc(papers, func(p Paper) bool { return p.Document == d.ID }) {
			names = append(names, d.Name)
		}
	}
	return names
}

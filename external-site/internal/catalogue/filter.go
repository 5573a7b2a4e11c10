package catalogue

import (
	"slices"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// PerPage is how many services a page of a list shows.
const PerPage = 20

// Sort is the order of a list.
type Sort string

// Orders of a list.
const (
	ByName      Sort = "name"      // the alphabet of Filter.Lang
	ByRelevance Sort = "relevance" // how well a search matched
)

// Filter says which services to list. Everything that is set must hold at once.
type Filter struct {
	Category  string // code; services of its subcategories count too
	Situation string // code
	Authority string // code
	Centre    string // code
	Applicant Applicant
	Quick     bool // only those that can be applied for online

	Found []Found // what a search found, best first; nil without a search
	Sort  Sort
	Lang  locale.Lang // whose names and alphabet order the list
	Page  int         // from 1
}

// Found is a service that a search found.
type Found struct {
	ID     uuid.UUID
	Points float64
}

// Facet is one value of a filter and how many services would be left with it, all other filters kept.
type Facet struct {
	Code  string
	Name  locale.Text
	Count int
}

// Facets are the values of every filter that lead to at least one service.
type Facets struct {
	Categories  []Facet // of the first level
	Situations  []Facet
	Authorities []Facet
	Centres     []Facet
	Applicants  []Facet // only Code and Count
	Quick       int
}

// List is one page of a list.
type List struct {
	Items []Item
	Total int
	Page  int
	Pages int
}

// pages says how many pages total services take, at least one, and keeps page within them.
func pages(total, page int) (current, count int) {
	count = max((total+PerPage-1)/PerPage, 1)
	return min(max(page, 1), count), count
}

// add puts a value where it belongs; of a value that comes twice the first stays.
func (f *Facets) add(k kind, v Facet) {
	switch k {
	case byCategory:
		f.Categories = append(f.Categories, v)
	case byAuthority:
		f.Authorities = addOnce(f.Authorities, v)
	case bySituation:
		f.Situations = addOnce(f.Situations, v)
	case byCentre:
		f.Centres = addOnce(f.Centres, v)
	case byApplicant:
		f.Applicants = append(f.Applicants, v)
	}
}

func addOnce(list []Facet, v Facet) []Facet {
	if slices.ContainsFunc(list, func(f Facet) bool { return f.Code == v.Code }) {
		return list
	}
	return append(list, v)
}

func (f *Facets) sort(lang locale.Lang) {
	for _, list := range [][]Facet{f.Authorities, f.Situations, f.Centres} {
		locale.SortByName(list, lang, func(v Facet) locale.Text { return v.Name })
	}
	locale.SortBy(f.Applicants, func(v Facet) string { return string(v.Code) })
}

// CategoryTree puts the counts of the categories into the classification and drops branches without services.
func (f Facets) CategoryTree(all []Category) []Category {
	counts := map[string]int{}
	for _, v := range f.Categories {
		counts[v.Code] = v.Count
	}
	return counted(all, counts)
}

func counted(all []Category, counts map[string]int) []Category {
	var kept []Category
	for _, c := range all {
		c.Services = counts[c.Code]
		c.Children = counted(c.Children, counts)
		for _, child := range c.Children {
			c.Services += child.Services
		}
		if c.Services > 0 {
			kept = append(kept, c)
		}
	}
	return kept
}

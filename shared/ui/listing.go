package ui

import "html/template"

// Listing is what a page with a long list says of it: how many there are, whether a filter narrows them, the
// way through its pages, and where the same list can be had as a file. Handlers make it with request.Listing
// or for themselves; the page shows listCount above its table and listPages under it.
type Listing struct {
	Total      int
	Page       int // the page that is shown, from 1
	Pages      int
	Filtered   bool
	ClearHref  string // the list without its filter
	ExportHref string // the list as CSV; empty where it may not be taken away
	Pagination Pagination
}

// FilterBar is the pattern for narrowing a list above it: a search, and further controls that fold on a phone.
type FilterBar struct {
	Action string
	Search template.HTML
	More   template.HTML // may be empty
	Hidden []Hidden
	Submit string
	List   Listing
}

// listings are the functions for lists.
func (c *Components) listings() template.FuncMap {
	return template.FuncMap{
		"listCount": func(l Listing, found string) (template.HTML, error) {
			return c.render("list-count", struct {
				Listing
				Found string
			}{l, found})
		},
		"listPages": func(l Listing) (template.HTML, error) {
			if l.Pagination.Empty() {
				return "", nil
			}
			return c.render("pagination", l.Pagination)
		},
		"filterBar": func(action string, search template.HTML, submit string, l Listing) FilterBar {
			return FilterBar{Action: action, Search: search, Submit: submit, List: l}
		},
		"withMore": func(controls template.HTML, b FilterBar) FilterBar { b.More = controls; return b },
		"keeping": func(name, value string, b FilterBar) FilterBar {
			if value != "" {
				b.Hidden = append(b.Hidden[:len(b.Hidden):len(b.Hidden)], Hidden{Name: name, Value: value})
			}
			return b
		},
		"showFilter": func(b FilterBar) (template.HTML, error) { return c.render("filter-bar", b) },
	}
}

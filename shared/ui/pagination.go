package ui

import "strconv"

// Pagination leads from page to page of a long list, or from one page to the next.
type Pagination struct {
	Items         []PaginationItem
	Previous      *PaginationLink
	Next          *PaginationLink
	LandmarkLabel string
	Classes       string
	Attributes    Attributes
}

// PaginationItem is one page, or an ellipsis for those left out.
type PaginationItem struct {
	Number             string
	Href               string
	Current            bool
	Ellipsis           bool
	VisuallyHiddenText string
	Attributes         Attributes
}

// PaginationLink leads to the previous or next page.
type PaginationLink struct {
	Content
	LabelText  string
	Href       string
	Attributes Attributes
}

// Paginate leads through a list of pages (1 … pages) of which page is shown: the ends, the neighbours and
// ellipses between. href makes the address of a page. There is nothing to show for a single page.
func Paginate(page, pages int, href func(page int) string) Pagination {
	var p Pagination
	if pages < 2 {
		return p
	}
	if page > 1 {
		p.Previous = &PaginationLink{Href: href(page - 1)}
	}
	if page < pages {
		p.Next = &PaginationLink{Href: href(page + 1)}
	}
	last := 0
	for n := 1; n <= pages; n++ {
		if n != 1 && n != pages && (n < page-1 || n > page+1) {
			continue
		}
		if n > last+1 {
			p.Items = append(p.Items, PaginationItem{Ellipsis: true})
		}
		p.Items = append(p.Items, PaginationItem{Number: strconv.Itoa(n), Href: href(n), Current: n == page})
		last = n
	}
	return p
}

// Empty says whether there is nowhere to go.
func (p Pagination) Empty() bool { return p.Previous == nil && p.Next == nil && len(p.Items) == 0 }

package ui

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

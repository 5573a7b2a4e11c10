package ui

// BackLink leads to the page before this one.
type BackLink struct {
	Content
	Href       string
	Classes    string
	Attributes Attributes
}

// Breadcrumbs show where the page stands; the last item without Href is the page itself.
type Breadcrumbs struct {
	Items            []BreadcrumbsItem
	Classes          string
	CollapseOnMobile bool
	LabelText        string
	Attributes       Attributes
}

// BreadcrumbsItem is one step of Breadcrumbs.
type BreadcrumbsItem struct {
	Content
	Href       string
	Attributes Attributes
}

// SkipLink jumps over the header to the content.
type SkipLink struct {
	Content
	Href       string
	Classes    string
	Attributes Attributes
}

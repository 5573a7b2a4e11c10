package ui

import "html/template"

// ErrorSummary lists everything wrong with a form at the top of its page.
type ErrorSummary struct {
	TitleText        string
	TitleHTML        template.HTML
	DescriptionText  string
	DescriptionHTML  template.HTML
	ErrorList        []ErrorSummaryItem
	DisableAutoFocus Bool
	Classes          string
	Attributes       Attributes
}

// ErrorSummaryItem is one error and the field it leads to.
type ErrorSummaryItem struct {
	Content
	Href       string
	Attributes Attributes
}

package cardview

import (
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// policy lets through what a description may hold: headings, paragraphs, lists, tables, emphasis and links.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("h3", "h4", "p", "br", "ul", "ol", "li", "strong", "b", "em", "i", "sub", "sup", "blockquote",
		"table", "caption", "thead", "tbody", "tr")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("th", "td")
	p.AllowElements("th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	p.RequireNoReferrerOnLinks(true)
	return p
})

// Sanitize returns the part of a description that is shown. It is applied whenever a card is rendered, whatever
// was done before: a page of the public site must not depend on what somebody checked earlier.
func Sanitize(html string) string { return policy().Sanitize(html) }

package clean

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Policy is the last wall: whatever the rebuilding lets through, only this may stand in a description.
var Policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "strong", "em", "sub", "sup", "br",
		"table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("td", "th")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	return p
})

// settleItems: an item or cell whose only paragraph comes first needs no paragraph; where there are more,
// text beside them becomes a paragraph too.
func settleItems(n *html.Node) {
	for _, c := range children(n) {
		settleItems(c)
	}
	if n.DataAtom != atom.Li && n.DataAtom != atom.Td && n.DataAtom != atom.Th {
		return
	}
	wrapText(n)
	paragraphs := 0
	for _, c := range children(n) {
		if c.DataAtom == atom.P {
			paragraphs++
		}
	}
	if paragraphs != 1 || n.FirstChild.DataAtom != atom.P {
		return
	}
	first := n.FirstChild
	for _, c := range children(first) {
		first.RemoveChild(c)
		n.InsertBefore(c, first)
	}
	n.RemoveChild(first)
}

// wrapText puts each run of text and inline elements among the children of n into a paragraph.
func wrapText(n *html.Node) {
	var run *html.Node
	for _, c := range children(n) {
		if c.Type == html.ElementNode && blocks[c.DataAtom] {
			run = nil
			continue
		}
		if run == nil && isEdge(c) {
			n.RemoveChild(c)
			continue
		}
		if run == nil {
			run = element(atom.P)
			n.InsertBefore(run, c)
		}
		n.RemoveChild(c)
		run.AppendChild(c)
	}
}

// settleClaims removes paragraphs and items that hold nothing but claimed links; elsewhere such links stay links.
func settleClaims(n *html.Node) {
	for _, c := range children(n) {
		settleClaims(c)
	}
	switch n.DataAtom {
	case atom.P, atom.Li:
		if own, claimed := beyondClaims(n); claimed && !hasWords(own) {
			n.Parent.RemoveChild(n)
		}
	case atom.A:
		if len(n.Attr) > 1 && n.Parent != nil && !withinBlock(n) {
			n.Attr = n.Attr[:1]
		}
	}
}

// withinBlock: the link's fate is decided by the paragraph or item around it.
func withinBlock(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == atom.P || p.DataAtom == atom.Li {
			return true
		}
	}
	return false
}

// beyondClaims is the text of n outside of claimed links, and whether there are any.
func beyondClaims(n *html.Node) (string, bool) {
	if n.DataAtom == atom.A && len(n.Attr) > 1 {
		return "", true
	}
	if n.Type == html.TextNode {
		return n.Data, false
	}
	var b strings.Builder
	any := false
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		text, claimed := beyondClaims(c)
		b.WriteString(text)
		any = any || claimed
	}
	return b.String(), any
}

// prune removes elements without text, spaces at the edges of blocks, and line breaks that break nothing.
func prune(n *html.Node) {
	for _, c := range children(n) {
		prune(c)
		if c.Type != html.ElementNode || c.DataAtom == atom.Br || c.DataAtom == atom.Td || c.DataAtom == atom.Th {
			continue
		}
		if !hasWords(textOf(c)) {
			keepSpace(c)
			n.RemoveChild(c)
		}
	}
	if blocks[n.DataAtom] || n.DataAtom == atom.Td || n.DataAtom == atom.Th {
		trimEdges(n)
	}
	dropDoubleBreaks(n)
}

// keepSpace leaves what punctuation or space an empty inline element held between its neighbours.
func keepSpace(n *html.Node) {
	if text := textOf(n); text != "" && !blocks[n.DataAtom] && n.PrevSibling != nil && n.NextSibling != nil {
		n.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: text}, n)
	}
}

func trimEdges(n *html.Node) {
	for n.FirstChild != nil && isEdge(n.FirstChild) {
		n.RemoveChild(n.FirstChild)
	}
	for n.LastChild != nil && isEdge(n.LastChild) {
		n.RemoveChild(n.LastChild)
	}
	var run spaceRun
	run.walk(n)
	run.end()
}

// spaceRun walks the text of a block in reading order and leaves one space between words, whichever
// elements they are in, and none at the edges of a line.
type spaceRun struct{ last *html.Node } // the text before; nil at the beginning of a line

func (r *spaceRun) walk(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			r.text(c)
		case c.DataAtom == atom.Br, blocks[c.DataAtom]:
			r.end()
			if c.DataAtom != atom.Br {
				r.walk(c)
				r.end()
			}
		default:
			r.walk(c)
		}
	}
}

func (r *spaceRun) text(n *html.Node) {
	n.Data = manySpaces.ReplaceAllString(n.Data, " ")
	if r.last == nil || strings.HasSuffix(r.last.Data, " ") {
		n.Data = strings.TrimLeft(n.Data, " ")
	}
	if n.Data != "" {
		r.last = n
	}
}

func (r *spaceRun) end() {
	if r.last != nil {
		r.last.Data = strings.TrimRight(r.last.Data, " ")
		r.last = nil
	}
}

var manySpaces = regexp.MustCompile(` {2,}`)

func isEdge(n *html.Node) bool {
	return n.DataAtom == atom.Br || n.Type == html.TextNode && strings.TrimSpace(n.Data) == ""
}

func dropDoubleBreaks(n *html.Node) {
	var last *html.Node // the last child that was not only space
	for _, c := range children(n) {
		switch {
		case c.DataAtom == atom.Br && last != nil && last.DataAtom == atom.Br:
			n.RemoveChild(c)
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) == "":
		default:
			last = c
		}
	}
}

// dropEmptySections removes what announced the claimed links: headings over nothing (the next block is a
// heading no deeper, or there is none) and paragraphs that end in a colon before a heading or the end.
func dropEmptySections(body *html.Node) {
	for again := true; again; {
		again = false
		for _, c := range children(body) {
			if announcesNothing(c) {
				body.RemoveChild(c)
				again = true
			}
		}
	}
}

func announcesNothing(n *html.Node) bool {
	next := n.NextSibling
	if level := headingLevel(n); level > 0 {
		return next == nil || headingLevel(next) > 0 && headingLevel(next) <= level
	}
	return n.DataAtom == atom.P && (next == nil || headingLevel(next) > 0) && strings.HasSuffix(strings.TrimSpace(textOf(n)), ":")
}

// levelHeadings gives the topmost headings the level top and never skips a level downwards.
func levelHeadings(body *html.Node, top int) {
	var found []*html.Node
	var levels []int
	for _, c := range children(body) {
		if l := headingLevel(c); l > 0 {
			found = append(found, c)
			levels = append(levels, l)
		}
	}
	used := slices.Compact(slices.Sorted(slices.Values(levels)))
	before := top - 1
	for i, h := range found {
		level := min(top+slices.Index(used, levels[i]), before+1, 6)
		h.DataAtom, h.Data = headings[level], headings[level].String()
		before = level
	}
}

var headings = [...]atom.Atom{3: atom.H3, 4: atom.H4, 5: atom.H5, 6: atom.H6}

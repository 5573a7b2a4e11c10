package clean

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// builder copies a parsed page into a new tree of the elements that Policy allows.
type builder struct {
	page      Page
	claim     func(Link) bool
	claimed   bool
	heading   string
	paragraph *html.Node // open for text that stands in no block of its own
}

// dropped elements go with everything in them; what is not here and not handled below is only unwrapped.
var dropped = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Meta: true, atom.Link: true,
	atom.Template: true, atom.Noscript: true, atom.Iframe: true, atom.Frame: true, atom.Frameset: true, atom.Object: true,
	atom.Embed: true, atom.Applet: true, atom.Svg: true, atom.Math: true, atom.Canvas: true,
	atom.Img: true, atom.Image: true, atom.Picture: true, atom.Video: true, atom.Audio: true, atom.Map: true,
	atom.Form: true, atom.Input: true, atom.Button: true, atom.Select: true, atom.Textarea: true, atom.Dialog: true,
}

var blocks = map[atom.Atom]bool{
	atom.Html: true, atom.Body: true, atom.Div: true, atom.Section: true, atom.Article: true, atom.Main: true,
	atom.Header: true, atom.Footer: true, atom.Nav: true, atom.Aside: true, atom.Center: true, atom.Address: true,
	atom.Details: true, atom.Summary: true, atom.Fieldset: true, atom.Figure: true, atom.Figcaption: true,
	atom.Blockquote: true, atom.Pre: true, atom.P: true, atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Hr: true,
	atom.Ul: true, atom.Ol: true, atom.Li: true, atom.Table: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true,
}

// flow copies the children of src, blocks and text in any mixture, to the block dst.
func (b *builder) flow(dst, src *html.Node) {
	for c := src.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			if b.paragraph != nil || strings.TrimSpace(c.Data) != "" {
				b.inline(b.openParagraph(dst), c)
			}
		case c.Type != html.ElementNode:
		case b.drop(c):
		case blocks[c.DataAtom]:
			b.endParagraph()
			b.block(dst, c)
			b.endParagraph()
		case holdsBlock(c):
			b.flow(dst, c)
		default:
			b.inline(b.openParagraph(dst), c)
		}
	}
}

func (b *builder) drop(n *html.Node) bool {
	if !dropped[n.DataAtom] {
		return false
	}
	if n.DataAtom != atom.Head {
		b.page.Dropped[n.Data]++
		return true
	}
	for _, c := range children(n) { // of a head, only what would have run or shown is worth telling
		if c.DataAtom == atom.Script || c.DataAtom == atom.Style {
			b.page.Dropped[c.Data]++
		}
	}
	return true
}

func holdsBlock(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if blocks[c.DataAtom] || holdsBlock(c) {
			return true
		}
	}
	return false
}

func (b *builder) openParagraph(dst *html.Node) *html.Node {
	if b.paragraph == nil {
		b.paragraph = element(atom.P)
		dst.AppendChild(b.paragraph)
	}
	return b.paragraph
}

func (b *builder) endParagraph() { b.paragraph = nil }

func (b *builder) block(dst, n *html.Node) {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		h := element(n.DataAtom)
		dst.AppendChild(h)
		b.inlineChildren(h, n)
		b.heading = strings.TrimSpace(textOf(h))
	case atom.Ul, atom.Ol:
		list := element(n.DataAtom)
		dst.AppendChild(list)
		b.list(list, n)
	case atom.Li: // outside of any list
		list := dst.LastChild
		if list == nil || list.DataAtom != atom.Ul {
			list = element(atom.Ul)
			dst.AppendChild(list)
		}
		b.container(list, n, atom.Li)
	case atom.Table:
		table := element(atom.Table)
		dst.AppendChild(table)
		b.table(table, n)
	case atom.Blockquote:
		b.container(dst, n, atom.Blockquote)
	default:
		b.flow(dst, n)
	}
}

// container copies n as an element of its own that holds blocks or text.
func (b *builder) container(dst, n *html.Node, a atom.Atom) *html.Node {
	e := element(a)
	dst.AppendChild(e)
	outer := b.paragraph
	b.paragraph = nil
	b.flow(e, n)
	b.paragraph = outer
	return e
}

// list copies items; text between items, such as «або», joins the item before it.
func (b *builder) list(list, n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.ElementNode && b.drop(c):
		case c.DataAtom == atom.Li:
			b.container(list, c, atom.Li)
		case c.Type == html.ElementNode, c.Type == html.TextNode && strings.TrimSpace(c.Data) != "":
			item := list.LastChild
			if item == nil {
				item = element(atom.Li)
				list.AppendChild(item)
			}
			b.stray(item, c)
		}
	}
}

func (b *builder) stray(item, c *html.Node) {
	if c.Type == html.ElementNode && (blocks[c.DataAtom] || holdsBlock(c)) {
		b.block(item, c)
		b.endParagraph()
		return
	}
	if last := item.LastChild; last != nil && last.DataAtom == atom.P {
		item = last
	}
	if item.FirstChild != nil {
		item.AppendChild(&html.Node{Type: html.TextNode, Data: " "})
	}
	b.inline(item, c)
}

// table copies rows and cells with their spans.
func (b *builder) table(dst, n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Thead, atom.Tbody, atom.Tfoot:
			part := element(atom.Tbody)
			if c.DataAtom == atom.Thead {
				part = element(atom.Thead)
			}
			dst.AppendChild(part)
			b.table(part, c)
		case atom.Tr:
			row := element(atom.Tr)
			dst.AppendChild(row)
			b.table(row, c)
		case atom.Td, atom.Th:
			cell := b.container(dst, c, c.DataAtom)
			for _, a := range c.Attr {
				if a.Key == "colspan" || a.Key == "rowspan" {
					cell.Attr = append(cell.Attr, html.Attribute{Key: a.Key, Val: a.Val})
				}
			}
		}
	}
}

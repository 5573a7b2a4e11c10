package clean

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// kept maps inline elements to the ones that a description uses; the others are only unwrapped.
var kept = map[atom.Atom]atom.Atom{
	atom.B: atom.Strong, atom.Strong: atom.Strong, atom.I: atom.Em, atom.Em: atom.Em,
	atom.Sub: atom.Sub, atom.Sup: atom.Sup, atom.Br: atom.Br,
}

func (b *builder) inlineChildren(dst, n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.inline(dst, c)
	}
}

func (b *builder) inline(dst, n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		dst.AppendChild(&html.Node{Type: html.TextNode, Data: b.text(n.Data)})
	case n.Type != html.ElementNode:
	case b.drop(n):
	case n.DataAtom == atom.A:
		b.link(dst, n)
	case kept[n.DataAtom] != 0:
		e := element(kept[n.DataAtom])
		dst.AppendChild(e)
		b.inlineChildren(e, n)
	default:
		b.inlineChildren(dst, n)
	}
}

// text repairs a piece of text and keeps one space at either end if there was any.
func (b *builder) text(s string) string {
	plain := invisible(s)
	core := strings.TrimSpace(plain)
	if core == "" {
		return " "
	}
	even := spaces(quotes(core))
	core = letters(even)
	b.page.Words += differingWords(even, core)
	core = apostrophes(core)
	if strings.HasPrefix(plain, " ") {
		core = " " + core
	}
	if strings.HasSuffix(plain, " ") {
		core += " "
	}
	return core
}

func differingWords(before, after string) int {
	n, was, is := 0, strings.Fields(before), strings.Fields(after)
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			n++
		}
	}
	return n
}

// claimMark is an attribute that lives only between building and settleClaims.
const claimMark = "claimed"

func (b *builder) link(dst, n *html.Node) {
	a := element(atom.A)
	b.inlineChildren(a, n)
	href, ok := b.address(attribute(n, "href"))
	if !ok || !hasWords(textOf(a)) {
		for _, c := range children(a) { // the text stays
			a.RemoveChild(c)
			dst.AppendChild(c)
		}
		return
	}
	a.Attr = []html.Attribute{{Key: "href", Val: href}}
	text, _ := Text(textOf(a))
	if b.claim != nil && b.claim(Link{URL: href, Text: text, Heading: b.heading}) {
		a.Attr = append(a.Attr, html.Attribute{Key: claimMark})
		b.claimed = true
	}
	dst.AppendChild(a)
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

var (
	bareHost = regexp.MustCompile(`^(www\.)?[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(/\S*)?$`)
	maxURL   = 2000
)

// address checks a link's address and puts one without a scheme right («goo.gl/4Kj2XT»). Links within
// the page lose their targets here, so they become text without a word.
func (b *builder) address(href string) (string, bool) {
	href = strings.TrimSpace(href)
	if href == "" || strings.HasPrefix(href, "#") {
		return "", false
	}
	u, err := url.Parse(href)
	if err != nil || len(href) > maxURL {
		b.page.Unlinked = append(b.page.Unlinked, shorten(href))
		return "", false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if u.Host != "" {
			return u.String(), true
		}
	case "mailto", "tel":
		return u.String(), true
	case "":
		if bareHost.MatchString(href) {
			b.page.Repaired = append(b.page.Repaired, Change{href, "https://" + href})
			return "https://" + href, true
		}
	}
	b.page.Unlinked = append(b.page.Unlinked, shorten(href))
	return "", false
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}

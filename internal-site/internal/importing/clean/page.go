package clean

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// MaxPage is the largest page that is read; the largest real one has 68 KB.
const MaxPage = 1 << 20

// Options say what a page is for.
type Options struct {
	// Heading is the level that the page's topmost headings get; 0 means 3.
	Heading int
	// Claim says whether a link is kept elsewhere, as a legal act is. A paragraph of nothing but claimed
	// links leaves the page, and so does a heading that then stands over nothing. May be nil.
	Claim func(Link) bool
}

// Link is a link as it stood in the page.
type Link struct {
	URL     string
	Text    string // repaired
	Heading string // the heading above it
}

// Page is what is left of a page: paragraphs, headings, lists, tables and links, and an account of the rest.
type Page struct {
	HTML     string
	Dropped  map[string]int // elements left out with what they held: script, style, img …
	Repaired []Change       // links whose address could be put right
	Unlinked []string       // addresses of links that became plain text
	Words    int            // words of mixed alphabets that were put right
	Marks    int            // byte-order marks and other invisible characters inside the text
}

// Change is a value before and after.
type Change struct{ From, To string }

// HTML reads a page as a browser would, whatever its faults, and rebuilds it from the few elements that a
// description needs. The result passes Policy unchanged.
func HTML(raw string, o Options) (Page, error) {
	if len(raw) > MaxPage {
		return Page{}, fmt.Errorf("larger than %d KB", MaxPage>>10)
	}
	root, err := html.Parse(strings.NewReader(strings.ReplaceAll(raw, "\ufeff", "")))
	if err != nil {
		return Page{}, fmt.Errorf("not HTML that can be read: %w", err)
	}
	b := &builder{page: Page{Dropped: map[string]int{}}, claim: o.Claim}
	b.page.Marks = strings.Count(raw, "\ufeff")
	out := element(atom.Body)
	b.flow(out, root)
	b.endParagraph()
	settleClaims(out)
	prune(out)
	settleItems(out)
	prune(out)
	if b.claimed {
		dropEmptySections(out)
	}
	levelHeadings(out, max(o.Heading, 3))
	b.page.HTML = render(out)
	return b.page, nil
}

func render(body *html.Node) string {
	var w strings.Builder
	for c := body.FirstChild; c != nil; c = c.NextSibling {
		_ = html.Render(&w, c) // a strings.Builder does not fail, and the tree holds nothing that cannot be written
		w.WriteByte('\n')
	}
	return strings.TrimSpace(Policy().Sanitize(w.String()))
}

// DroppedNames lists what was left out, as "script 1, style 2".
func (p Page) DroppedNames() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(p.Dropped)) {
		parts = append(parts, fmt.Sprintf("%s %d", name, p.Dropped[name]))
	}
	return strings.Join(parts, ", ")
}

func element(a atom.Atom) *html.Node {
	return &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String()}
}

func children(n *html.Node) []*html.Node {
	var all []*html.Node
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		all = append(all, c)
	}
	return all
}

// textOf is all text under n.
func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
	}
	return b.String()
}

func hasWords(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

func headingLevel(n *html.Node) int {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return int(n.Data[1] - '0')
	}
	return 0
}

// Package uitest looks at the HTML of a whole page the way a careful reviewer would: one heading of the
// first level, labels on every control, ids that are unique and lead somewhere, nothing that the content
// security policy would block. It finds what can be found without a browser; axe in the browser tests finds
// the rest. Tests only; it may import golang.org/x/net/html.
package uitest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Page reports everything that is wrong with the page as errors of the test.
func Page(t *testing.T, page string) {
	t.Helper()
	for _, problem := range Problems(page) {
		t.Error(problem)
	}
}

// Problems lists what is wrong with a page.
func Problems(page string) []string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	c := &checker{ids: map[string]int{}, labelled: map[string]bool{}, counts: map[string]int{}}
	c.collect(root)
	for n := range root.Descendants() {
		c.element(n)
	}
	c.whole(page)
	c.problems = append(c.problems, unmarked(root)...)
	slices.Sort(c.problems)
	return slices.Compact(c.problems)
}

// Unmarked lists the Ukrainian texts of a page in another language that a screen reader would pronounce as that language.
func Unmarked(page string) []string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	return unmarked(root)
}

func unmarked(root *html.Node) (found []string) {
	for n := range root.Descendants() {
		if n.Type == html.TextNode && cyrillic.MatchString(n.Data) && !latin.MatchString(n.Data) && language(n) != "uk" {
			found = append(found, fmt.Sprintf("%q has no lang=\"uk\"", strings.TrimSpace(n.Data)))
		}
	}
	return found
}

var (
	cyrillic = regexp.MustCompile(`\p{Cyrillic}`)
	latin    = regexp.MustCompile(`\p{Latin}`)
)

// language is the one that holds for a node; scripts and titles are nobody's reading.
func language(n *html.Node) string {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == "script" || p.Data == "style" || p.Data == "title" {
			return "uk"
		}
		if l := attribute(p, "lang"); l != "" {
			return l
		}
	}
	return "uk"
}

type checker struct {
	ids      map[string]int
	labelled map[string]bool
	counts   map[string]int
	level    int
	problems []string
}

func (c *checker) add(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

func (c *checker) collect(root *html.Node) {
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		c.counts[n.Data]++
		if id := attribute(n, "id"); id != "" {
			c.ids[id]++
		}
		if n.Data == "label" {
			c.labelled[attribute(n, "for")] = true
		}
	}
}

// whole checks what a page has once.
func (c *checker) whole(page string) {
	if !strings.HasPrefix(strings.TrimSpace(page), "<!DOCTYPE html>") {
		c.add("no doctype")
	}
	for _, name := range []string{"h1", "main", "title"} {
		if c.counts[name] != 1 {
			c.add("%d elements <%s>, want one", c.counts[name], name)
		}
	}
	if c.ids["main-content"] != 1 {
		c.add("no #main-content for the skip link")
	}
	for id, n := range c.ids {
		if n > 1 {
			c.add("id %q stands %d times", id, n)
		}
	}
}

func (c *checker) element(n *html.Node) {
	if n.Type != html.ElementNode {
		return
	}
	c.attributes(n)
	switch n.Data {
	case "html":
		if attribute(n, "lang") == "" {
			c.add("<html> without lang")
		}
	case "title", "h1", "h2", "h3", "h4", "legend", "caption", "button", "th":
		if strings.TrimSpace(Text(n)) == "" && attribute(n, "aria-label") == "" {
			c.add("<%s> without text", n.Data)
		}
	case "a":
		c.link(n)
	case "img":
		if !has(n, "alt") {
			c.add("<img> without alt")
		}
	case "input", "select", "textarea":
		c.control(n)
	case "style":
		c.add("<style> inside the page")
	case "script":
		if attribute(n, "src") == "" {
			c.add("<script> inside the page")
		}
	}
	c.heading(n)
}

func (c *checker) attributes(n *html.Node) {
	for _, a := range n.Attr {
		switch {
		case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
			c.add("<%s> with %s: the content security policy blocks it", n.Data, a.Key)
		case a.Key == "aria-describedby" || a.Key == "aria-labelledby" || a.Key == "aria-controls":
			for id := range strings.FieldsSeq(a.Val) {
				if c.ids[id] == 0 {
					c.add("%s=%q leads nowhere", a.Key, id)
				}
			}
		case strings.Contains(a.Val, "ZgotmplZ"):
			c.add("<%s %s> was filtered out as unsafe", n.Data, a.Key)
		}
	}
}

func (c *checker) link(n *html.Node) {
	href := attribute(n, "href")
	if strings.TrimSpace(Text(n)) == "" && attribute(n, "aria-label") == "" {
		c.add("link to %q without text", href)
	}
	if id, inside := strings.CutPrefix(href, "#"); inside && c.ids[id] == 0 {
		c.add("link to #%s leads nowhere", id)
	}
}

func (c *checker) control(n *html.Node) {
	switch attribute(n, "type") {
	case "hidden", "submit", "button":
		return
	}
	if !c.labelled[attribute(n, "id")] && attribute(n, "aria-label") == "" && attribute(n, "aria-labelledby") == "" {
		c.add("<%s name=%q> without a label", n.Data, attribute(n, "name"))
	}
}

// heading checks that no level is skipped on the way down.
func (c *checker) heading(n *html.Node) {
	if len(n.Data) != 2 || n.Data[0] != 'h' || n.Data[1] < '1' || n.Data[1] > '6' {
		return
	}
	level := int(n.Data[1] - '0')
	if c.level > 0 && level > c.level+1 {
		c.add("<h%d> %q follows <h%d>", level, strings.TrimSpace(Text(n)), c.level)
	}
	c.level = level
}

// Text is the text inside a node.
func Text(n *html.Node) string {
	var b strings.Builder
	for child := range n.Descendants() {
		if child.Type == html.TextNode {
			b.WriteString(child.Data)
		}
	}
	return b.String()
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

package ui

import (
	"bytes"
	"regexp"
	"slices"

	"golang.org/x/net/html"
)

// ukrainianRun is Ukrainian text from its first letter to its last, with whatever is no Latin letter between.
var ukrainianRun = regexp.MustCompile(`\p{Cyrillic}(?:(?:[^\p{L}<&]|\p{Cyrillic}|&#?\w+;)*\p{Cyrillic})?`)

var (
	cyrillicLetter = regexp.MustCompile(`\p{Cyrillic}`)
	latinLetter    = regexp.MustCompile(`\p{Latin}`)
)

// markUkrainian marks what is written in Ukrainian on a page of another language, so that a screen reader pronounces
// names, notes and legal acts as they sound. It works on the finished page, because such text comes from every
// domain and also stands inside messages: a template that had to mark each of them would miss some.
func markUkrainian(page []byte) []byte {
	m := marker{tokens: html.NewTokenizer(bytes.NewReader(page))}
	m.out.Grow(len(page) + len(page)/8)
	for {
		kind := m.tokens.Next()
		if kind == html.ErrorToken {
			m.out.Write(m.tokens.Raw())
			return m.out.Bytes()
		}
		m.token(kind)
	}
}

type marker struct {
	tokens *html.Tokenizer
	out    bytes.Buffer
	open   []element
	holder int // where the start tag of an element that cannot hold a mark ends in out, 0 for none
}

// element is one that is open, and whether its text is already marked as Ukrainian or is no text for people.
type element struct {
	name string
	done bool
}

func (m *marker) done() bool { return len(m.open) > 0 && m.open[len(m.open)-1].done }

func (m *marker) token(kind html.TokenType) {
	raw := slices.Clone(m.tokens.Raw())
	switch kind {
	case html.TextToken:
		m.text(raw)
	case html.StartTagToken, html.SelfClosingTagToken:
		m.start(raw, kind == html.StartTagToken)
		return
	case html.EndTagToken:
		m.end()
		m.out.Write(raw)
	default:
		m.out.Write(raw)
	}
	m.holder = 0
}

func (m *marker) text(raw []byte) {
	switch {
	case m.done():
		m.out.Write(raw)
	case m.holder > 0:
		if mostlyUkrainian(raw) {
			m.markTag(m.holder)
		}
		m.out.Write(raw)
	default:
		m.out.Write(ukrainianRun.ReplaceAll(raw, []byte(`<span lang="uk">$0</span>`)))
	}
}

// markTag gives the language to the start tag that ends at a place of what is written.
func (m *marker) markTag(end int) {
	rest := slices.Clone(m.out.Bytes()[end-1:])
	m.out.Truncate(end - 1)
	m.out.WriteString(` lang="uk"`)
	m.out.Write(rest)
}

func (m *marker) start(raw []byte, opens bool) {
	name, more := m.tokens.TagName()
	e := element{name: string(name), done: m.done()}
	a := attributes{}
	if more {
		a = m.attributes()
	}
	if a.lang != "" {
		e.done = a.lang == "uk"
	}
	m.out.Write(raw)
	m.holder = 0
	switch e.name {
	case "script", "style", "noscript":
		e.done = true
	case "input":
		if !e.done && a.typed() && mostlyUkrainian([]byte(a.value)) {
			m.markTag(m.out.Len())
		}
	case "option", "textarea", "title":
		m.holder = m.out.Len()
	}
	if opens && !slices.Contains(void, e.name) {
		m.open = append(m.open, e)
	}
}

// end closes the element that is named, with those inside that have no end of their own.
func (m *marker) end() {
	name, _ := m.tokens.TagName()
	for i, e := range slices.Backward(m.open) {
		if e.name == string(name) {
			m.open = m.open[:i]
			return
		}
	}
}

// void are the elements that have no end.
var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// attributes are those of a tag that say in which language its text is, and what stands in an input.
type attributes struct{ lang, value, kind string }

func (m *marker) attributes() (a attributes) {
	for more := true; more; {
		var key, v []byte
		key, v, more = m.tokens.TagAttr()
		switch string(key) {
		case "lang":
			a.lang = string(v)
		case "value":
			a.value = string(v)
		case "type":
			a.kind = string(v)
		}
	}
	return a
}

// typed says whether an input of this type shows its value as text.
func (a attributes) typed() bool { return slices.Contains([]string{"", "text", "search"}, a.kind) }

// mostlyUkrainian decides for an element that is in one language as a whole.
func mostlyUkrainian(text []byte) bool {
	return len(cyrillicLetter.FindAllIndex(text, -1)) > len(latinLetter.FindAllIndex(text, -1))
}

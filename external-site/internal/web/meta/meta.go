// Package meta is what pages say about themselves: to search engines and messengers, and to readers who ask where on
// the site they are. It may import the reading domains, shared/locale and
// shared/ui.
package meta

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"portal.example/shared/locale"
	"portal.example/shared/ui"
)

// Meta goes into the head of a page; every field may be empty.
type Meta struct {
	Title       string
	Description string
	Canonical   string // absolute address
	Linked      Linked // for machines
}

// Image is the absolute address of the picture that messengers show beside a link; empty where the page has no address of its own.
func (m Meta) Image() string {
	u, err := url.Parse(m.Canonical)
	if err != nil || u.Host == "" {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/icon-512.png"}).String()
}

const maxDescription = 200

// New makes the words about a page; the description is cut at a blank.
func New(title, description, canonical string) Meta {
	description = strings.Join(strings.Fields(description), " ")
	if utf8.RuneCountInString(description) > maxDescription {
		cut := string([]rune(description)[:maxDescription])
		if i := strings.LastIndexByte(cut, ' '); i > 0 {
			cut = cut[:i]
		}
		description = cut + "…"
	}
	return Meta{Title: title, Description: description, Canonical: canonical}
}

// Trail is the breadcrumbs of a page: from the first page over the steps to the page itself.
func Trail(p *locale.Printer, steps ...ui.Link) []ui.Link {
	return append([]ui.Link{{Href: "/", Text: p.T("common.home")}}, steps...)
}

// Named is a step of a trail with a name out of the data, marked with its language where it is not translated.
func Named(p *locale.Printer, href string, name locale.Text) ui.Link {
	text, in := name.In(p.Lang())
	link := ui.Link{Href: href, Text: text}
	if in != p.Lang() {
		link.Lang = in
	}
	return link
}

// Here is the last step of a trail, the page itself.
func Here(title string) ui.Link { return ui.Link{Text: title} }

// Package meta is what pages tell search engines and messengers about themselves. It may import shared/locale.
package meta

import (
	"strings"
	"unicode/utf8"
)

// Meta goes into the head of a page; every field may be empty.
type Meta struct {
	Title       string
	Description string
	Canonical   string // absolute address
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

// Package plain cleans and judges the text that people type: names, addresses, questions, e-mail, telephone numbers,
// codes, file names.
//
// Characters that nobody sees (controls, direction marks, zero-width letters) let a text look different from what it
// is: a name that ends in «.exe» shown as one that ends in «.pdf», a mail address with a second header. The public site
// cleans what is typed; the internal site refuses what is not clean, by the same rule. It imports nothing but the
// standard library.
package plain

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line returns s as one clean line: hidden characters are gone, every line break and tab is a space, and no space
// stands around it.
func Line(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\t', r == '\u2028', r == '\u2029':
			return ' '
		case hidden(r):
			return -1
		}
		return r
	}, s))
}

// Lines returns s as a clean text of several lines: hidden characters are gone but tabs and line breaks, which are
// always \n, and no white space stands around it.
func Lines(s string) string { return strings.TrimSpace(Visible(s)) }

// Visible returns s without hidden characters but tabs and line breaks, which are always \n. White space around it stays.
func Visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && hidden(r) {
			return -1
		}
		return r
	}, strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s))
}

// IsLine says whether s is one line without hidden characters.
func IsLine(s string) bool { return utf8.ValidString(s) && strings.IndexFunc(s, hidden) < 0 }

// IsLines says whether s is a text of any number of lines without hidden characters.
func IsLines(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return r != '\n' && r != '\r' && r != '\t' && hidden(r) }) < 0
}

// hidden says whether r is a character that nobody sees, or that changes how others are seen.
func hidden(r rune) bool {
	switch {
	case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r): // Cf: direction marks, zero width, soft hyphens
		return true
	case r == '\u2028', r == '\u2029', r == '\u034f', r == '\u115f', r == '\u1160', r == '\u3164', r == '\uffa0': // fillers without width
		return true
	}
	return r >= 0xfdd0 && r <= 0xfdef || r&0xfffe == 0xfffe // noncharacters
}

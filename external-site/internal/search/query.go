// Package search finds services by what people type: Ukrainian word forms, any apostrophe, a typo or two, the
// wrong keyboard layout, codes, and other words for the same thing.
//
// Words are judged by PostgreSQL (external-site/migrations/002_search.sql); this package makes the terms, corrects
// them and marks what was found. It never writes. Only store.go holds SQL. It may import shared/citation, shared/locale, shared/pg and shared/fault.
package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits on what is searched for; the rest is ignored.
const (
	MaxRunes = 200
	maxWords = 24
)

// Query is what somebody looks for.
type Query struct {
	Text  string   // as typed, blanks in order, at most MaxRunes
	Words []string // folded, without punctuation, each once
}

// Parse reads what was typed. It accepts anything.
func Parse(typed string) Query {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(typed, " ")), " ")
	if utf8.RuneCountInString(text) > MaxRunes {
		text = string([]rune(text)[:MaxRunes])
		if i := strings.LastIndexByte(text, ' '); i > 0 {
			text = text[:i] // the last word may be broken
		}
	}
	q := Query{Text: text}
	for _, w := range strings.FieldsFunc(fold(text), notInWord) {
		w = cyrillic(w)
		if len(q.Words) < maxWords && !slices.Contains(q.Words, w) {
			q.Words = append(q.Words, w)
		}
	}
	return q
}

// Empty says whether there is nothing to look for.
func (q Query) Empty() bool { return len(q.Words) == 0 }

// Code is the query if it looks like the code of a service (00034, 01-01/01), else "".
func (q Query) Code() string {
	digits := false
	for _, r := range q.Text {
		switch {
		case unicode.IsDigit(r):
			digits = true
		case !strings.ContainsRune("-/. ", r):
			return ""
		}
	}
	if !digits || len(q.Text) < 2 || len(q.Text) > 30 {
		return ""
	}
	return q.Text
}

// replaced returns the query with the words changed.
func (q Query) replaced(changes map[string]string) Query {
	words := slices.Clone(q.Words)
	for i, w := range words {
		if better, ok := changes[w]; ok {
			words[i] = better
		}
	}
	return Parse(strings.Join(words, " "))
}

func notInWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// dropped are the characters that public.portal_fold takes out of texts: apostrophes of all shapes, which people
// type in every way or leave out, soft hyphens and stress marks.
const dropped = "'\u2018\u2019\u02bc`\u00b4\u2032\u00ad\u0301"

// fold is public.portal_fold for what people type.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(dropped, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

var lookalikes = strings.NewReplacer("a", "а", "c", "с", "e", "е", "i", "і", "o", "о", "p", "р", "x", "х", "y", "у", "ï", "ї")

// cyrillic replaces Latin letters inside a Cyrillic word by those they look like.
func cyrillic(word string) string {
	if strings.IndexFunc(word, isCyrillic) < 0 {
		return word
	}
	return lookalikes.Replace(word)
}

func isCyrillic(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }

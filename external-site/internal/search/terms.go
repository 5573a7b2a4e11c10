package search

import (
	"slices"
	"unicode/utf8"
)

// Kinds of terms, and how much less than the word itself they count.
const (
	exact   = "exact"   // the word in any of its forms
	synonym = "synonym" // another word or phrase for the same
	begins  = "begins"  // a word that begins like this
)

const (
	factorExact   = 1.0
	factorRussian = 0.9 // a word of the other language is no worse than its translation
	factorSynonym = 0.5
	factorBegins  = 0.4
)

// lexemes is what the dictionary says of a word.
type lexemes struct {
	known bool
	roots []string // none for a known word that says nothing in a search
}

func (l lexemes) stop() bool { return l.known && len(l.roots) == 0 }

// term is one way to find one word of a query.
type term struct {
	word   int // index in Query.Words
	kind   string
	text   string
	factor float64
}

// terms makes the ways to find each word that must be found; asked are those words.
func terms(q Query, dictionary map[string]lexemes) (list []term, asked []string) {
	soft := anySaid(q, dictionary)
	for i, w := range q.Words {
		if ignored(w, dictionary) || soft && softWords[w] {
			continue
		}
		d := dictionary[w]
		asked = append(asked, w)
		list = append(list, term{i, exact, w, factorExact})
		for _, other := range russian(w) {
			list = append(list, ofRussian(i, other, d.known)...)
		}
		for _, other := range otherWords(w, d.roots) {
			list = append(list, term{i, synonym, other, factorSynonym})
		}
		if start := beginning(w, d.known, i == len(q.Words)-1); start != "" {
			list = append(list, term{i, begins, start, factorBegins})
		}
	}
	return list, asked
}

// anySaid says whether a word of the query says what is looked for.
func anySaid(q Query, dictionary map[string]lexemes) bool {
	return slices.ContainsFunc(q.Words, func(w string) bool { return !ignored(w, dictionary) && !softWords[w] })
}

// ofRussian are the terms for a word that may be Russian; one that is Ukrainian too is more likely that.
func ofRussian(word int, translated string, known bool) []term {
	factor := factorRussian
	if known {
		factor = factorSynonym
	}
	list := []term{{word, synonym, translated, factor}}
	for _, other := range synonyms[translated] {
		list = append(list, term{word, synonym, other, factor * factorSynonym})
	}
	return list
}

// ignored says that the word says nothing in a search: a stop word, or a single letter or digit, which stands in every
// second card by chance.
func ignored(word string, dictionary map[string]lexemes) bool {
	return dictionary[word].stop() || utf8.RuneCountInString(word) == 1
}

func otherWords(word string, roots []string) []string {
	if others, ok := synonyms[word]; ok {
		return others
	}
	for _, r := range roots {
		if others, ok := synonyms[r]; ok {
			return others
		}
	}
	return nil
}

// beginning is what words may begin with to be found by this one: words may be unfinished («фото» for «фотокартка»,
// the last one above all), and one that the dictionary does not know has an ending that only we can take off.
func beginning(word string, known, last bool) string {
	n := utf8.RuneCountInString(word)
	switch {
	case !known && n >= 6 && isCyrillic([]rune(word)[0]):
		return string([]rune(word)[:n-2])
	case n >= 4 || last && n == 3:
		return word
	}
	return ""
}

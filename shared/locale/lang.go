package locale

import (
	"strings"

	"golang.org/x/text/language"
)

// Lang is one of the languages of the interface.
type Lang string

// The languages of the interface; the zero value counts as Ukrainian.
const (
	UK Lang = "uk"
	EN Lang = "en"
)

// Langs lists the languages, the first language first.
var Langs = []Lang{UK, EN}

// Parse returns the language named s ("uk", "en"), and whether there is one.
func Parse(s string) (Lang, bool) {
	switch l := Lang(strings.ToLower(s)); l {
	case UK, EN:
		return l, true
	}
	return UK, false
}

var (
	matcher = language.NewMatcher([]language.Tag{language.Ukrainian, language.English})
	matched = []Lang{UK, EN}
)

// Accept picks the language for an Accept-Language header; Ukrainian when it asks for neither.
func Accept(header string) Lang {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return UK
	}
	_, i, confidence := matcher.Match(tags...)
	if confidence < language.High {
		return UK
	}
	return matched[i]
}

func (l Lang) tag() language.Tag {
	if l == EN {
		return language.BritishEnglish
	}
	return language.Ukrainian
}

package locale

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// Inspection says what Check looks at.
type Inspection struct {
	All     *Catalogue // everything the program loads
	Own     []fs.FS    // the catalogues that are inspected: those of one module
	Sources []fs.FS    // trees of .go and .gohtml files that may use the messages of Own
}

// Check returns what is wrong with the catalogues of Own and with their use, sorted, or nothing:
//
//   - a key in one language only; other placeholders or plural forms than the language needs;
//   - a key that a source uses and that no catalogue has;
//   - a key of Own that no source uses;
//   - a number before a noun that stands in one form, whatever the number is.
//
// A use is a call of t or th in a template, T, Flash, Add, Check, Required, fault.New or fault.Wrap in Go,
// a field named …Key, and any other text that is a key as a whole. `t (printf "cases.state.%s" .State)`
// and "cases.state." + state use every key that begins so. Tests and testdata count as no source.
func Check(in Inspection) []string {
	own := &Catalogue{messages: map[Lang]map[string]message{UK: {}, EN: {}}, source: map[string]string{}}
	var found []string
	for _, f := range in.Own {
		if err := own.loadAll(f); err != nil {
			found = append(found, err.Error())
		}
	}
	uses := newUses(in.All)
	for _, f := range in.Sources {
		if err := uses.scan(f); err != nil {
			found = append(found, err.Error())
		}
	}
	for _, key := range own.Keys() {
		found = append(found, own.compare(key)...)
		if !uses.used(key) {
			found = append(found, fmt.Sprintf("%s: unused", key))
		}
	}
	found = append(found, uses.missing()...)
	slices.Sort(found)
	return slices.Compact(found)
}

// compare looks at one key in every language.
func (c *Catalogue) compare(key string) []string {
	uk, inUK := c.messages[UK][key]
	en, inEN := c.messages[EN][key]
	switch {
	case !inUK:
		return []string{key + ": missing in Ukrainian"}
	case !inEN:
		return []string{key + ": missing in English"}
	}
	found := append(fixedPlural(key, "Ukrainian", uk), fixedPlural(key, "English", en)...)
	if a, b := placeholderList(uk), placeholderList(en); a != b {
		found = append(found, fmt.Sprintf("%s: placeholders %s in Ukrainian, %s in English", key, a, b))
	}
	if len(uk.forms) > 1 || len(en.forms) > 1 {
		found = append(found, needs(key, "Ukrainian", uk, "one", "few", "many", other)...)
		found = append(found, needs(key, "English", en, "one", other)...)
	}
	return found
}

// counted are nouns that texts of the portal put after a number; an adjective may stand between.
var counted = regexp.MustCompile(`\{\d\} (\p{L}+ )?(день|дні|днів|дня|годин|хвилин|секунд|символ|рядк|рядок|файл|слів|слова|слово|` +
	`справ|запис|послуг|заяв|запитан|центр|місяц|days?|hours?|minutes?|seconds?|characters?|rows?|files?|words?|cases?|` +
	`entr(y|ies)|services?|applications?|questions?|centres?|months?)`)

// fixedPlural complains of a noun in one form after a number that may be any.
func fixedPlural(key, language string, m message) []string {
	if len(m.forms) > 1 {
		return nil
	}
	var text strings.Builder
	for _, p := range m.forms[other] {
		if p.arg >= 0 {
			fmt.Fprintf(&text, "{%d}", p.arg)
			continue
		}
		text.WriteString(p.text)
	}
	if found := counted.FindString(text.String()); found != "" {
		return []string{fmt.Sprintf("%s: %q has no plural forms in %s", key, found, language)}
	}
	return nil
}

func needs(key, language string, m message, forms ...string) []string {
	var found []string
	for _, form := range forms {
		if m.forms[form] == nil {
			found = append(found, fmt.Sprintf("%s: no plural form %q in %s", key, form, language))
		}
	}
	return found
}

func placeholderList(m message) string {
	var list []string
	for n := range m.placeholders() {
		list = append(list, fmt.Sprintf("{%d}", n))
	}
	if len(list) == 0 {
		return "none"
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

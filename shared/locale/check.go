package locale

import (
	"fmt"
	"io/fs"
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
//   - a key of Own that no source uses.
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
	var found []string
	if a, b := placeholderList(uk), placeholderList(en); a != b {
		found = append(found, fmt.Sprintf("%s: placeholders %s in Ukrainian, %s in English", key, a, b))
	}
	if len(uk.forms) > 1 || len(en.forms) > 1 {
		found = append(found, needs(key, "Ukrainian", uk, "one", "few", "many", other)...)
		found = append(found, needs(key, "English", en, "one", other)...)
	}
	return found
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

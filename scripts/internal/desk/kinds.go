package desk

import (
	"net/url"
	"strings"
)

// kind is something that people ask for, and how often.
type kind struct {
	name   string
	weight int
	roles  string // empty: everybody
	path   func(p *person) string
}

// kinds are what is measured: each list, view, search and page of the desk.
var kinds = []kind{
	{"first page", 2, "", fixed("/")},
	{"view: my turn", 6, working5, fixed("/cases?view=mine")},
	{"view: late", 2, working5, fixed("/cases?due=overdue&view=mine")},
	{"view: pool", 3, working5, fixed("/cases?view=pool")},
	{"view: wait for others", 2, working5, fixed("/cases?view=others")},
	{"view: applicant", 1, working5, fixed("/cases?view=applicant")},
	{"view: to be issued", 2, "administrator centre_head", fixed("/cases?view=issue")},
	{"list: open", 3, "", fixed("/cases")},
	{"list: late anywhere", 2, "", fixed("/cases?due=overdue")},
	{"list: new online", 2, "", fixed("/cases?channel=online&state=registered")},
	{"list: all", 3, "", fixed("/cases?state=all")},
	{"list: all, page 20", 1, "", fixed("/cases?page=20&state=all")},
	{"list: closed online", 1, "", fixed("/cases?channel=online&state=closed")},
	{"list: one service", 2, "", func(p *person) string {
		return "/cases?" + url.Values{"service": {p.any().serviceID}, "state": {"all"}}.Encode()
	}},
	{"search: number", 3, "", search(func(k known) string { return k.number })},
	{"search: part of a number", 3, "", search(func(k known) string { return strings.TrimLeft(k.number[strings.Index(k.number, "-")+1:], "0") })},
	{"search: phone", 3, "", search(func(k known) string { return "0" + strings.TrimPrefix(k.phone, "+380") })},
	{"search: surname, initials", 4, "", search(func(k known) string { return k.surname + " " + initial(k.given) + "." + initial(k.patronymic) + "." })},
	{"search: surname", 3, "", search(func(k known) string { return k.surname })},
	{"search: given name", 1, "", search(func(k known) string { return k.given })},
	{"search: РНОКПП", 3, "", search(func(k known) string { return k.tax })},
	{"search: address", 1, "", search(func(k known) string { return strings.TrimPrefix(strings.ReplaceAll(k.address, ",", ""), "вул. ") })},
	{"search: service", 2, "", search(func(k known) string { return longest(k.service) })},
	{"search: surname, service", 1, "", search(func(k known) string { return k.surname + " " + longest(k.service) })},
	{"search: wrong layout", 1, "", search(func(k known) string { return relaid(k.surname) })},
	{"search: one letter wrong", 1, "", search(func(k known) string { return slipped(k.surname) })},
	{"search: nothing there", 1, "", search(func(known) string { return "хжщцюєкв" })},
	{"case", 8, "", func(p *person) string { return "/cases/" + p.any().id }},
	{"case in a list", 3, working5, func(p *person) string { return "/cases/" + p.any().id + "?from=view%3Dmine" }},
	{"case beside the list", 3, working5, func(p *person) string { return "/cases?row=" + p.any().id + "&view=mine" }},
}

// working5 are the roles that work on cases.
const working5 = "administrator officer centre_head authority_head"

func (k kind) of(role string) bool {
	return k.roles == "" || strings.Contains(" "+k.roles+" ", " "+role+" ")
}

func fixed(path string) func(*person) string { return func(*person) string { return path } }

func search(of func(known) string) func(*person) string {
	return func(p *person) string { return "/cases?" + url.Values{"q": {of(p.any())}}.Encode() }
}

func initial(name string) string {
	for _, r := range name {
		return string(r)
	}
	return ""
}

// longest is the longest word of a name, which says most about it.
func longest(name string) string {
	best := ""
	for _, word := range strings.Fields(name) {
		if word = strings.Trim(word, ".,()«»"); len(word) > len(best) {
			best = word
		}
	}
	return best
}

const (
	cyrillic = "йцукенгшщзхїфівапролджєячсмитьбю"
	latin    = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
)

// relaid is a word as it comes out when the keyboard is in the Latin layout.
func relaid(word string) string {
	keys := []rune(latin)
	return strings.Map(func(r rune) rune {
		if i := strings.IndexRune(cyrillic, r); i >= 0 {
			return keys[len([]rune(cyrillic[:i]))]
		}
		return r
	}, strings.ToLower(word))
}

// slipped is a word with two letters in each other's place.
func slipped(word string) string {
	r := []rune(word)
	if len(r) < 5 {
		return word
	}
	r[2], r[3] = r[3], r[2]
	return string(r)
}

package plain

import (
	"net/mail"
	"strings"
	"unicode"
)

// IsEmail says whether s is one plain address of electronic mail, without a name or comment around it, to which mail
// can be sent.
func IsEmail(s string) bool {
	if !IsLine(s) || len(s) > 254 {
		return false
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && !strings.ContainsAny(s, "\"\\ ,;:<>()[]") && isDomain(s[strings.LastIndexByte(s, '@')+1:]) &&
		!MixesAlphabets(s)
}

// isDomain says whether s is a name with at least two parts, each of letters, digits and inner hyphens.
func isDomain(s string) bool {
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if l == "" || l[0] == '-' || l[len(l)-1] == '-' || strings.IndexFunc(l, func(r rune) bool {
			return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
		}) >= 0 {
			return false
		}
	}
	return len(labels) > 1
}

// MixesAlphabets says whether an address of electronic mail holds letters of another alphabet between Latin ones. They
// often look the same («соm» may hold two Cyrillic letters), and mail to it reaches nobody. Browsers write such a
// domain as «xn--…» before they send it, so that counts as another alphabet too.
func MixesAlphabets(address string) bool {
	name, domain, ok := strings.Cut(address, "@")
	if !ok {
		return false
	}
	latin, other := false, hasOtherLetters(name) && !hasOtherLetters(domain)
	for _, l := range strings.Split(strings.ToLower(domain), ".") {
		foreign := strings.HasPrefix(l, "xn--") || hasOtherLetters(l)
		latin, other = latin || !foreign || hasLatinLetters(l) && !strings.HasPrefix(l, "xn--"), other || foreign
	}
	return latin && other
}

func hasLatinLetters(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Latin, r) }) >= 0
}

func hasOtherLetters(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }) >= 0
}

package plain

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	abroad = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)
	// ukrainian has nine digits behind the country's code; none of its networks begins with 0.
	ukrainian = regexp.MustCompile(`^\+380[1-9][0-9]{8}$`)
)

// IsPhone says whether s is a telephone number in its international form. A Ukrainian one must be one that can exist.
func IsPhone(s string) bool {
	if strings.HasPrefix(s, "+380") {
		return ukrainian.MatchString(s)
	}
	return abroad.MatchString(s)
}

// Phone reads a telephone number as people type it and returns it in its international form: 067 123-45-67,
// (067) 1234567, 80671234567, 380671234567, 00380… and +380… are one number; one of another country begins with + or
// 00. false means that no such number can be called.
func Phone(typed string) (string, bool) {
	s := strings.ReplaceAll(Compact(typed), "/", "")
	switch {
	case strings.HasPrefix(s, "00"):
		s = "+" + s[2:]
	case strings.HasPrefix(s, "380"):
		s = "+" + s
	case strings.HasPrefix(s, "80") && len(s) == 11: // as it was dialled from afar until 2009
		s = "+3" + s
	case strings.HasPrefix(s, "0"):
		s = "+38" + s
	}
	return s, IsPhone(s)
}

// HasExtension says whether words or a sign for an extension stand behind a telephone number: no call and no message
// reaches it by the number alone.
func HasExtension(typed string) bool {
	at := strings.IndexFunc(typed, func(r rune) bool { return unicode.IsLetter(r) || strings.ContainsRune("#*;", r) })
	if at < 0 {
		return false
	}
	_, ok := Phone(strings.TrimRight(typed[:at], " ,.("))
	return ok
}

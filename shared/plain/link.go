package plain

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// MaxLink is the longest address that IsLink takes, in characters.
const MaxLink = 500

// IsLink says whether s is an address that a page may lead to: https, a host with a dot in its name, no name or password of a user, and nothing
// that hides or breaks it, such as spaces, control characters and backslashes, which browsers read as slashes. Nobody asks whether anything is there.
func IsLink(s string) bool {
	if utf8.RuneCountInString(s) > MaxLink || !IsLine(s) || strings.ContainsAny(s, " \\\t\n\r\u00a0\u2028\u2029") {
		return false
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.User != nil {
		return false
	}
	name, _, dotted := strings.Cut(u.Hostname(), ".")
	return dotted && name != "" && !strings.HasSuffix(u.Hostname(), ".") && !strings.Contains(u.Hostname(), "..")
}

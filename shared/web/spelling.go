package web

import (
	"path"
	"slices"
	"strings"
)

// indexes are names under which people look for the first page of a site.
var indexes = []string{"/index.html", "/index.htm", "/index.php"}

// spelled finds the page that an address means whose slashes are doubled or whose letters are capital («//services»,
// «/CENTRES»). ok is false when there is none, or the address is already spelled so. What stands in the place of a
// code is kept as it is.
func (s *Site) spelled(asked string) (found string, ok bool) {
	if slices.Contains(indexes, strings.ToLower(asked)) {
		return "/", true
	}
	parts := strings.Split(path.Clean("/"+asked), "/")
	most := 0
	for pattern := range s.patterns() {
		if as, fixed := fitted(strings.Split(pattern, "/"), parts); fixed > most && as != asked {
			found, most = as, fixed
		}
	}
	return found, most > 0
}

// fitted writes the parts of an address as the pattern of a route spells them, and says how many of them are words of
// the pattern; 0 when the address does not fit it.
func fitted(pattern, parts []string) (as string, fixed int) {
	if len(pattern) != len(parts) {
		return "", 0
	}
	written := slices.Clone(parts)
	for i, p := range pattern {
		variable := strings.HasPrefix(p, ":")
		switch {
		case strings.HasPrefix(p, "*"), variable && parts[i] == "", !variable && !strings.EqualFold(p, parts[i]):
			return "", 0
		case !variable:
			written[i] = p
			fixed++
		}
	}
	return strings.Join(written, "/"), fixed
}

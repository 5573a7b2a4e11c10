package plain

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxFileName is the length of a file name in characters.
const MaxFileName = 160

// reserved are the characters that some system gives a meaning to in a name: a path, a stream, a wildcard, a pipe.
const reserved = `/\:*?"<>|`

// IsFileName says whether s may be shown and saved as the name of a file: a base name in one clean line, with one of
// the endings.
func IsFileName(s string, endings []string) bool {
	return IsLine(s) && s == strings.TrimFunc(s, isEdge) && utf8.RuneCountInString(s) <= MaxFileName &&
		!strings.ContainsAny(s, reserved) && hasEnding(s, endings)
}

// FileName makes a name that IsFileName accepts out of any: folders and hidden characters go, an ending that does not
// fit is followed by the first of endings, and what is too long is cut before its ending.
func FileName(s string, endings []string) string {
	s = path.Base(strings.ReplaceAll(Line(s), `\`, "/"))
	s = strings.TrimRightFunc(strings.Map(func(r rune) rune {
		if strings.ContainsRune(reserved, r) {
			return '_'
		}
		return r
	}, s), isEdge)
	stem, ending := strings.TrimSuffix(s, path.Ext(s)), path.Ext(s)
	if !hasEnding(s, endings) {
		stem, ending = s, endings[0]
	}
	if r, most := []rune(stem), MaxFileName-utf8.RuneCountInString(ending); len(r) > most {
		stem = string(r[:most])
	}
	if stem = strings.TrimFunc(stem, isEdge); stem == "" {
		stem = "file"
	}
	return stem + ending
}

// isEdge says whether a name neither begins nor ends with r: systems drop dots and spaces there, and nobody sees the
// difference.
func isEdge(r rune) bool { return r == '.' || unicode.IsSpace(r) }

func hasEnding(s string, endings []string) bool {
	return slices.Contains(endings, strings.ToLower(path.Ext(s)))
}

package locale

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
)

const other = "other"

// categories are the CLDR plural categories that a catalogue may use as keys.
var categories = []string{"zero", "one", "two", "few", "many", other}

// message is one catalogue entry: its forms by plural category, or only "other".
type message struct {
	forms map[string][]piece
}

// piece is literal text, or the number of the argument that stands there.
type piece struct {
	text string
	arg  int // -1 for literal text
}

// verbs are the placeholders of package fmt, which is not what sets these texts.
var verbs = regexp.MustCompile(`%[sdvq]\b`)

// parseMessage splits "Знайдено {0} з {1}" into pieces; "{{" and "}}" are literal braces.
func parseMessage(s string) (message, error) {
	if verb := verbs.FindString(s); verb != "" {
		return message{}, fmt.Errorf("%q would be shown as it stands: want {0}, {1} …", verb)
	}
	pieces := []piece{}
	var text strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "{{"), strings.HasPrefix(s[i:], "}}"):
			text.WriteByte(s[i])
			i++
		case s[i] == '{':
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				return message{}, fmt.Errorf("unclosed { in %q", s)
			}
			n, err := strconv.Atoi(s[i+1 : i+end])
			if err != nil || n < 0 {
				return message{}, fmt.Errorf("placeholder {%s}: want {0}, {1} …", s[i+1:i+end])
			}
			pieces = append(pieces, piece{text: text.String(), arg: -1}, piece{arg: n})
			text.Reset()
			i += end
		default:
			text.WriteByte(s[i])
		}
	}
	return message{forms: map[string][]piece{other: append(pieces, piece{text: text.String(), arg: -1})}}, nil
}

// form picks the plural form for the first argument that is a whole number.
func (m message) form(lang Lang, args []any) []piece {
	if len(m.forms) > 1 {
		for _, arg := range args {
			n, ok := integer(arg)
			if !ok {
				continue
			}
			if form := m.forms[category(lang, n)]; form != nil {
				return form
			}
			break
		}
	}
	return m.forms[other]
}

// placeholders returns the set of argument numbers that any form uses.
func (m message) placeholders() map[int]bool {
	used := map[int]bool{}
	for _, form := range m.forms {
		for _, p := range form {
			if p.arg >= 0 {
				used[p.arg] = true
			}
		}
	}
	return used
}

func category(lang Lang, n int64) string {
	if n < 0 {
		n = -n
	}
	// The rules look at n modulo 100 and at whether n is small; keep the rest of the value out of int.
	if n > 1_000_000 {
		n = n%1_000_000 + 1_000_000
	}
	switch plural.Cardinal.MatchPlural(lang.tag(), int(n), 0, 0, 0, 0) {
	case plural.Zero:
		return "zero"
	case plural.One:
		return "one"
	case plural.Two:
		return "two"
	case plural.Few:
		return "few"
	case plural.Many:
		return "many"
	case plural.Other:
	}
	return other
}

func integer(v any) (int64, bool) {
	r := reflect.ValueOf(v)
	switch {
	case r.CanInt():
		return r.Int(), true
	case r.CanUint():
		return int64(r.Uint() & (1<<63 - 1)), true // #nosec G115 -- masked to 63 bits
	}
	return 0, false
}

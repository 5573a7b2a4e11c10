package ukr

import (
	"strings"

	"portal.example/shared/plain"
)

// CadastralNumber is the number of a land plot, such as 1234567890:98:123:9876: the unit of territory (in the
// codifier that КАТОТТГ replaced), cadastral zone, quarter and plot.
type CadastralNumber string

// ParseCadastralNumber reads a cadastral number, whatever stands between its parts; it has no check digit.
func ParseCadastralNumber(s string) (CadastralNumber, error) {
	s = strings.ReplaceAll(plain.Compact(s), ":", "")
	if !plain.AllDigits(s, 19) {
		return "", invalid("cadastral.form")
	}
	unit, zone, quarter, plot := s[:10], s[10:12], s[12:15], s[15:]
	if strings.Trim(unit, "0") == "" || plot == "0000" {
		return "", invalid("cadastral.zero")
	}
	return CadastralNumber(strings.Join([]string{unit, zone, quarter, plot}, ":")), nil
}

// Zone is the cadastral zone within the unit of territory.
func (n CadastralNumber) Zone() string { return string(n[11:13]) }

// Quarter is the cadastral quarter within the zone.
func (n CadastralNumber) Quarter() string { return string(n[14:17]) }

// Plot is the number of the plot within the quarter.
func (n CadastralNumber) Plot() string { return string(n[18:22]) }

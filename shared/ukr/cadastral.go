package ukr

import "strings"

// CadastralNumber is the number of a land plot, such as 1234567890:98:123:9876: the unit of territory (in the
// codifier that КАТОТТГ replaced), cadastral zone, quarter and plot.
type CadastralNumber string

var cadastralParts = [...]int{10, 2, 3, 4}

// ParseCadastralNumber reads a cadastral number; it has no check digit.
func ParseCadastralNumber(s string) (CadastralNumber, error) {
	parts := strings.Split(trim(s), ":")
	if len(parts) != len(cadastralParts) {
		return "", invalid("cadastral.form")
	}
	for i, p := range parts {
		if !digits(p, cadastralParts[i]) {
			return "", invalid("cadastral.form")
		}
	}
	if strings.Trim(parts[0], "0") == "" || parts[3] == "0000" {
		return "", invalid("cadastral.zero")
	}
	return CadastralNumber(strings.Join(parts, ":")), nil
}

// Zone is the cadastral zone within the unit of territory.
func (n CadastralNumber) Zone() string { return string(n[11:13]) }

// Quarter is the cadastral quarter within the zone.
func (n CadastralNumber) Quarter() string { return string(n[14:17]) }

// Plot is the number of the plot within the quarter.
func (n CadastralNumber) Plot() string { return string(n[18:22]) }

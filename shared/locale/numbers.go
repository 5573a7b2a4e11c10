package locale

import (
	"fmt"
	"strconv"
	"strings"
)

const nbsp = "\u00a0" // keeps a number on one line

// Number writes a whole number with its thousands apart: 12 345, in English 12,345.
// As Ukrainian spelling has it, four digits stay together when nothing stands beside them in a column.
func (p *Printer) Number(n int64) string { return p.group(strconv.FormatInt(n, 10), 5) }

// Decimal writes f with so many digits after the comma; -1 means as many as it has.
func (p *Printer) Decimal(f float64, digits int) string {
	return p.group(strconv.FormatFloat(f, 'f', digits, 64), 5)
}

// group puts separators into a plain decimal number whose whole part has at least minimum digits.
func (p *Printer) group(s string, minimum int) string {
	sign, digits := "", s
	if strings.HasPrefix(s, "-") {
		sign, digits = "−", s[1:]
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	thousands, comma := nbsp, ","
	if p.lang == EN {
		thousands, comma = ",", "."
		minimum = 4
	}
	if len(whole) >= minimum {
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + thousands + whole[i:]
		}
	}
	if fraction != "" {
		return sign + whole + comma + fraction
	}
	return sign + whole
}

// FileSize writes a size in bytes in the unit a person would choose: 1,2 МБ.
func (p *Printer) FileSize(bytes int64) string {
	units := []string{"locale.unit_b", "locale.unit_kb", "locale.unit_mb", "locale.unit_gb", "locale.unit_tb"}
	size, i := float64(max(bytes, 0)), 0
	for size >= 1024 && i < len(units)-1 {
		size /= 1024
		i++
	}
	digits := 0
	if i > 0 && size < 10 {
		digits = 1
	}
	number := strings.TrimSuffix(strconv.FormatFloat(size, 'f', digits, 64), ".0")
	return p.group(number, 5) + nbsp + p.T(units[i])
}

// Money is an amount of hryvnias in kopecks, so that sums are exact.
type Money int64

// ParseMoney reads "1234", "1234.5" or "1234,50".
func ParseMoney(s string) (Money, error) {
	text := strings.NewReplacer(" ", "", nbsp, "", ",", ".").Replace(strings.TrimSpace(s))
	whole, fraction, _ := strings.Cut(text, ".")
	if whole == "" || len(fraction) > 2 || len(whole) > 15 || strings.ContainsAny(fraction, "+-") {
		return 0, fmt.Errorf("amount %q: want hryvnias and at most two digits of kopecks", s)
	}
	n, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("amount %q: %w", s, err)
	}
	return Money(n), nil
}

// String returns the amount as PostgreSQL's numeric(12,2) takes it: 1234.50.
func (m Money) String() string {
	sign, n := "", m
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// Money writes an amount: 1 234,50 грн; whole hryvnias lose the kopecks.
func (p *Printer) Money(m Money) string {
	s := strings.TrimSuffix(m.String(), ".00")
	return p.group(s, 4) + nbsp + p.T("locale.hryvnia")
}

package ukr

import "portal.example/shared/plain"

// EDRPOU is the code of a legal entity in ЄДРПОУ, the register of enterprises and organisations: eight digits.
type EDRPOU string

// ParseEDRPOU reads a code of ЄДРПОУ and verifies its check digit.
func ParseEDRPOU(s string) (EDRPOU, error) {
	s = plain.Compact(s)
	if !plain.AllDigits(s, 8) {
		return "", invalid("edrpou.form")
	}
	if s == "00000000" || edrpouCheck(s) != int(s[7]-'0') {
		return "", invalid("edrpou.check")
	}
	return EDRPOU(s), nil
}

func edrpouCheck(s string) int {
	weights := []int{1, 2, 3, 4, 5, 6, 7}
	if s > "30000000" && s < "60000000" {
		weights = []int{7, 1, 2, 3, 4, 5, 6}
	}
	sum := weighted(s, weights) % 11
	if sum < 10 {
		return sum
	}
	for i := range weights {
		weights[i] += 2
	}
	return weighted(s, weights) % 11 % 10
}

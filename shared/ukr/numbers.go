package ukr

import (
	"strings"

	"portal.example/shared/plain"
)

// Microchip is the number of an animal's transponder (ISO 11784): fifteen digits.
type Microchip string

// ParseMicrochip reads the number of a transponder; it has no check digit.
func ParseMicrochip(s string) (Microchip, error) {
	if s = plain.Compact(s); !plain.AllDigits(s, 15) {
		return "", invalid("microchip.form")
	}
	return Microchip(s), nil
}

// PostalCode is a postal code of Ukraine: five digits.
type PostalCode string

// ParsePostalCode reads a postal code.
func ParsePostalCode(s string) (PostalCode, error) {
	if s = plain.Compact(s); !plain.AllDigits(s, 5) || s == "00000" {
		return "", invalid("postal_code.form")
	}
	return PostalCode(s), nil
}

// VehiclePlate is the registration plate of a vehicle: two letters, four digits and two letters, ВК 1234 АА.
type VehiclePlate string

// ParseVehiclePlate reads a plate. Its letters are those that look the same in both alphabets; they are kept as
// Cyrillic ones.
func ParseVehiclePlate(s string) (VehiclePlate, error) {
	letters := []rune(plain.CyrillicCode(s))
	if len(letters) != 8 || !plain.AllDigits(string(letters[2:6]), 4) {
		return "", invalid("vehicle_plate.form")
	}
	for _, i := range []int{0, 1, 6, 7} {
		if !strings.ContainsRune(series, letters[i]) {
			return "", invalid("vehicle_plate.form")
		}
	}
	return VehiclePlate(string(letters[:2]) + " " + string(letters[2:6]) + " " + string(letters[6:])), nil
}

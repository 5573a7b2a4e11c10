package contract

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"portal.example/shared/plain"
)

// receiptDigits are random; two check digits follow (ISO 7064, mod 97-10, as in bank accounts).
const receiptDigits = 10

// NewReceiptNumber draws the public number of a submission, as people read it: R-1234-5678-9012.
func NewReceiptNumber(random io.Reader) (string, error) {
	if random == nil {
		random = rand.Reader
	}
	var raw [8]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("draw a receipt number: %w", err)
	}
	n := binary.BigEndian.Uint64(raw[:]) % 1e10 // the bias is one in 10^9
	return formatReceipt(fmt.Sprintf("%010d%02d", n, 98-n*100%97)), nil
}

// ParseReceiptNumber reads a receipt number as people type it and says whether it is one. Its letter may be missing,
// or be a Cyrillic one: Р looks like its beginning, and К stands on its key.
func ParseReceiptNumber(s string) (string, bool) {
	digits := strings.TrimLeft(plain.LatinCode(s), "RPK№")
	if !plain.AllDigits(digits, receiptDigits+2) {
		return "", false
	}
	rest := 0
	for _, c := range digits {
		rest = (rest*10 + int(c-'0')) % 97
	}
	return formatReceipt(digits), rest == 1
}

func formatReceipt(digits string) string {
	return "R-" + digits[:4] + "-" + digits[4:8] + "-" + digits[8:]
}

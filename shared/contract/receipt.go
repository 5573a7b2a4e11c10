package contract

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
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

// ParseReceiptNumber reads a receipt number as people type it and says whether it is one.
func ParseReceiptNumber(s string) (string, bool) {
	s = strings.TrimLeft(strings.ToUpper(strings.TrimSpace(s)), "R№ ")
	digits := strings.NewReplacer("-", "", " ", "", "\u00a0", "", "–", "").Replace(s)
	if len(digits) != receiptDigits+2 {
		return "", false
	}
	rest := 0
	for _, c := range digits {
		if c < '0' || c > '9' {
			return "", false
		}
		rest = (rest*10 + int(c-'0')) % 97
	}
	return formatReceipt(digits), rest == 1
}

func formatReceipt(digits string) string {
	return "R-" + digits[:4] + "-" + digits[4:8] + "-" + digits[8:]
}

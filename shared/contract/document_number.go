package contract

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"portal.example/shared/plain"
)

// documentDigits are random, so that nobody finds documents by counting; two check digits follow as in receipts.
const documentDigits = 14

// IssuedPath is the page of the public site that says of a number whether such a document was issued; the number follows a slash.
const IssuedPath = "/issued"

// NewDocumentNumber draws the number by which anybody checks a document that an authority has issued: D-1234-5678-9012-3456.
func NewDocumentNumber(random io.Reader) (string, error) {
	if random == nil {
		random = rand.Reader
	}
	var raw [8]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("draw a document number: %w", err)
	}
	n := binary.BigEndian.Uint64(raw[:]) % 1e14 // the bias is one in 10^5
	return formatDocument(fmt.Sprintf("%014d%02d", n, 98-n*100%97)), nil
}

// ParseDocumentNumber reads a document number as people type it and says whether it is one. Its letter may be missing, or be a Cyrillic
// one: Д sounds like it, and В stands on its key.
func ParseDocumentNumber(s string) (string, bool) {
	digits := strings.TrimLeft(plain.LatinCode(s), "DДBВ№")
	if !plain.AllDigits(digits, documentDigits+2) {
		return "", false
	}
	rest := 0
	for _, c := range digits {
		rest = (rest*10 + int(c-'0')) % 97
	}
	return formatDocument(digits), rest == 1
}

func formatDocument(digits string) string {
	return "D-" + digits[:4] + "-" + digits[4:8] + "-" + digits[8:12] + "-" + digits[12:]
}

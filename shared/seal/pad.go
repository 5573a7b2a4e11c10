package seal

import (
	"encoding/binary"
	"errors"
)

// Size classes of a sealed record: 4 KiB doubled up to 256 KiB. Whoever sees an envelope learns only its class.
const (
	minClass = 4 << 10
	maxClass = 256 << 10
)

// MaxPayload is the largest record that can be sealed.
const MaxPayload = maxClass - lengthPrefix

const lengthPrefix = 4

var errPadding = errors.New("padding is malformed")

// pad puts the length before the record and fills it with zeros up to its size class.
func pad(record []byte) []byte {
	class := minClass
	for class < len(record)+lengthPrefix {
		class *= 2
	}
	out := make([]byte, class)
	binary.BigEndian.PutUint32(out, uint32(len(record))) //nolint:gosec // at most MaxPayload, checked by Seal
	copy(out[lengthPrefix:], record)
	return out
}

// unpad reverses pad and refuses anything that pad would not have made.
func unpad(padded []byte) ([]byte, error) {
	if !isClass(len(padded)) {
		return nil, errPadding
	}
	length := int64(binary.BigEndian.Uint32(padded))
	body := padded[lengthPrefix:]
	if length > int64(len(body)) || len(padded) > minClass && length+lengthPrefix <= int64(len(padded)/2) {
		return nil, errPadding
	}
	var rest byte
	for _, b := range body[length:] {
		rest |= b
	}
	if rest != 0 {
		return nil, errPadding
	}
	return body[:length], nil
}

func isClass(n int) bool { return n >= minClass && n <= maxClass && n&(n-1) == 0 }

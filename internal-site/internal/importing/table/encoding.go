package table

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Encodings that an export may have.
const (
	EncodingUTF8        = "utf-8"
	EncodingWindows1251 = "windows-1251"
)

var utf8BOM = []byte("\ufeff")

// Decode turns the bytes of a text file into UTF-8 without byte-order marks at its beginning. A file in
// another encoding than the one declared is refused with advice, for guessing would spoil names silently.
func Decode(name string, raw []byte, encoding string) ([]byte, error) {
	switch {
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}), bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		return nil, Broken(name, 0, "UTF-16; save it as CSV in UTF-8")
	case bytes.IndexByte(raw, 0) >= 0:
		return nil, Broken(name, 0, "not a text file: it has zero bytes")
	}
	if encoding == EncodingWindows1251 {
		return decode1251(name, raw)
	}
	for bytes.HasPrefix(raw, utf8BOM) {
		raw = raw[len(utf8BOM):]
	}
	if at := firstInvalid(raw); at >= 0 {
		line := 1 + bytes.Count(raw[:at], []byte("\n"))
		if looksLike1251(raw) {
			return nil, Broken(name, line, "the text is in windows-1251, not UTF-8; save the file in UTF-8 or declare encoding %s", EncodingWindows1251)
		}
		return nil, Broken(name, line, "the text is not valid UTF-8; save the file in UTF-8")
	}
	return raw, nil
}

func decode1251(name string, raw []byte) ([]byte, error) {
	if utf8.Valid(raw) && bytes.IndexFunc(raw, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		return nil, Broken(name, 0, "encoding %s was declared, but the text is in UTF-8", EncodingWindows1251)
	}
	text, err := charmap.Windows1251.NewDecoder().Bytes(raw)
	if err != nil {
		return nil, Broken(name, 0, "windows-1251: %v", err)
	}
	return text, nil
}

func firstInvalid(raw []byte) int {
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// looksLike1251: most bytes beyond ASCII are where windows-1251 has the letters of Ukrainian.
func looksLike1251(raw []byte) bool {
	letters, high := 0, 0
	for _, b := range raw {
		if b < 0x80 {
			continue
		}
		high++
		if b >= 0xc0 || bytes.IndexByte([]byte{0xa5, 0xb4, 0xaa, 0xba, 0xb2, 0xb3, 0xaf, 0xbf}, b) >= 0 { // Ґґ Єє Іі Її
			letters++
		}
	}
	return high > 0 && letters*10 >= high*9
}

package ber

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

func TestDefinite(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"DER stays":                 {"3007020101040201ff", "3007020101040201ff"},
		"long form that was needed": {"048180" + strings.Repeat("00", 128), "048180" + strings.Repeat("00", 128)},
		"an end that is marked":     {"3080020101040201ff0000", "3007" + "020101" + "040201ff"},
		"a string in pieces":        {"2480040141040242430000", "0403414243"},
		"pieces of known length":    {"2407040141040242430000"[:18], "0403414243"},
		"pieces in pieces":          {"24802480040141000024030401420000", "04024142"},
		"marks within lengths":      {"a006308002010100 00"[:16] + "00", ""},
		"empty":                     {"30800000", "3000"},
		"many octets of a tag":      {"bf1f03020101", "bf1f03020101"},
	} {
		in, err := hex.DecodeString(strings.ReplaceAll(c.in, " ", ""))
		if err != nil {
			t.Fatal(name, err)
		}
		got, err := Definite(in)
		if c.want == "" {
			if err == nil {
				t.Errorf("%s: taken as %x", name, got)
			}
			continue
		}
		if err != nil || hex.EncodeToString(got) != c.want {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
}

func TestMalformed(t *testing.T) {
	deep := bytes.Repeat([]byte{0x30, 0x80}, MaxDepth+2)
	deepString := bytes.Repeat([]byte{0x24, 0x80}, 1<<16)
	for name, in := range map[string][]byte{
		"nothing": nil, "a tag": {0x30}, "too long": {0x04, 0x02, 0x01}, "no end": {0x30, 0x80, 0x02, 0x01, 0x01},
		"primitive without length": {0x04, 0x80, 0, 0}, "something after": {0x05, 0, 0}, "length of five": {0x04, 0x85, 0, 0, 0, 0, 1, 1},
		"deep": deep, "deep string": deepString, "a number in a string": {0x24, 0x03, 0x02, 0x01, 0x01}, "endless tag": {0x1f, 0xff, 0xff, 0xff, 0x01, 0},
		"length of all": {0x30, 0x84, 0xff, 0xff, 0xff, 0xff},
	} {
		if out, err := Definite(in); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %x, %v", name, out, err)
		}
	}
}

func FuzzDefinite(f *testing.F) {
	for _, s := range []string{"3007020101040201ff", "3080020101040201ff0000", "24802480040141000024030401420000"} {
		b, _ := hex.DecodeString(s)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := Definite(in)
		if err != nil {
			return
		}
		if len(out) > 3*len(in) {
			t.Fatalf("%d octets became %d", len(in), len(out))
		}
		again, err := Definite(out)
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("%x became %x, then %x, %v", in, out, again, err)
		}
	})
}

package demo

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestTemplatesAreDocuments(t *testing.T) {
	b := mustBuild(t)
	seen := 0
	for _, o := range b.objects {
		if o.mediaType != mediaDOCX {
			continue
		}
		seen++
		text := wordText(t, o.data)
		if !strings.Contains(text, "ЗАЯВА") || !strings.Contains(text, "До заяви додаю") || len(text) < 500 {
			t.Errorf("%s: %s", o.key, text)
		}
	}
	if seen != len(b.offers) {
		t.Errorf("%d templates for %d services", seen, len(b.offers))
	}
}

// wordText unpacks a document, checks that each part is XML, and returns its text.
func wordText(t *testing.T, data []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(r); ; {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if c, ok := token.(xml.CharData); ok && f.Name == "word/document.xml" {
				text.Write(c)
			}
		}
		_ = r.Close()
	}
	return text.String()
}

func TestScanIsAReadablePDF(t *testing.T) {
	data, err := scan([]string{"Ґанок, їжак, єнот і М’ята", strings.Repeat("довгий рядок ", 30)})
	if err != nil {
		t.Fatal(err)
	}
	again, _ := scan([]string{"Ґанок, їжак, єнот і М’ята", strings.Repeat("довгий рядок ", 30)})
	if !bytes.Equal(data, again) {
		t.Error("the same text gave other bytes")
	}
	start := regexp.MustCompile(`startxref\n(\d+)\n`).FindSubmatch(data)
	at, _ := strconv.Atoi(string(start[1]))
	if !bytes.HasPrefix(data[at:], []byte("xref\n0 6\n")) {
		t.Errorf("startxref points at %q", data[at:at+10])
	}
	for i, m := range regexp.MustCompile(`(\d{10}) 00000 n`).FindAllSubmatch(data[at:], -1) {
		offset, _ := strconv.Atoi(string(m[1]))
		if want := fmt.Sprintf("%d 0 obj", i+1); !bytes.HasPrefix(data[offset:], []byte(want)) {
			t.Errorf("the table says that %s begins with %q", want, data[offset:offset+8])
		}
	}
	black := ink(t, data)
	if black < 2000 || black > 40000 {
		t.Errorf("%d black pixels are no page of text", black)
	}
}

// ink counts the black pixels of the page.
func ink(t *testing.T, data []byte) int {
	t.Helper()
	from := bytes.LastIndex(data, []byte("stream\n")) // of endstream
	from = bytes.LastIndex(data[:from-3], []byte("\nstream\n")) + len("\nstream\n")
	z, err := zlib.NewReader(bytes.NewReader(data[from:]))
	if err != nil {
		t.Fatal(err)
	}
	pixels, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	black := 0
	for _, b := range pixels {
		for ; b != 0xff; b |= b + 1 {
			black++
		}
	}
	return black
}

// The typeface has a shape of its own for every letter; a missing one would be drawn as a box.
func TestTypefaceHasUkrainianLetters(t *testing.T) {
	g, err := typeface()
	if err != nil {
		t.Fatal(err)
	}
	missing := fmt.Sprint(g.get('\uE000').pixels)
	for _, r := range "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ’«»№–" {
		if fmt.Sprint(g.get(r).pixels) == missing {
			t.Errorf("no shape for %c", r)
		}
	}
}

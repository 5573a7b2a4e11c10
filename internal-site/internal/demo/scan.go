package demo

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// A scan is a page of paper as an office keeps it: black and white, A4 at 75 dots per inch, in a PDF.
const (
	scanWidth  = 624 // a multiple of 8, so that rows are whole bytes
	scanHeight = 877
	scanMargin = 60
	scanSize   = 15
	scanLine   = 24
	// scanInk is the least cover of a pixel that makes it black.
	scanInk = 115
)

// page is one bit for a pixel, 1 for white.
type page []byte

func newPage() page { return bytes.Repeat([]byte{0xff}, scanWidth/8*scanHeight) }

func (p page) ink(x, y int) {
	if x >= 0 && x < scanWidth && y >= 0 && y < scanHeight {
		p[y*scanWidth/8+x/8] &^= 0x80 >> (x % 8)
	}
}

// glyph is one character as pixels relative to the pen, and how far the pen moves on.
type glyph struct {
	pixels  []image.Point
	advance int
}

// glyphs keeps the characters that were drawn before; the font has the whole Ukrainian alphabet.
type glyphs struct {
	mu    sync.Mutex
	face  font.Face
	known map[rune]glyph
}

var typeface = sync.OnceValues(func() (*glyphs, error) {
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, err
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: scanSize, DPI: 72, Hinting: font.HintingFull})
	return &glyphs{face: face, known: map[rune]glyph{}}, err
})

func (g *glyphs) get(r rune) glyph {
	g.mu.Lock()
	defer g.mu.Unlock()
	if known, ok := g.known[r]; ok {
		return known
	}
	bounds, mask, at, advance, _ := g.face.Glyph(fixed.Point26_6{}, r)
	out := glyph{advance: advance.Round()}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			if _, _, _, a := mask.At(at.X+x-bounds.Min.X, at.Y+y-bounds.Min.Y).RGBA(); a>>8 >= scanInk {
				out.pixels = append(out.pixels, image.Pt(x, y))
			}
		}
	}
	g.known[r] = out
	return out
}

func (g *glyphs) width(text string) int {
	sum := 0
	for _, r := range text {
		sum += g.get(r).advance
	}
	return sum
}

func (g *glyphs) write(p page, x, y int, text string) {
	for _, r := range text {
		c := g.get(r)
		for _, at := range c.pixels {
			p.ink(x+at.X, y+at.Y)
		}
		x += c.advance
	}
}

// wrap breaks a paragraph at spaces so that every line fits the page.
func (g *glyphs) wrap(text string) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && g.width(longer) > scanWidth-2*scanMargin {
			lines = append(lines, line)
			longer = word
		}
		line = longer
	}
	return append(lines, line)
}

// scan draws paragraphs on a page and wraps it into a PDF.
func scan(paragraphs []string) ([]byte, error) {
	g, err := typeface()
	if err != nil {
		return nil, err
	}
	p, y := newPage(), scanMargin+scanLine
	for _, paragraph := range paragraphs {
		for _, line := range g.wrap(paragraph) {
			g.write(p, scanMargin, y, line)
			y += scanLine
		}
		y += scanLine / 2
	}
	return pdf(p)
}

// pdf is a document of one page that is one picture.
func pdf(pixels page) ([]byte, error) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := z.Write(pixels); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	const content = "q 595 0 0 842 0 0 cm /Page Do Q"
	return pdfOf([]string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /Page 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		fmt.Sprintf("<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 1 "+
			"/Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream", scanWidth, scanHeight, packed.Len(), packed.String()),
	}), nil
}

// pdfOf numbers objects from 1 and adds the table of where they begin; the first is the catalogue.
func pdfOf(objects []string) []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return out.Bytes()
}

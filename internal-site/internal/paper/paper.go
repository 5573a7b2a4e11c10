// Package paper sets text on A4 pages and makes a PDF of it, with letters of Ukrainian that can be searched and copied. The
// same text makes the same bytes. It knows nothing of what the text is about; it may import fpdf, golang.org/x/image,
// golang.org/x/text and rsc.io/qr.
package paper

import (
	"bytes"
	"strings"
	"sync"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
	"rsc.io/qr"
)

// MediaType is what the pages are.
const MediaType = "application/pdf"

// Sheet is a text that is to be set.
type Sheet struct {
	Title  string
	Author string
	Made   time.Time
	Lines  []Line
	Check  *Check // by which the sheet can be checked; nil leaves it out
	// Foot is what stands at the foot of a page of so many; nil leaves it out.
	Foot func(page, pages int) string
}

// Check is a QR code below the text, with words beside it. Both stay on one page.
type Check struct {
	Code string // what the QR code says
	Text string
}

// Line is a paragraph of a sheet; an empty one keeps a distance.
type Line struct {
	Text    string
	Heading bool
}

// Sizes of the page in millimetres, of letters in points.
const (
	marginLeft, marginRight = 30, 15
	marginTop, marginFoot   = 20, 20
	lineHeight              = 6
	letters, headings, feet = 11, 13, 9
	checkSide               = 28 // of a QR code
)

const family = "go"

// missing stands for a character that the font does not have, so that a reader sees that something is left out.
const missing = '□'

// Print sets the sheet. It is set twice, since how many pages there are is known at the end only.
func Print(s Sheet) ([]byte, error) {
	pages := s.set(0).PageCount()
	var b bytes.Buffer
	if err := s.set(pages).Output(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (s Sheet) set(pages int) *fpdf.Fpdf {
	p := fpdf.New("P", "mm", "A4", "")
	p.SetCreationDate(s.Made.UTC())
	p.SetModificationDate(s.Made.UTC())
	p.SetCatalogSort(true)
	p.SetLang("uk-UA")
	p.SetProducer("", true)
	p.SetTitle(clean(s.Title), true)
	p.SetAuthor(clean(s.Author), true)
	p.AddUTF8FontFromBytes(family, "", goregular.TTF)
	p.AddUTF8FontFromBytes(family, "B", gobold.TTF)
	p.SetMargins(marginLeft, marginTop, marginRight)
	p.SetAutoPageBreak(true, marginFoot)
	p.SetFooterFunc(func() {
		if s.Foot != nil {
			p.SetY(-marginFoot + lineHeight)
			p.SetFont(family, "", feet)
			p.CellFormat(0, lineHeight, clean(s.Foot(p.PageNo(), pages)), "", 0, "C", false, 0, "")
		}
	})
	p.AddPage()
	for _, line := range s.Lines {
		setLine(p, line)
	}
	if s.Check != nil {
		setCheck(p, *s.Check)
	}
	p.Close()
	return p
}

// setCheck draws the QR code and its words at the left margin, on a new page where this one has no room.
func setCheck(p *fpdf.Fpdf, c Check) {
	code, err := qr.Encode(c.Code, qr.M)
	if err != nil {
		p.SetError(err)
		return
	}
	_, height := p.GetPageSize()
	p.Ln(lineHeight)
	if p.GetY()+checkSide > height-marginFoot {
		p.AddPage()
	}
	top, module := p.GetY(), float64(checkSide)/float64(code.Size)
	p.SetFillColor(0, 0, 0)
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := 0
			for code.Black(x+run, y) { // black ends at the edge
				run++
			}
			if run > 0 {
				p.Rect(marginLeft+float64(x)*module, top+float64(y)*module, float64(run)*module, module, "F")
			}
			x += run
		}
	}
	p.SetFont(family, "", feet)
	p.SetXY(marginLeft+checkSide+lineHeight, top)
	p.MultiCell(0, lineHeight-1, clean(c.Text), "", "L", false)
	p.SetY(max(p.GetY(), top+checkSide))
}

func setLine(p *fpdf.Fpdf, line Line) {
	text := clean(line.Text)
	switch {
	case strings.TrimSpace(text) == "":
		p.Ln(lineHeight / 2)
	case line.Heading:
		p.SetFont(family, "B", headings)
		p.MultiCell(0, lineHeight+1, text, "", "C", false)
	default:
		p.SetFont(family, "", letters)
		p.MultiCell(0, lineHeight, text, "", "L", false)
	}
}

// clean leaves of a text what can be set: composed letters, no characters that steer the direction or hide, one square for
// each character that the font does not have.
func clean(text string) string {
	has := drawn()
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\u00a0', r == '\u2028', r == '\u2029':
			return ' '
		case r == '\u02bc': // the letter that some keyboards give for the apostrophe
			return '’'
		case r == '\u2011':
			return '-'
		case unicode.Is(unicode.C, r):
			return -1
		case !has[r]:
			return missing
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(text, string(missing))))
}

// drawn are the characters that both fonts have. They are looked up when the first sheet is set.
var drawn = sync.OnceValue(func() map[rune]bool { return drawnBy(goregular.TTF, gobold.TTF) })

func drawnBy(fonts ...[]byte) map[rune]bool {
	times := map[rune]int{}
	for _, ttf := range fonts {
		font, err := sfnt.Parse(ttf)
		if err != nil {
			panic(err) // the fonts are part of the program
		}
		var buf sfnt.Buffer
		for r := rune(' '); r <= 0xffff; r++ { // the library sets no others
			if i, err := font.GlyphIndex(&buf, r); err == nil && i != 0 {
				times[r]++
			}
		}
	}
	inAll := map[rune]bool{}
	for r, n := range times {
		inAll[r] = n == len(fonts)
	}
	return inAll
}

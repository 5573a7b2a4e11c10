package paper

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Register is a table over many pages of A4 on their side, each with the head of the table, and below it what the page and all pages up to it
// come to.
type Register struct {
	Title   string
	Lines   []string // below the title: whose it is, of which days
	Made    time.Time
	Columns []Column
	Rows    [][]string // a text for each column
	// Foot is what stands below the table of a page: how many rows it has, and how many there are with those of the pages before.
	Foot func(page, rows, sum int) string
	// End are lines below the last row, such as for signatures; they stay together.
	End []string
}

// Column is a column of a register.
type Column struct {
	Heading string
	Share   float64 // of the width, in proportion to the others
}

// Sizes of a register in millimetres, of letters in points.
const (
	registerSide, registerTop, registerFoot = 12, 12, 14
	registerLine                            = 3.4
	registerLetters                         = 7.5
	cellSpace                               = 0.8
	maxCellLines                            = 40 // of one row, so that it fits on a page
)

// PrintRegister sets the register.
func PrintRegister(r Register) ([]byte, error) {
	s := setter{Fpdf: fpdf.New("L", "mm", "A4", ""), r: r}
	s.SetCreationDate(r.Made.UTC())
	s.SetModificationDate(r.Made.UTC())
	s.SetCatalogSort(true)
	s.SetLang("uk-UA")
	s.SetProducer("", true)
	s.SetTitle(clean(r.Title), true)
	s.AddUTF8FontFromBytes(family, "", goregular.TTF)
	s.AddUTF8FontFromBytes(family, "B", gobold.TTF)
	s.SetMargins(registerSide, registerTop, registerSide)
	s.SetAutoPageBreak(false, 0)
	s.setRows()
	s.Close()
	var b bytes.Buffer
	if err := s.Output(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// setter sets one register.
type setter struct {
	*fpdf.Fpdf
	r      Register
	widths []float64
	onPage int // rows
	sum    int
}

func (s *setter) setRows() {
	width, height := s.GetPageSize()
	limit := height - registerFoot - 2*registerLine
	var shares float64
	for _, c := range s.r.Columns {
		shares += c.Share
	}
	for _, c := range s.r.Columns {
		s.widths = append(s.widths, (width-2*registerSide)*c.Share/shares)
	}
	s.AddPage()
	s.SetFont(family, "B", headings)
	s.MultiCell(0, lineHeight, clean(s.r.Title), "", "C", false)
	s.SetFont(family, "", feet)
	for _, line := range s.r.Lines {
		s.MultiCell(0, lineHeight-1, clean(line), "", "C", false)
	}
	s.Ln(2)
	s.setHead()
	for _, row := range s.r.Rows {
		cells, tall := s.wrapped(row)
		if s.GetY()+tall > limit {
			s.endPage()
			s.AddPage()
			s.setHead()
		}
		s.setRow(cells, tall, "L")
		s.onPage, s.sum = s.onPage+1, s.sum+1
	}
	s.endPage()
	if needed := float64(len(s.r.End))*lineHeight + lineHeight; len(s.r.End) > 0 {
		if s.GetY()+needed > height-registerFoot {
			s.AddPage()
		}
		s.Ln(lineHeight)
		s.SetFont(family, "", feet)
		for _, line := range s.r.End {
			s.MultiCell(0, lineHeight, clean(line), "", "L", false)
		}
	}
}

// setHead sets the headings and, as in forms that the law gives, the numbers of the columns.
func (s *setter) setHead() {
	names, numbers := make([]string, len(s.r.Columns)), make([]string, len(s.r.Columns))
	for i, c := range s.r.Columns {
		names[i], numbers[i] = c.Heading, strconv.Itoa(i+1)
	}
	s.SetFont(family, "B", registerLetters)
	cells, tall := s.wrapped(names)
	s.setRow(cells, tall, "C")
	s.SetFont(family, "", registerLetters)
	cells, tall = s.wrapped(numbers)
	s.setRow(cells, tall, "C")
}

// wrapped breaks the texts of a row into lines, and says how tall the row is.
func (s *setter) wrapped(row []string) (cells [][]string, tall float64) {
	most := 1
	for i, text := range row {
		lines := []string{}
		for _, part := range strings.Split(text, "\n") {
			lines = append(lines, s.broken(clean(part), s.widths[i]-2*cellSpace)...)
		}
		if len(lines) > maxCellLines {
			lines = append(lines[:maxCellLines-1], "…")
		}
		cells, most = append(cells, lines), max(most, len(lines))
	}
	return cells, float64(most)*registerLine + 2*cellSpace
}

// broken breaks a text between words, and within one that is longer than a line. Widths are added up, since measuring a line anew for each
// of its words makes a long text slow.
func (s *setter) broken(text string, width float64) (lines []string) {
	var line strings.Builder
	at, space := 0.0, s.GetStringWidth(" ")
	end := func() {
		lines = append(lines, line.String())
		line.Reset()
		at = 0
	}
	for _, word := range strings.Fields(text) {
		wide := s.GetStringWidth(word)
		if line.Len() > 0 && at+space+wide > width {
			end()
		}
		if line.Len() > 0 {
			line.WriteByte(' ')
			at += space
		}
		if wide <= width {
			line.WriteString(word)
			at += wide
			continue
		}
		for _, r := range word {
			letter := s.GetStringWidth(string(r))
			if line.Len() > 0 && at+letter > width {
				end()
			}
			line.WriteRune(r)
			at += letter
		}
	}
	end()
	return lines
}

func (s *setter) setRow(cells [][]string, tall float64, align string) {
	x, y := float64(registerSide), s.GetY()
	for i, lines := range cells {
		s.Rect(x, y, s.widths[i], tall, "D")
		for n, line := range lines {
			s.SetXY(x, y+cellSpace+float64(n)*registerLine)
			s.CellFormat(s.widths[i], registerLine, line, "", 0, align, false, 0, "")
		}
		x += s.widths[i]
	}
	s.SetXY(registerSide, y+tall)
}

// endPage says below the table what the page comes to.
func (s *setter) endPage() {
	s.SetFont(family, "", registerLetters)
	if s.r.Foot != nil {
		s.CellFormat(0, 2*registerLine, clean(s.r.Foot(s.PageNo(), s.onPage, s.sum)), "", 1, "L", false, 0, "")
	}
	s.onPage = 0
}

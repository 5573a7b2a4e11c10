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
	Number  bool    // stands at the right, so that digits stand below one another
	Whole   bool    // its words are not broken, such as numbers and days: the column is at least as wide as the widest of them
}

// Sizes of a register in millimetres, of letters in points.
const (
	registerSide, registerTop, registerFoot = 12, 12, 14
	registerLine                            = 3.4
	registerLetters                         = 7.5
	cellSpace                               = 0.8
	maxCellLines                            = 2000 // of one row: two dozen of the longest remarks
	wordSpare                               = 0.1  // so that a word is not broken for the sake of a rounding
	maxWhole                                = 36   // of a column whose words are not broken, whatever they are
	fewLines                                = 5    // of a row that runs over pages, at the foot of the first one
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
	s.AddPage()
	s.setWidths(width - 2*registerSide)
	s.SetFont(family, "B", headings)
	s.MultiCell(0, lineHeight, clean(s.r.Title), "", "C", false)
	s.SetFont(family, "", feet)
	for _, line := range s.r.Lines {
		s.MultiCell(0, lineHeight-1, clean(line), "", "C", false)
	}
	s.Ln(2)
	top := s.GetY()
	s.setHead()
	head := registerTop + s.GetY() - top // where the first row of a further page begins
	for _, row := range s.r.Rows {
		cells, tall := s.wrapped(row)
		if s.GetY()+tall > limit && (tall <= limit-head || s.GetY()+fewLines*registerLine > limit) {
			s.turnPage()
		}
		s.onPage, s.sum = s.onPage+1, s.sum+1
		for s.GetY()+tall > limit { // a row that is taller than a page runs over pages
			n := max(int((limit-s.GetY()-2*cellSpace)/registerLine), 1)
			var part [][]string
			for i, lines := range cells {
				n := min(n, len(lines))
				part, cells[i] = append(part, lines[:n]), lines[n:]
			}
			s.setRow(part, tallOf(part), "")
			s.turnPage()
			tall = tallOf(cells)
		}
		s.setRow(cells, tall, "")
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

// setWidths gives each column its share of the width, and those whose words are not broken what these need: the others have so much less.
func (s *setter) setWidths(width float64) {
	least, fixed := make([]float64, len(s.r.Columns)), make([]bool, len(s.r.Columns))
	widen := func(i int, text string) {
		for _, word := range strings.Fields(clean(text)) {
			least[i] = max(least[i], min(s.GetStringWidth(word)+2*cellSpace+wordSpare, maxWhole))
		}
	}
	s.SetFont(family, "B", registerLetters)
	for i, c := range s.r.Columns {
		widen(i, c.Heading)
	}
	s.SetFont(family, "", registerLetters)
	for i, c := range s.r.Columns {
		for _, row := range s.r.Rows {
			if c.Whole {
				widen(i, row[i])
			}
		}
	}
	s.widths = make([]float64, len(s.r.Columns))
	for again := true; again; {
		again = false
		left, shares := width, 0.0
		for i, c := range s.r.Columns {
			if fixed[i] {
				left -= least[i]
			} else {
				shares += c.Share
			}
		}
		for i, c := range s.r.Columns {
			if s.widths[i] = least[i]; !fixed[i] {
				s.widths[i] = left * c.Share / shares
			}
		}
		for i := range s.widths {
			if !fixed[i] && s.widths[i] < least[i] {
				fixed[i], again = true, true
			}
		}
	}
	var sum float64
	for _, w := range s.widths {
		sum += w
	}
	for i := range s.widths { // what needs more than there is has less of it
		s.widths[i] *= min(1, width/sum)
	}
}

// turnPage begins the next page.
func (s *setter) turnPage() {
	s.endPage()
	s.AddPage()
	s.setHead()
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
	for i, text := range row {
		lines := []string{}
		for _, part := range strings.Split(text, "\n") {
			lines = append(lines, s.broken(clean(part), s.widths[i]-2*cellSpace)...)
		}
		if len(lines) > maxCellLines {
			lines = append(lines[:maxCellLines-1], "…")
		}
		cells = append(cells, lines)
	}
	return cells, tallOf(cells)
}

func tallOf(cells [][]string) float64 {
	most := 1
	for _, lines := range cells {
		most = max(most, len(lines))
	}
	return float64(most)*registerLine + 2*cellSpace
}

// broken breaks a text between words, and one that is longer than a line after its hyphens, or else where the line ends. Widths are added up, since measuring a line anew for each
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
		for _, part := range strings.SplitAfter(word, "-") {
			wide := s.GetStringWidth(part)
			if line.Len() > 0 && at+wide > width {
				end()
			}
			if wide <= width {
				line.WriteString(part)
				at += wide
				continue
			}
			for _, r := range part {
				letter := s.GetStringWidth(string(r))
				if line.Len() > 0 && at+letter > width {
					end()
				}
				line.WriteRune(r)
				at += letter
			}
		}
	}
	end()
	return lines
}

// setRow sets a row; without an alignment numbers stand at the right and other texts at the left.
func (s *setter) setRow(cells [][]string, tall float64, align string) {
	x, y, aligned := float64(registerSide), s.GetY(), align
	for i, lines := range cells {
		if aligned == "" {
			align = map[bool]string{true: "R", false: "L"}[s.r.Columns[i].Number]
		}
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

// Package sheet writes tables row by row, as a workbook or as CSV, in memory that does not grow with them and without a file of
// its own: what a journal holds is people's data. It knows nothing of what the table is about; it imports the standard library only.
package sheet

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"
)

// Kind is a form in which a table can be had.
type Kind string

// The kinds.
const (
	XLSX Kind = "xlsx"
	CSV  Kind = "csv"
)

// MediaType is what the bytes of the kind are.
func (k Kind) MediaType() string {
	if k == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// MaxRows is how many rows a workbook's sheet can have, with its head.
const MaxRows = 1 << 20

// Cell is a value of a table.
type Cell struct {
	kind   kind
	text   string
	number float64
	at     time.Time
}

type kind int

const (
	isText kind = iota
	isNumber
	isDay
	isMoment
)

// Text is a text.
func Text(s string) Cell { return Cell{text: s} }

// Number is a number that a spreadsheet can reckon with.
func Number(n float64) Cell { return Cell{kind: isNumber, number: n} }

// Day is the day of at where at is, whatever its hour. The zero time is empty.
func Day(at time.Time) Cell {
	if at.IsZero() {
		return Cell{}
	}
	return Cell{kind: isDay, at: at}
}

// Moment is at to the minute, where at is. The zero time is empty.
func Moment(at time.Time) Cell {
	if at.IsZero() {
		return Cell{}
	}
	return Cell{kind: isMoment, at: at}
}

// Date is the day of a cell that is one.
func (c Cell) Date() (at time.Time, ok bool) { return c.at, c.kind == isDay }

// String is the cell as CSV has it.
func (c Cell) String() string {
	switch c.kind {
	case isNumber:
		return strconv.FormatFloat(c.number, 'f', -1, 64)
	case isDay:
		return c.at.Format("02.01.2006")
	case isMoment:
		return c.at.Format("02.01.2006 15:04")
	}
	return c.text
}

// Writer takes a table's rows.
type Writer interface {
	Row(cells ...Cell) error
	// Close ends the table. Without it what was written is no workbook.
	Close() error
}

// New writes a table with that head to w. Name is the sheet's.
func New(k Kind, w io.Writer, name string, head []string) (Writer, error) {
	var out Writer
	var err error
	if k == XLSX {
		out, err = newBook(w, name, len(head))
	} else {
		out, err = newLines(w)
	}
	if err != nil {
		return nil, err
	}
	cells := make([]Cell, len(head))
	for i, h := range head {
		cells[i] = Text(h)
	}
	return out, out.Row(cells...)
}

// lines is CSV that spreadsheets open with a double click: UTF-8 with its mark and, as Ukrainian settings expect, semicolons between
// the values.
type lines struct{ csv *csv.Writer }

func newLines(w io.Writer) (*lines, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	l := &lines{csv.NewWriter(w)}
	l.csv.Comma, l.csv.UseCRLF = ';', true
	return l, nil
}

func (l *lines) Row(cells ...Cell) error {
	line := make([]string, len(cells))
	for i, c := range cells {
		if line[i] = c.String(); c.kind == isText {
			line[i] = harmless(line[i])
		}
	}
	return l.csv.Write(line)
}

func (l *lines) Close() error {
	l.csv.Flush()
	return l.csv.Error()
}

// harmless keeps a spreadsheet from taking a value that somebody typed for a formula.
func harmless(value string) string {
	if value != "" && strings.ContainsAny(value[:1], "=+-@\t\r") {
		return "'" + value
	}
	return value
}

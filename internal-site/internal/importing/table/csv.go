package table

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"
)

// csvReader reads RFC 4180 with the liberties that exports take: any delimiter, any line ending, and a
// quotation mark inside a field that does not begin with one («звання "Мати-героїня"») is plain text.
// encoding/csv offers this only as LazyQuotes, which also accepts a file cut off inside a quoted field.
type csvReader struct {
	name      string
	rest      []byte
	line      int
	delimiter rune
	width     int // cells of the first record, to notice a last one that was cut off
}

func openCSV(name string, raw []byte, o Options) (*csvReader, error) {
	text, err := Decode(name, raw, o.Encoding)
	if err != nil {
		return nil, err
	}
	d := o.Delimiter
	if d == 0 {
		d = findDelimiter(text)
	}
	return &csvReader{name: name, rest: text, line: 1, delimiter: d}, nil
}

// findDelimiter takes the candidate that the first line with any of them has most of.
func findDelimiter(text []byte) rune {
	for line := range bytes.Lines(text[:min(len(text), maxField)]) {
		best, most := ';', 0
		for _, d := range ";,\t|" {
			if n := bytes.Count(line, []byte(string(d))); n > most {
				best, most = d, n
			}
		}
		if most > 0 {
			return best
		}
	}
	return ';'
}

func (r *csvReader) close() {}

func (r *csvReader) next() (Row, error) {
	if len(r.rest) == 0 {
		return Row{}, io.EOF
	}
	row := Row{Line: r.line}
	for {
		cell, end, err := r.field()
		if err != nil {
			return Row{}, err
		}
		row.Cells = append(row.Cells, cell)
		if len(row.Cells) > maxColumns {
			return Row{}, Broken(r.name, row.Line, "more than %d columns", maxColumns)
		}
		if end == endOfField {
			continue
		}
		if r.width == 0 && !blank(row.Cells) {
			r.width = len(row.Cells)
		}
		if end == endOfFile && len(row.Cells) < r.width && !blank(row.Cells) {
			return Row{}, Broken(r.name, row.Line, "the file ends in the middle of a row; get it again, it was cut off")
		}
		return row, nil
	}
}

type ending int

const (
	endOfField ending = iota
	endOfLine
	endOfFile
)

func (r *csvReader) field() (string, ending, error) {
	if bytes.HasPrefix(r.rest, []byte{'"'}) {
		return r.quoted()
	}
	n := bytes.IndexFunc(r.rest, func(c rune) bool { return c == r.delimiter || c == '\n' || c == '\r' })
	if n < 0 {
		n = len(r.rest)
	}
	if n > maxField {
		return "", 0, Broken(r.name, r.line, "a field is longer than %d KB", maxField>>10)
	}
	text := string(r.rest[:n])
	r.rest = r.rest[n:]
	return text, r.finish(), nil
}

func (r *csvReader) quoted() (string, ending, error) {
	opened := r.line
	var b strings.Builder
	rest := r.rest[1:]
	for {
		n := bytes.IndexByte(rest, '"')
		if n < 0 || b.Len()+n > maxField {
			return "", 0, Broken(r.name, opened, "a quoted field begins here and does not end; the file was cut off or a quotation mark is missing")
		}
		b.Write(rest[:n])
		r.line += lines(rest[:n])
		rest = rest[n+1:]
		if !bytes.HasPrefix(rest, []byte{'"'}) {
			break
		}
		b.WriteByte('"')
		rest = rest[1:]
	}
	if c, _ := utf8.DecodeRune(rest); len(rest) > 0 && c != r.delimiter && c != '\n' && c != '\r' {
		return "", 0, Broken(r.name, r.line, "text follows the closing quotation mark of a field")
	}
	r.rest = rest
	return b.String(), r.finish(), nil
}

// lines counts line ends of any kind.
func lines(text []byte) int {
	return bytes.Count(text, []byte("\n")) + bytes.Count(text, []byte("\r")) - bytes.Count(text, []byte("\r\n"))
}

// finish steps over what ends a field.
func (r *csvReader) finish() ending {
	if len(r.rest) == 0 {
		return endOfFile
	}
	c, size := utf8.DecodeRune(r.rest)
	r.rest = r.rest[size:]
	if c == r.delimiter {
		return endOfField
	}
	if c == '\r' && bytes.HasPrefix(r.rest, []byte{'\n'}) {
		r.rest = r.rest[1:]
	}
	r.line++
	return endOfLine
}

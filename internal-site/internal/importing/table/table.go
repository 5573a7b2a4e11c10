// Package table reads a table out of a file that somebody exported: CSV in several dialects, or one sheet
// of an XLSX workbook. It finds the delimiter and the header, numbers lines as an editor shows them, and
// tells a file that is broken (wrong encoding, cut off, no header) from rows that are merely odd, which it
// hands on. Whatever it is given, it stays within fixed limits of memory.
//
// It knows nothing of what the tables mean. It may import excelize, golang.org/x/text and shared/fault.
package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"portal.example/shared/fault"
)

// Limits of what is read; the largest real file, the codifier of territories, has 3.3 MB and 31,748 rows.
const (
	MaxFile    = 64 << 20
	MaxRows    = 500_000
	maxField   = 256 << 10
	maxColumns = 256
	maxPreface = 20        // rows of titles before the header
	maxCells   = 8_000_000 // of all rows; short rows are filled up
	maxText    = 128 << 20 // bytes of all cells; many cells of a workbook may name one long text
)

// Options say how to read a file. The zero value finds everything by itself.
type Options struct {
	// Encoding is EncodingUTF8 (also "") or EncodingWindows1251. XLSX has its own and ignores it.
	Encoding string
	// Delimiter is the character between cells of CSV; 0 means the one that the header has most of.
	Delimiter rune
	// Sheet is the sheet of a workbook; "" means the first.
	Sheet string
	// IsHeader recognises the header among the first rows; nil means the first row that is not empty.
	IsHeader func(cells []string) bool
}

// Table is a header and the rows under it. Rows without any text are left out.
type Table struct {
	Name   string
	Header []string
	Rows   []Row

	width int // cells that a row may have: more mean that a delimiter stands inside a value
}

// Row is one record. It may have more or fewer cells than the header.
type Row struct {
	Line  int // where the record begins, counted from 1
	Cells []string
}

// Read reads the file called name in fsys.
func Read(fsys fs.FS, name string, o Options) (*Table, error) {
	raw, err := readLimited(fsys, name, MaxFile)
	if err != nil {
		return nil, err
	}
	return Parse(name, raw, o)
}

// Parse is Read for a file that is already in memory.
func Parse(name string, raw []byte, o Options) (*Table, error) {
	var records recordReader
	var err error
	switch {
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		records, err = openSheet(name, raw, o.Sheet)
	case bytes.HasPrefix(raw, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		err = Broken(name, 0, "an old Excel workbook (XLS); save it as XLSX or as CSV in UTF-8")
	default:
		records, err = openCSV(name, raw, o)
	}
	if err != nil {
		return nil, err
	}
	defer records.close()
	return collect(name, records, o.IsHeader)
}

// recordReader yields records until io.EOF.
type recordReader interface {
	next() (Row, error)
	close()
}

func collect(name string, records recordReader, isHeader func([]string) bool) (*Table, error) {
	t := &Table{Name: name}
	seen, left, cells := 0, maxText, maxCells
	for {
		row, err := records.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if blank(row.Cells) {
			continue
		}
		seen++
		for _, c := range row.Cells {
			left -= len(c)
		}
		cells -= max(len(row.Cells), len(t.Header))
		switch {
		case cells < 0:
			return nil, Broken(name, row.Line, "more than %d cells", maxCells)
		case left < 0:
			return nil, Broken(name, row.Line, "more than %d MB of text", maxText>>20)
		case t.Header != nil:
			if _, sheet := records.(*sheetReader); sheet {
				row.Cells = t.fit(row.Cells)
			}
			t.Rows = append(t.Rows, row)
		case isHeader == nil || isHeader(row.Cells):
			t.Header, t.width = trimmed(row.Cells), len(row.Cells)
		case seen >= maxPreface:
			return nil, Broken(name, 0, "no header with the expected columns among the first %d rows", maxPreface)
		}
		if len(t.Rows) > MaxRows {
			return nil, Broken(name, row.Line, "more than %d rows", MaxRows)
		}
	}
	if t.Header == nil {
		return nil, Broken(name, 0, "no header with the expected columns")
	}
	return t, headerFault(t)
}

// headerFault refuses a header that names a column twice, for then nobody knows which one is meant.
func headerFault(t *Table) error {
	for i, h := range t.Header {
		if h != "" && slices.Contains(t.Header[:i], h) {
			return Broken(t.Name, 0, "the header has column %q twice", h)
		}
	}
	return nil
}

// Column returns the position of the column called name, and a fault that lists what there is.
func (t *Table) Column(name string) (int, error) {
	if i := slices.Index(t.Header, name); i >= 0 {
		return i, nil
	}
	return 0, Broken(t.Name, 0, "no column %q; the header has: %s", name, strings.Join(t.Header, ", "))
}

// Fits says whether the row has one cell for each column of the header.
func (t *Table) Fits(r Row) bool {
	return len(r.Cells) >= len(t.Header) && len(r.Cells) <= t.width && blank(r.Cells[len(t.Header):])
}

// fit evens out a row of a sheet, which stores no empty cells at the end, or stores some for their colour.
func (t *Table) fit(cells []string) []string {
	for len(cells) > len(t.Header) && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	return append(cells, make([]string, max(0, len(t.Header)-len(cells)))...)
}

// Broken is the fault of a file that cannot be imported at all. Line 0 means the file as a whole.
func Broken(name string, line int, format string, args ...any) error {
	where := name
	if line > 0 {
		where = fmt.Sprintf("%s, line %d", name, line)
	}
	return fault.Wrap(fault.Invalid, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)), "")
}

func readLimited(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, Broken(name, 0, "cannot be opened: %v", cause(err))
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, Broken(name, 0, "cannot be read: %v", cause(err))
	case int64(len(raw)) > limit:
		return nil, Broken(name, 0, "larger than %d MB", limit>>20)
	case len(raw) == 0:
		return nil, Broken(name, 0, "empty")
	}
	return raw, nil
}

// cause drops the path that the system puts before its complaint: the message names the file already.
func cause(err error) error {
	if path, ok := err.(*fs.PathError); ok { //nolint:errorlint // only the outermost one repeats the name
		return path.Err
	}
	return err
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

func trimmed(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.TrimSpace(c)
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

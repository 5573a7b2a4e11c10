package table

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// Limits of a workbook. The library that reads it keeps whole parts, elements and values in memory, so what is too much is
// refused before it sees them. The ministry's codifier unpacks to about 12 MB with 700,000 elements.
const (
	maxUnzipped      = 64 << 20
	maxPart          = 32 << 20
	maxParts         = 1000
	maxTag           = 16 << 10  // bytes of one element's name and attributes
	maxElements      = 1_000_000 // of a part
	maxSheetElements = 4_000_000 // of a sheet, which is read row by row
)

// errTooMuch is the error of a workbook that is not handed to the library, and says why.
type errTooMuch struct{ what string }

func (e errTooMuch) Error() string { return e.what }

func tooMuch(format string, args ...any) error { return errTooMuch{fmt.Sprintf(format, args...)} }

// weighed returns the workbook with its XML parts alone, all of which are within the limits. What is no XML, such as a picture
// or another archive, is left out: no table is read from it.
func weighed(raw []byte) ([]byte, error) {
	archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, err
	}
	if len(archive.File) > maxParts {
		return nil, tooMuch("more than %d parts", maxParts)
	}
	left := uint64(maxUnzipped)
	for _, f := range archive.File {
		if f.UncompressedSize64 > maxPart || f.UncompressedSize64 > left {
			return nil, tooMuch("unpacks to more than %d MB, or its part %s to more than %d MB", maxUnzipped>>20, f.Name, maxPart>>20)
		}
		left -= f.UncompressedSize64
	}
	return onlyXML(archive)
}

// onlyXML packs the parts that are XML anew, each weighed.
func onlyXML(archive *zip.Reader) ([]byte, error) {
	var kept bytes.Buffer
	out := zip.NewWriter(&kept)
	for _, f := range archive.File {
		isXML, err := weigh(f)
		if err != nil {
			return nil, fmt.Errorf("part %s: %w", f.Name, err)
		}
		if !isXML {
			continue
		}
		if err := out.Copy(f); err != nil {
			return nil, err
		}
	}
	err := out.Close()
	return kept.Bytes(), err
}

// weigh reads a part once and keeps nothing of it. The archive's reader fails when a part is larger than it says.
func weigh(f *zip.File) (isXML bool, err error) {
	part, err := f.Open()
	if err != nil {
		return false, err
	}
	defer part.Close() //nolint:errcheck // it was read
	w := &scale{in: bufio.NewReaderSize(part, 64<<10), elements: maxElements}
	if strings.HasPrefix(strings.ToLower(f.Name), "xl/worksheets/") {
		w.elements = maxSheetElements
	}
	return w.run()
}

// scale measures XML in a stream: how long its texts and tags are, how many elements, what one cell and one row hold.
type scale struct {
	in       *bufio.Reader
	elements int    // that may still come
	tag      []byte // the one being read, without its brackets
	depth    int    // of elements that hold the text of one cell
	text     int    // bytes of text in that cell
	value    bool   // the cell holds something
	values   int    // cells of the row that hold something
	row      int    // its number
}

// run reports whether the part is XML at all, by how it begins.
func (s *scale) run() (isXML bool, err error) {
	if head, _ := s.in.Peek(3); bytes.Equal(head, []byte("\ufeff")) {
		_, _ = s.in.Discard(3)
	}
	for first := byte(' '); first != '<'; {
		if first, err = s.in.ReadByte(); err != nil || !strings.ContainsRune(" \t\r\n<", rune(first)) {
			return false, ignoreEnd(err)
		}
	}
	for {
		if err := s.markup(); err != nil {
			return true, ignoreEnd(err)
		}
		text, err := s.until("<", maxField)
		if err == nil || errors.Is(err, io.EOF) {
			err = errors.Join(err, s.addText(len(text)))
		}
		if err != nil {
			return true, ignoreEnd(err)
		}
	}
}

// ignoreEnd makes the end of a part no error: whether it is whole, the library says.
func ignoreEnd(err error) error {
	var much errTooMuch
	if errors.Is(err, io.EOF) && !errors.As(err, &much) {
		return nil
	}
	return err
}

// until reads to the end of what ends with end, and returns what stands before it; the slice lives until the next call.
func (s *scale) until(end string, limit int) ([]byte, error) {
	s.tag = s.tag[:0]
	for {
		b, err := s.in.ReadByte()
		if err != nil {
			return s.tag, err
		}
		s.tag = append(s.tag, b)
		if b == end[len(end)-1] && bytes.HasSuffix(s.tag, []byte(end)) {
			return s.tag[:len(s.tag)-len(end)], nil
		}
		if len(s.tag) > limit+len(end) {
			return nil, tooMuch("a text or an attribute of more than %d kB", limit>>10)
		}
	}
}

// markup reads what begins with "<".
func (s *scale) markup() error {
	next, err := s.in.Peek(8)
	if len(next) == 0 {
		return err
	}
	switch {
	case bytes.HasPrefix(next, []byte("!--")):
		_, err = s.until("-->", maxField)
		return err
	case bytes.HasPrefix(next, []byte("![CDATA[")):
		text, err := s.until("]]>", maxField)
		return errors.Join(err, s.addText(len(text)))
	case next[0] == '!':
		return tooMuch("a document type of its own")
	case next[0] == '?':
		return s.instruction()
	}
	tag, err := s.element()
	if err != nil {
		return err
	}
	if s.elements--; s.elements < 0 {
		return tooMuch("too many elements")
	}
	return s.count(tag)
}

var isUTF8 = regexp.MustCompile(`(?i)^\?xml\s[^<>]*encoding\s*=\s*["']utf-8["']`)

// instruction refuses another encoding than the one in which the part is measured.
func (s *scale) instruction() error {
	tag, err := s.until("?>", maxTag)
	if err != nil {
		return err
	}
	if n := bytes.Count(bytes.ToLower(tag), []byte("encoding")); n > 1 || n == 1 && !isUTF8.Match(tag) {
		return tooMuch("another encoding than UTF-8")
	}
	return nil
}

// element reads a tag; ">" may stand in its quotes.
func (s *scale) element() ([]byte, error) {
	s.tag = s.tag[:0]
	quote := byte(0)
	for {
		b, err := s.in.ReadByte()
		switch {
		case err != nil:
			return nil, err
		case quote == 0 && b == '>':
			return s.tag, nil
		case quote == 0 && (b == '"' || b == '\''):
			quote = b
		case b == quote:
			quote = 0
		}
		if s.tag = append(s.tag, b); len(s.tag) > maxTag {
			return nil, tooMuch("an element whose attributes have more than %d kB", maxTag>>10)
		}
	}
}

// count takes note of a tag that begins or ends a row, a cell or a shared string.
func (s *scale) count(tag []byte) error {
	ends, alone := bytes.HasPrefix(tag, []byte("/")), bytes.HasSuffix(tag, []byte("/"))
	switch name := localName(bytes.Trim(tag, "/")); {
	case name == "row" && !ends:
		return s.beginRow(tag)
	case name == "v" || name == "is" || name == "f":
		s.value = true
	case name != "c" && name != "si":
	case ends:
		return s.endCell()
	default:
		if s.depth++; s.depth == 1 {
			s.text, s.value = 0, false
		}
		if alone {
			return s.endCell()
		}
	}
	return nil
}

func localName(tag []byte) string {
	name, _, _ := bytes.Cut(bytes.TrimSpace(tag), []byte(" "))
	if i := bytes.IndexAny(name, "\t\r\n"); i >= 0 {
		name = name[:i]
	}
	return string(name[bytes.LastIndexByte(name, ':')+1:])
}

// beginRow refuses rows out of order: the library would put the cells of rows with one number together.
func (s *scale) beginRow(tag []byte) error {
	number := s.row + 1
	if bytes.IndexByte(tag, '=') < 0 {
		s.row, s.values = number, 0
		return nil
	}
	start, err := xml.NewDecoder(strings.NewReader("<" + string(tag) + ">")).RawToken()
	if e, ok := start.(xml.StartElement); err == nil && ok {
		for _, a := range e.Attr {
			if a.Name.Local != "r" {
				continue
			}
			if number, err = strconv.Atoi(a.Value); err != nil {
				return tooMuch("a row whose number is %q", a.Value)
			}
		}
	}
	if number <= s.row {
		return tooMuch("row %d stands after row %d", number, s.row)
	}
	s.row, s.values = number, 0
	return nil
}

func (s *scale) endCell() error {
	if s.depth = max(0, s.depth-1); s.depth > 0 || !s.value {
		return nil
	}
	if s.values++; s.row > 0 && s.values > maxColumns {
		return tooMuch("row %d has more than %d columns", s.row, maxColumns)
	}
	return nil
}

func (s *scale) addText(n int) error {
	if s.depth == 0 {
		return nil
	}
	if s.text += n; s.text > maxField {
		return tooMuch("a cell of more than %d kB", maxField>>10)
	}
	return nil
}

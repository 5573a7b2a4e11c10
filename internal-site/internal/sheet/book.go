package sheet

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// book is a workbook with one sheet. Its texts stand in their cells, so that a row can be forgotten when it is written.
type book struct {
	zip  *zip.Writer
	out  *bufio.Writer
	rows int
}

// parts are the files of a workbook besides its sheet. The styles of cells are 0 plain, 1 the head, 2 a day, 3 a moment.
var parts = [][2]string{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="%s" sheetId="1" r:id="r1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`},
	{"xl/styles.xml", `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd\.mm\.yyyy"/><numFmt numFmtId="165" formatCode="dd\.mm\.yyyy\ hh:mm"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" numFmtId="164" applyNumberFormat="1"/><xf xfId="0" numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>`},
}

const header = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

func newBook(w io.Writer, name string, columns int) (*book, error) {
	b := &book{zip: zip.NewWriter(w)}
	for _, part := range parts {
		text := part[1]
		if strings.Contains(text, "%s") {
			text = fmt.Sprintf(text, escaped(sheetName(name)))
		}
		f, err := b.zip.Create(part[0])
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(f, header+text); err != nil {
			return nil, err
		}
	}
	f, err := b.zip.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, err
	}
	b.out = bufio.NewWriterSize(f, 32<<10)
	_, err = fmt.Fprintf(b.out, header+`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="%d" width="20" customWidth="1"/></cols><sheetData>`, max(columns, 1))
	return b, err
}

// sheetName is a name as sheets can have it: at most 31 characters, none of those that addresses of cells use.
func sheetName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return ' '
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 31 {
		name = string(runes[:31])
	}
	return name
}

// Row writes one row. A sheet that is full refuses more.
func (b *book) Row(cells ...Cell) error {
	if b.rows++; b.rows > MaxRows {
		return fmt.Errorf("a sheet has no more than %d rows", MaxRows)
	}
	style := ""
	if b.rows == 1 {
		style = ` s="1"`
	}
	_, _ = b.out.WriteString(`<row>`)
	for _, c := range cells {
		switch {
		case c.kind == isNumber:
			_, _ = b.out.WriteString(`<c><v>` + c.String() + `</v></c>`)
		case c.kind == isDay:
			_, _ = b.out.WriteString(`<c s="2"><v>` + strconv.Itoa(int(serial(c.at))) + `</v></c>`)
		case c.kind == isMoment:
			_, _ = b.out.WriteString(`<c s="3"><v>` + strconv.FormatFloat(serial(c.at), 'f', -1, 64) + `</v></c>`)
		case c.text == "":
			_, _ = b.out.WriteString(`<c/>`)
		default:
			_, _ = b.out.WriteString(`<c t="inlineStr"` + style + `><is><t xml:space="preserve">` + escaped(shortened(c.text)) + `</t></is></c>`)
		}
	}
	_, err := b.out.WriteString(`</row>`) // what failed before is said here again
	return err
}

// Close ends the sheet and the workbook.
func (b *book) Close() error {
	if _, err := b.out.WriteString(`</sheetData></worksheet>`); err != nil {
		return err
	}
	if err := b.out.Flush(); err != nil {
		return err
	}
	return b.zip.Close()
}

// serial is how workbooks count time: days since the 30th of December 1899, where at is.
func serial(at time.Time) float64 {
	local := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), 0, 0, time.UTC)
	return local.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
}

// maxText is how many characters a cell can have.
const maxText = 32_767

func shortened(text string) string {
	if utf8.RuneCountInString(text) <= maxText/2 { // two units of what cells count in are one character at most
		return text
	}
	return string([]rune(text)[:maxText/2])
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	return b.String()
}

package table_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"portal.example/internal-site/internal/importing/table"
	"portal.example/shared/fault"
)

// part is one part of a workbook, written as a stream so that the test itself needs no memory for it.
type part func(w io.Writer)

func text(s string) part { return func(w io.Writer) { _, _ = io.WriteString(w, s) } }

// repeated is a part of s between two texts, often enough for n bytes.
func repeated(before, s string, n int, after string) part {
	return func(w io.Writer) {
		_, _ = io.WriteString(w, before)
		block := strings.Repeat(s, max(1, (1<<16)/len(s)))
		for written := 0; written < n; written += len(block) {
			_, _ = io.WriteString(w, block)
		}
		_, _ = io.WriteString(w, after)
	}
}

const (
	sheetBegin = `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` +
		`<row r="1"><c r="A1" t="inlineStr"><is><t>Назва</t></is></c></row>`
	sheetEnd  = `</sheetData></worksheet>`
	sstBegin  = `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`
	namesLong = `<row r="2"><c r="A2" t="s"><v>0</v></c></row>`
)

// packed makes a workbook with one sheet.
func packed(t *testing.T, sheet, strings part, more map[string]part) []byte {
	t.Helper()
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const packaged = "http://schemas.openxmlformats.org/package/2006/relationships"
	parts := map[string]part{
		"[Content_Types].xml": text(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>`),
		"_rels/.rels":         text(`<Relationships xmlns="` + packaged + `"><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`),
		"xl/workbook.xml": text(`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + office + `">` +
			`<sheets><sheet name="Аркуш" sheetId="1" r:id="rId1"/></sheets></workbook>`),
		"xl/_rels/workbook.xml.rels": text(`<Relationships xmlns="` + packaged + `"><Relationship Id="rId1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`),
		"xl/worksheets/sheet1.xml":   sheet,
	}
	if strings != nil {
		parts["xl/sharedStrings.xml"] = strings
	}
	for name, p := range more {
		parts[name] = p
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, p := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		p(w)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wide is the cells of a header with n columns.
func wide(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<c t="inlineStr"><is><t>h%d</t></is></c>`, i)
	}
	return b.String()
}

// allocated is how many bytes fn asks for in all, which its peak never exceeds.
func allocated(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestWorkbookWithinLimitsIsRead(t *testing.T) {
	long := strings.Repeat("ї", 100_000)
	raw := packed(t, text(sheetBegin+`<row r="2"><c r="A2" t="s"><v>0</v></c></row><row r="3"><c r="A3"><v>7</v></c></row>`+
		`<row><c t="inlineStr"><is><t><![CDATA[a < b]]></t></is></c></row><!-- made by hand -->`+sheetEnd),
		text(sstBegin+`<si><r><t>`+long+`</t></r><r><t>!</t></r></si></sst>`),
		map[string]part{"xl/media/image1.png": repeated("\x89PNG", "\x00\xff", 2<<20, ""), "xl/embeddings/other.zip": text("PK\x03\x04")})
	got, err := table.Parse("file.xlsx", raw, table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Rows) != 3 || got.Rows[0].Cells[0] != long+"!" || got.Rows[1].Cells[0] != "7" || got.Rows[2].Cells[0] != "a < b" {
		t.Errorf("%d rows, header %v", len(got.Rows), got.Header)
	}
}

// What takes hundreds of megabytes to read is refused in words, before it does.
func TestBombsAreRefusedWithinBounds(t *testing.T) {
	const much = 30 << 20 // within the size of a part
	small := text(sstBegin + `<si><t>x</t></si></sst>`)
	long := text(sstBegin + `<si><t>` + strings.Repeat("x", 250<<10) + `</t></si></sst>`)
	row := func(r string, cells string, n int) part {
		return repeated(sheetBegin+`<row r="`+r+`">`, cells, n, `</row>`+sheetEnd)
	}
	for name, c := range map[string]struct {
		sheet, strings part
		more           map[string]part
		want           string
		most           uint64 // MB asked for in all
	}{
		"a huge shared string": {text(sheetBegin + namesLong + sheetEnd), repeated(sstBegin+`<si><t>`, "x", much, `</t></si></sst>`), nil, "256 kB", 16},
		"one of many runs":     {text(sheetBegin + namesLong + sheetEnd), repeated(sstBegin+`<si>`, "<r><t>xxxxxxxx</t></r><si/>", much, `</si></sst>`), nil, "a cell of more than 256 kB", 16},
		"a huge inline cell":   {repeated(sheetBegin+`<row r="2"><c t="inlineStr"><is><t>`, "x", much, `</t></is></c></row>`+sheetEnd), small, nil, "256 kB", 16},
		"a cell of CDATA":      {repeated(sheetBegin+`<row r="2"><c t="inlineStr"><is><t>`, "<![CDATA[<c></c>]]>", much, `</t></is></c></row>`+sheetEnd), small, nil, "a cell of more than 256 kB", 16},
		"a huge attribute":     {repeated(sheetBegin+`<row r="2" spans="`, "> ", much, `"/>`+sheetEnd), small, nil, "attributes have more than 16 kB", 16},
		"a huge comment":       {repeated(sheetBegin+`<!--`, "x", much, `-->`+sheetEnd), small, nil, "256 kB", 16},
		"millions of cells":    {repeated(sheetBegin, "<row><c/></row>", 31<<20, sheetEnd), small, nil, "too many elements", 16},
		"cells in one row":     {row("2", "<c><v>1</v></c>", much), small, nil, "row 2 has more than 256 columns", 16},
		"one row many times":   {repeated(sheetBegin, `<row r="2"><c t="s"><v>0</v></c></row>`, much, sheetEnd), long, nil, "row 2 stands after row 2", 16},
		"a text named often":   {repeated(sheetBegin, `<row><c t="s"><v>0</v></c></row>`, 1<<16, sheetEnd), long, nil, "more than 128 MB of text", 200},
		"millions of strings":  {text(sheetBegin + sheetEnd), repeated(sstBegin, "<si><t/></si>", much, `</sst>`), nil, "too many elements", 64},
		"a large part":         {text(sheetBegin + sheetEnd), repeated("", " ", 33<<20, ""), nil, "sharedStrings.xml to more than 32 MB", 16},
		"large parts": {text(sheetBegin + sheetEnd), small, map[string]part{
			"xl/a.bin": repeated("", "\x00", much, ""), "xl/b.bin": repeated("", "\x00", much, ""), "xl/c.bin": repeated("", "\x00", much, ""),
		}, "unpacks to more than 64 MB", 16},
		"a wide header over short rows": {repeated(sheetBegin[:strings.Index(sheetBegin, "<row")]+"<row>"+wide(256)+"</row>", "<row><c><v>1</v></c></row>", 40_000*26, sheetEnd), small, nil, "more than 8000000 cells", 400},
		"entities":                      {text(`<!DOCTYPE x [<!ENTITY a "aaaa">]>` + sheetBegin + sheetEnd), small, nil, "a document type of its own", 16},
		"another encoding":              {text(`<?xml version="1.0" encoding="UTF-16"?>` + sheetEnd), small, nil, "another encoding than UTF-8", 16},
	} {
		t.Run(name, func(t *testing.T) {
			raw := packed(t, c.sheet, c.strings, c.more)
			var err error
			took := allocated(func() {
				_, err = table.Read(fstest.MapFS{"file.xlsx": {Data: raw}}, "file.xlsx", table.Options{})
			})
			if !fault.Is(err, fault.Invalid) || !strings.Contains(fmt.Sprint(err), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if took>>20 > c.most {
				t.Errorf("%d MB for a file of %d kB, want %d at most", took>>20, len(raw)>>10, c.most)
			}
			t.Logf("%d kB packed, %d MB asked for", len(raw)>>10, took>>20)
		})
	}
}

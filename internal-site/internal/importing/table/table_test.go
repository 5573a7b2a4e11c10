package table_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"portal.example/internal-site/internal/importing/table"
	"portal.example/shared/fault"
)

func show(t *table.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q", t.Header)
	for _, r := range t.Rows {
		fmt.Fprintf(&b, " %d%q", r.Line, r.Cells)
	}
	return b.String()
}

func TestParseCSV(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "a;b\n1;2\n", `["a" "b"] 2["1" "2"]`},
		{"no end of line at the end", "a;b\n1;2", `["a" "b"] 2["1" "2"]`},
		{"CRLF and a byte-order mark", "\ufeffa;b\r\n1;2\r\n", `["a" "b"] 2["1" "2"]`},
		{"old Macintosh", "a;b\r1;2\r", `["a" "b"] 2["1" "2"]`},
		{"commas", "a,b\n1,2\n", `["a" "b"] 2["1" "2"]`},
		{"tabs", "a\tb\n1\t2\n", `["a" "b"] 2["1" "2"]`},
		{"quoted", "a;b\n\"x;y\";\"say \"\"no\"\"\"\n", `["a" "b"] 2["x;y" "say \"no\""]`},
		{"quoted over two lines", "a;b\n\"x\r\ny\";2\n3;4\n", `["a" "b"] 2["x\r\ny" "2"] 4["3" "4"]`},
		{"quotation mark inside a field", "a;b\nзвання \"Мати\" є;2\n", `["a" "b"] 2["звання \"Мати\" є" "2"]`},
		{"blank rows", "a;b\n\n;;\n 1 ;2\n\n", `["a" "b"] 4[" 1 " "2"]`},
		{"fewer and more cells", "a;b\n1\n1;2;3\n4;5\n", `["a" "b"] 2["1"] 3["1" "2" "3"] 4["4" "5"]`},
		{"empty columns after the header", "a;b;;\n1;2;;\n", `["a" "b"] 2["1" "2" "" ""]`},
	} {
		tab, err := table.Parse("f.csv", []byte(c.in), table.Options{})
		if err != nil || show(tab) != c.want {
			t.Errorf("%s: %v, %v; want %s", c.name, tab, err, c.want)
		}
	}
}

func TestParseRefusesBrokenFiles(t *testing.T) {
	cyrillic, err := charmap.Windows1251.NewEncoder().Bytes([]byte("Назва;Код\nКиїв;1\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, in, want string
		o              table.Options
	}{
		{name: "cut inside a quoted field", in: "a;b\n1;2\n\"3;4\n5;6\n", want: "f.csv, line 3: a quoted field begins here and does not end"},
		{name: "cut inside a row", in: "a;b;c\n1;2;3\n4;5", want: "f.csv, line 3: the file ends in the middle of a row"},
		{name: "text after a quoted field", in: "a;b\n\"1\"x;2\n", want: "line 2: text follows the closing quotation mark"},
		{name: "windows-1251", in: string(cyrillic), want: "line 1: the text is in windows-1251, not UTF-8"},
		{name: "UTF-8 declared as windows-1251", in: "Назва;Код\n", o: table.Options{Encoding: table.EncodingWindows1251}, want: "the text is in UTF-8"},
		{name: "neither", in: "a;b\n\xff\x81\x82;2\n", want: "line 2: the text is not valid UTF-8"},
		{name: "UTF-16", in: "\xff\xfea\x00;\x00", want: "UTF-16"},
		{name: "binary", in: "a;b\n\x00;2\n", want: "zero bytes"},
		{name: "old Excel", in: "\xd0\xcf\x11\xe0", want: "XLS"},
		{name: "only blank rows", in: "\n;;\n", want: "no header"},
		{name: "no header among titles", in: strings.Repeat("x;y\n", 50), o: table.Options{IsHeader: func([]string) bool { return false }}, want: "no header with the expected columns among the first 20 rows"},
		{name: "column twice", in: "a;b;a\n1;2;3\n", want: `column "a" twice`},
		{name: "huge field", in: "a;b\n" + strings.Repeat("x", 1<<20) + ";2\n", want: "line 2: a field is longer than 256 KB"},
		{name: "huge quoted field", in: "a;b\n\"" + strings.Repeat("x", 1<<20) + "\";2\n", want: "line 2: a quoted field begins here"},
		{name: "too many columns", in: strings.Repeat(";", 1000) + "\n", want: "more than 256 columns"},
		{name: "not a workbook", in: "PK\x03\x04garbage", want: "not a workbook that can be opened"},
	} {
		_, err := table.Parse("f.csv", []byte(c.in), c.o)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
}

func TestReadRefusesFilesThatCannotBeRead(t *testing.T) {
	files := fstest.MapFS{"empty.csv": {}, "large.csv": {Data: bytes.Repeat([]byte("x"), table.MaxFile+1)}}
	for name, want := range map[string]string{
		"missing.csv": "missing.csv: cannot be opened: file does not exist", "empty.csv": "empty.csv: empty", "large.csv": "larger than 64 MB",
	} {
		if _, err := table.Read(files, name, table.Options{}); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
}

func TestParseDeclaredWindows1251(t *testing.T) {
	raw, err := charmap.Windows1251.NewEncoder().Bytes([]byte("Назва;Код\nЇжаківка’;1\n"))
	if err != nil {
		t.Fatal(err)
	}
	tab, err := table.Parse("f.csv", raw, table.Options{Encoding: table.EncodingWindows1251})
	if err != nil || show(tab) != `["Назва" "Код"] 2["Їжаківка’" "1"]` {
		t.Errorf("%v, %v", tab, err)
	}
}

func workbook(t *testing.T, sheets map[string][][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for name, rows := range sheets {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			if err := f.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestParseWorkbook(t *testing.T) {
	raw := workbook(t, map[string][][]any{"Послуги": {{"Каталог"}, {}, {"id", "name", "note"}, {7, "Довідка", ""}, {}, {"8"}}})
	o := table.Options{IsHeader: func(cells []string) bool { return cells[0] == "id" }}
	tab, err := table.Parse("f.xlsx", raw, o)
	if err != nil || show(tab) != `["id" "name" "note"] 4["7" "Довідка" ""] 6["8" "" ""]` {
		t.Errorf("%v, %v", tab, err)
	}
	if !tab.Fits(tab.Rows[1]) {
		t.Error("a row whose last cells are empty does not fit")
	}
	o.Sheet = "Інший"
	if _, err := table.Parse("f.xlsx", raw, o); err == nil || !strings.Contains(err.Error(), `no sheet "Інший"; the workbook has: Послуги`) {
		t.Error(err)
	}
	if _, err := table.Parse("f.xlsx", raw[:len(raw)/2], table.Options{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("half a workbook: %v", err)
	}
}

func TestParseRefusesZipBomb(t *testing.T) {
	bomb := zipBomb(t)
	if len(bomb) > 4<<20 {
		t.Fatalf("the bomb has %d bytes, too many to prove anything", len(bomb))
	}
	if _, err := table.Parse("bomb.xlsx", bomb, table.Options{}); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "unpacks to more than 64 MB") {
		t.Error(err)
	}
}

func TestColumn(t *testing.T) {
	tab, err := table.Parse("f.csv", []byte("nID; sName\n1;2\n"), table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if i, err := tab.Column("sName"); i != 1 || err != nil {
		t.Error(i, err)
	}
	if _, err := tab.Column("sNam"); err == nil || !strings.Contains(err.Error(), `no column "sNam"; the header has: nID, sName`) {
		t.Error(err)
	}
}

func TestFits(t *testing.T) {
	tab, err := table.Parse("f.csv", []byte("a;b;;\n1;2;;\n1;2\n1\n1;2;;;\n1;2;x;\n"), table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, true, false, false, false} {
		if got := tab.Fits(tab.Rows[i]); got != want {
			t.Errorf("%q fits: %v", tab.Rows[i].Cells, got)
		}
	}
	raw := workbook(t, map[string][][]any{"S": {{"a", "b"}, {1}, {1, 2, "", " "}, {1, 2, 3}}})
	if tab, err = table.Parse("f.xlsx", raw, table.Options{}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, true, false} {
		if got := tab.Fits(tab.Rows[i]); got != want {
			t.Errorf("%q in a sheet fits: %v", tab.Rows[i].Cells, got)
		}
	}
}

// FuzzParse: whatever comes in, the reader ends, and says the same of the same file.
func FuzzParse(f *testing.F) {
	f.Add([]byte("a;b\n\"x;\"\"y\";2\r\n"))
	f.Add([]byte("a,b\n\"\n"))
	f.Add([]byte("\ufeff\r\r\n;"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		one, err1 := table.Parse("f", raw, table.Options{})
		two, err2 := table.Parse("f", raw, table.Options{})
		if (err1 == nil) != (err2 == nil) || err1 == nil && show(one) != show(two) {
			t.Errorf("%v %v; %v %v", one, err1, two, err2)
		}
		if err1 != nil && !fault.Is(err1, fault.Invalid) {
			t.Errorf("%v", err1)
		}
	})
}

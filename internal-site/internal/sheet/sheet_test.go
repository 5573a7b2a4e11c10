package sheet_test

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"portal.example/internal-site/internal/sheet"
	"portal.example/shared/locale"
)

var at = time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC).In(locale.Kyiv()) // after the clocks went forward: 04:30

// What is written as a workbook is read by a program that is not ours, with numbers as numbers and days as days.
func TestAWorkbookIsRead(t *testing.T) {
	var b bytes.Buffer
	w, err := sheet.New(sheet.XLSX, &b, "Журнал [1/2]", []string{"Номер", "Дата"})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]sheet.Cell{
		{sheet.Number(1234.5), sheet.Moment(at)},
		{sheet.Text("=1+1"), sheet.Day(at)},
		{sheet.Text("<b>«Ґ» & \x01\n кінець "), sheet.Day(time.Time{})},
	} {
		if err := w.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	name := f.GetSheetName(0)
	if name != "Журнал  1 2 " {
		t.Errorf("the sheet is called %q", name)
	}
	for cell, want := range map[string]string{"A1": "Номер", "A2": "1234.5", "B2": "29.03.2026 04:30", "A3": "=1+1", "B3": "29.03.2026", "A4": "<b>«Ґ» & \ufffd\n кінець ", "B4": ""} {
		if got, err := f.GetCellValue(name, cell); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", cell, got, err, want)
		}
	}
	if kind, _ := f.GetCellType(name, "A2"); kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
		t.Errorf("the number is of kind %v", kind)
	}
	if formula, _ := f.GetCellFormula(name, "A3"); formula != "" {
		t.Errorf("a text became the formula %q", formula)
	}
}

// Each minute of a day is read as the minute that it is.
func TestMinutesAreWhole(t *testing.T) {
	var b bytes.Buffer
	w, err := sheet.New(sheet.XLSX, &b, "x", []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	for m := range 24 * 60 {
		c := sheet.Moment(day.Add(time.Duration(m) * time.Minute))
		if err := w.Row(c, sheet.Text(c.String())); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("x")
	if err != nil || len(rows) != 1+24*60 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		if row[0] != row[1] {
			t.Errorf("%s is read as %s", row[1], row[0])
		}
	}
}

func TestCSVIsRead(t *testing.T) {
	var b strings.Builder
	w, err := sheet.New(sheet.CSV, &b, "", []string{"Номер", "Назва"})
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Row(sheet.Number(-2), sheet.Text("=cmd"))
	_ = w.Row(sheet.Moment(at), sheet.Text("a;b\"c"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if want := "\ufeffНомер;Назва\r\n-2;'=cmd\r\n29.03.2026 04:30;\"a;b\"\"c\"\r\n"; b.String() != want {
		t.Errorf("got %q", b.String())
	}
}

// A hundred thousand rows need no more memory than a thousand.
func TestRowsAreForgotten(t *testing.T) {
	for _, kind := range []sheet.Kind{sheet.XLSX, sheet.CSV} {
		w, err := sheet.New(kind, io.Discard, "x", []string{"a"})
		if err != nil {
			t.Fatal(err)
		}
		heap := func() uint64 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		write := func(n int) {
			for range n {
				if err := w.Row(sheet.Text("Призначення житлової субсидії"), sheet.Number(7), sheet.Day(at)); err != nil {
					t.Fatal(err)
				}
			}
		}
		write(1000)
		before := heap()
		write(100_000)
		if grown := int64(heap()) - int64(before); grown > 2<<20 {
			t.Errorf("%s: %d bytes more are held after 100,000 rows", kind, grown)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

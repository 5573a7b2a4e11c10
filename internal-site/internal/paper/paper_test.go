package paper_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal.example/internal-site/internal/paper"
)

var made = time.Date(2026, time.November, 16, 10, 0, 0, 0, time.UTC)

func sheet(lines ...string) paper.Sheet {
	s := paper.Sheet{Title: "Рішення", Author: "Управління", Made: made, Foot: func(page, pages int) string {
		return strings.Repeat("-", page) + "/" + strings.Repeat("=", pages)
	}}
	for _, text := range lines {
		s.Lines = append(s.Lines, paper.Line{Text: text})
	}
	return s
}

func printed(t *testing.T, s paper.Sheet) []byte {
	t.Helper()
	pdf, err := paper.Print(s)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// read is the text of the pages as a reader would copy it, with spaces and breaks of lines made alike.
func read(t *testing.T, pdf []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed")
	}
	cmd := exec.CommandContext(t.Context(), tool, "-", "-") //nolint:gosec // a fixed program
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

func TestTheSameTextMakesTheSameBytes(t *testing.T) {
	s := sheet("Ґанок", "", "їжак")
	first := printed(t, s)
	if !bytes.HasPrefix(first, []byte("%PDF-")) || !bytes.Equal(first, printed(t, s)) {
		t.Error("printed twice, the bytes differ")
	}
	if n := bytes.Count(first, []byte("(D:20261116100000")); n != 2 {
		t.Errorf("%d of its dates are those of the sheet", n)
	}
	if bytes.Equal(first, printed(t, sheet("Ґанок", "", "йод"))) {
		t.Error("another text makes the same bytes")
	}
}

// Letters of Ukrainian can be copied out of the pages, and every page says which of how many it is.
func TestUkrainianIsRead(t *testing.T) {
	const letters = "АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ абвгґдеєжзиіїйклмнопрстуфхцчшщьюя «з’їзд» – № 5 § 1"
	long := strings.Repeat("Рядок довгого рішення, якому потрібна друга сторінка.\n", 1)
	lines := []string{letters}
	for range 60 {
		lines = append(lines, long)
	}
	got := read(t, printed(t, sheet(lines...)))
	for _, want := range []string{letters, "-/==", "--/=="} {
		if !strings.Contains(got, want) {
			t.Errorf("the pages lack %q", want)
		}
	}
}

// What cannot be set does no harm: what hides or turns the text is left out, what the font lacks becomes a square.
func TestHostileText(t *testing.T) {
	got := read(t, printed(t, sheet("від\u202eмова\u202c\u200b", "а\x00б\u00adв", "зʼїзд", "смайл 😀 漢", "и\u0306од", "\xff\xfe")))
	for _, want := range []string{"відмова", "абв", "з’їзд", "смайл □ □", "йод"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	word := strings.Repeat("довгеслово", 1000)
	if got := read(t, printed(t, sheet(word))); strings.Count(got, "слово") < 900 {
		t.Errorf("of a word of 10 000 letters %d of 1000 parts are left", strings.Count(got, "слово"))
	}
}

func TestWhateverIsTypedCanBePrinted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 200), func(b []byte) string { return string(b) })).Draw(rt, "text")
		if _, err := paper.Print(paper.Sheet{Title: text, Made: made, Lines: []paper.Line{{Text: text}, {Text: text, Heading: true}}}); err != nil {
			rt.Fatal(err)
		}
	})
}

// A register has its head on each page, and below each what it and all pages up to it come to. Rows stay whole.
func TestARegisterCountsItsPages(t *testing.T) {
	r := paper.Register{
		Title: "Журнал", Made: made, Columns: []paper.Column{{Heading: "№ з/п", Share: 1}, {Heading: "Суб’єкт звернення", Share: 4}},
		Foot: func(page, rows, sum int) string {
			return fmt.Sprintf("сторінка=%d рядків=%d разом=%d", page, rows, sum)
		},
		End: []string{"Керівник"},
	}
	for i := range 90 {
		r.Rows = append(r.Rows, []string{strconv.Itoa(i + 1), strings.Repeat("Ґедзь-Їжаченко ", i%20) + "\n" + strings.Repeat("ї", 300)})
	}
	pdf, err := paper.PrintRegister(r)
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Fatal(err)
	}
	text := read(t, pdf)
	pages := strings.Split(text, "Суб’єкт звернення")[1:]
	if len(pages) < 5 {
		t.Fatalf("%d pages have a head", len(pages))
	}
	sum := 0
	for i, page := range pages {
		var n, rows, all int
		if _, err := fmt.Sscanf(page[strings.Index(page, "сторінка="):], "сторінка=%d рядків=%d разом=%d", &n, &rows, &all); err != nil {
			t.Fatalf("page %d: %v", i+1, err)
		}
		if sum += rows; n != i+1 || all != sum {
			t.Errorf("page %d says it is %d, with %d rows of %d; %d were counted", i+1, n, rows, all, sum)
		}
	}
	if sum != 90 || !strings.HasSuffix(strings.TrimSpace(text), "Керівник") {
		t.Errorf("%d rows", sum)
	}
}

// Numbers, days and states are not broken, though their shares are narrow; names are broken after a hyphen; and a text that is longer than a
// page runs over pages to its end, in a row that is counted once.
func TestARegisterKeepsItsWords(t *testing.T) {
	long := "30.11.2026, 14:05, Коваленко Оксана: " + strings.Repeat("слово виправлення ", 250) + "КІНЕЦЬ"
	number, state, name := "01-2026-000123", "зареєстровано", "Ґедзь-Надзвичайнодовгенко"
	r := paper.Register{
		Title: "Журнал", Made: made, Foot: func(page, rows, sum int) string { return fmt.Sprintf("разом=%d", sum) },
		Columns: []paper.Column{
			{Heading: "№ з/п", Share: 1, Whole: true},
			{Heading: "Номер справи", Share: 1, Whole: true},
			{Heading: "Стан", Share: 1, Whole: true},
			{Heading: "Хто", Share: 31},
			{Heading: "Примітки", Share: 40},
			{Heading: "Послуга", Share: 144},
		},
		Rows: [][]string{{"123456", number, state, name, "а", ""}, {"2", number, state, name, long, ""}, {"3", number, state, name, "б", ""}},
	}
	pdf, err := paper.PrintRegister(r)
	if err != nil {
		t.Fatal(err)
	}
	text := read(t, pdf)
	for word, want := range map[string]int{number: 3, state: 3, "123456": 1, "Надзвичайнодовгенко": 3, "виправлення": 250, "КІНЕЦЬ": 1, "…": 0} {
		if n := strings.Count(text, word); n != want {
			t.Errorf("%q stands there %d times, want %d", word, n, want)
		}
	}
	if sums := strings.Count(text, "разом=3"); sums != 1 || strings.Count(text, "разом=2") == 0 {
		t.Errorf("the sums of its pages: %q", text)
	}
}

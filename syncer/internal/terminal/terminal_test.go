package terminal

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the goldens")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s\nwant:\n%s", name, got, want)
	}
}

func TestNumbersForPeople(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 12345: "12,345", -1234567: "-1,234,567"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{
		0: "0 B", 1023: "1023 B", 1024: "1.0 kB", 3565158: "3.4 MB", 10 << 20: "10 MB", 1023 << 20: "1.0 GB", 8 << 30: "8.0 GB",
		-2048: "-2.0 kB", 1<<63 - 1: "8.0 EB",
	} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "0 ms", 340 * time.Millisecond: "340 ms", 999900 * time.Microsecond: "1.0 s", 4200 * time.Millisecond: "4.2 s",
		9990 * time.Millisecond: "10 s", 59600 * time.Millisecond: "1 min", 130 * time.Second: "2 min 10 s", 3 * time.Hour: "3 h",
		185 * time.Minute: "3 h 5 min", 52 * time.Hour: "2 d 4 h", -3 * time.Second: "-3.0 s",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%s) = %q, want %q", d, got, want)
		}
	}
}

// No line is wider than the terminal, and a hostile cell cannot move the cursor.
func TestTablesFit(t *testing.T) {
	columns := []Column{{Title: "TABLE", Cut: true}, {Title: "STATE"}, {Title: "ROWS", Right: true}, {Title: "NOTHING"}, {Title: "WHY", Wrap: true}}
	rows := [][]string{
		{"cases.stages", "ready", "12,345", "", "waits for nothing"},
		{"a_schema_with_a_long_name.a_table_with_an_even_longer_name_2026", "copying", "~3", "", strings.Repeat("a long reason ", 12)},
		{"звернення.справи", "rea\x1b[2Jdy", "1", "", "two\nlines\tand\u202e turned"},
	}
	for _, width := range []int{80, 120} {
		var b bytes.Buffer
		Table(Fixed(&b, width), columns, rows...)
		for l := range strings.SplitSeq(b.String(), "\n") {
			if length(l) > width || strings.ContainsAny(l, "\x1b\u202e") {
				t.Errorf("width %d: %q", width, l)
			}
		}
		golden(t, "table"+strconv.Itoa(width)+".txt", b.String())
	}
}

func TestProgressWithoutTerminalIsAFewLines(t *testing.T) {
	var b bytes.Buffer
	now := time.Unix(0, 0)
	p := newProgress(Fixed(&b, 80), "loading cases", 1000, func() time.Time { return now }).Of("rows")
	for i := range 100 {
		now = now.Add(100 * time.Millisecond)
		p.Set(int64(i+1) * 10)
	}
	p.Finish()
	p.Finish()
	want := "loading cases:   1%  10 of 1,000 rows  100/s  10 s left\n" +
		"loading cases:  51%  510 of 1,000 rows  100/s  4.9 s left\n" +
		"loading cases: 1,000 rows in 10 s\n"
	got := b.String()
	if strings.Count(got, "\n") > 4 || !strings.Contains(got, "loading cases: 1,000 rows in 10 s\n") || !strings.Contains(got, "of 1,000 rows  100/s") {
		t.Errorf("got\n%s\nwant something like\n%s", got, want)
	}
}

// A resumed load does not count what was there before into its rate.
func TestProgressRateIsOfThisRun(t *testing.T) {
	var b bytes.Buffer
	now := time.Unix(0, 0)
	p := newProgress(Fixed(&b, 80), "loading", 1000, func() time.Time { return now }).From(900)
	now = now.Add(10 * time.Second)
	p.Set(950)
	if got := b.String(); !strings.Contains(got, "5/s") || !strings.Contains(got, "10 s left") {
		t.Errorf("got %q", got)
	}
	var none *Progress
	none.Set(1)
	none.Add(1)
	none.Title("x")
	none.Finish()
}

func TestBarFitsItsLine(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{20, 40, 60, 80, 120} {
		now := time.Unix(0, 0)
		shown := &bytes.Buffer{}
		tty := &Terminal{w: shown, file: f, fixed: width}
		p := newProgress(tty, "loading cases.a_table_with_a_long_name", 5_000_000, func() time.Time { return now }).Of("rows")
		for _, done := range []int64{0, 1, 2_500_000, 5_000_000, 6_000_000} {
			now = now.Add(time.Second)
			p.Set(done)
		}
		p.Finish()
		for l := range strings.SplitSeq(shown.String(), "\r") {
			if length(strings.TrimSuffix(l, "\n")) >= width {
				t.Errorf("width %d: %d characters: %q", width, length(l), l)
			}
			if width >= 80 && strings.Contains(l, "2,500,000 of") && !strings.Contains(l, "####") {
				t.Errorf("width %d: no bar in %q", width, l)
			}
		}
	}
}

// A line of a log does not begin in the middle of a bar.
func TestTextGoesBetweenTheDrawingsOfABar(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	shown := &bytes.Buffer{}
	tty := &Terminal{w: shown, file: f, fixed: 80}
	now := time.Unix(0, 0)
	p := newProgress(tty, "loading", 0, func() time.Time { return now })
	p.Set(1)
	if _, err := tty.Write([]byte("a line\n")); err != nil {
		t.Fatal(err)
	}
	p.Finish()
	lines := strings.Split(shown.String(), "\n")
	if !strings.HasSuffix(lines[0], " \ra line") || lines[1] != "\rloading: 1 in 0 ms" {
		t.Errorf("got %q", lines)
	}
}

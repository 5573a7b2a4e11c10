// Package terminal is how the command line speaks to people: tables that fit, progress with rate and time
// left, and numbers as they are read. Into a file or a pipe it writes the same words without anything that
// moves or shines. It knows no databases. It may import golang.org/x/term and the standard library.
package terminal

import (
	"io"
	"os"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
)

// Width of what is not a terminal: wide enough for tables, narrow enough for a mail.
const plainWidth = 120

// Terminal is where text goes and what it can do. It may be written to by several goroutines.
type Terminal struct {
	file  *os.File // nil: not a terminal
	fixed int      // of Fixed
	shine bool

	mu    sync.Mutex
	w     io.Writer
	stays int // length of the line of a Progress that is to be drawn over
}

// New looks what w is. Only an *os.File can be a terminal; colours are left off when NO_COLOR is set or TERM is dumb.
func New(w io.Writer) *Terminal {
	if t, ok := w.(*Terminal); ok {
		return t
	}
	t := &Terminal{w: w}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		t.file = f
		t.shine = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return t
}

// Fixed is a plain writer of the given width.
func Fixed(w io.Writer, width int) *Terminal { return &Terminal{w: w, fixed: width} }

// Write puts text where a Progress may have left its line; that line gives way.
func (t *Terminal) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stays > 0 {
		if _, err := io.WriteString(t.w, "\r"+strings.Repeat(" ", t.stays)+"\r"); err != nil {
			return 0, err
		}
		t.stays = 0
	}
	return t.w.Write(text)
}

// draw replaces the line that stays; where nothing can be drawn over it adds one.
func (t *Terminal) draw(text string, last bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.IsTerminal() {
		_, _ = io.WriteString(t.w, text+"\n")
		return
	}
	if over := t.Width() - 1; length(text) > over {
		text = string([]rune(text)[:max(over, 0)])
	}
	line := "\r" + text + strings.Repeat(" ", max(t.stays-length(text), 0))
	t.stays = length(text)
	if last {
		line, t.stays = line+"\n", 0
	}
	_, _ = io.WriteString(t.w, line)
}

// IsTerminal reports whether a person looks at it: then lines may be drawn over.
func (t *Terminal) IsTerminal() bool { return t.file != nil }

// Width is how many characters a line holds.
func (t *Terminal) Width() int {
	width, _ := t.size()
	return width
}

// size returns columns and lines; lines is 0 where there is no end of the page.
func (t *Terminal) size() (columns, lines int) {
	if t.fixed > 0 {
		return t.fixed, 0
	}
	if t.file != nil {
		if columns, lines, err := term.GetSize(int(t.file.Fd())); err == nil && columns > 0 {
			return columns, lines
		}
		return 80, 24
	}
	return plainWidth, 0
}

// Good is green, where colours are seen.
func (t *Terminal) Good(s string) string { return t.paint("32", s) }

// Bad is red, likewise.
func (t *Terminal) Bad(s string) string { return t.paint("1;31", s) }

// Warn is yellow, likewise.
func (t *Terminal) Warn(s string) string { return t.paint("33", s) }

// Bold is for headings, likewise.
func (t *Terminal) Bold(s string) string { return t.paint("1", s) }

func (t *Terminal) paint(code, s string) string {
	if !t.shine {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// Clean makes text of others safe to show on one line: a server in the DMZ must not steer the operator's terminal.
func Clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, !unicode.IsPrint(r):
			return '?'
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// Wrap breaks text at spaces into lines of at most width characters; a word longer than that stands alone.
func Wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case length(line)+1+length(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

func length(s string) int { return utf8.RuneCountInString(s) }

// Onto is t's width and colours on another writer: a page that is made first and shown later.
func (t *Terminal) Onto(w io.Writer) *Terminal {
	return &Terminal{w: w, fixed: t.Width(), shine: t.shine}
}

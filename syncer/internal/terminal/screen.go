package terminal

import (
	"io"
	"strings"
)

// Screen shows one picture after another in the same place. Where nothing can be drawn over, the pictures
// follow each other with an empty line between them.
type Screen struct {
	t     *Terminal
	shown bool
}

// NewScreen draws on t.
func NewScreen(t *Terminal) *Screen { return &Screen{t: t} }

// Show replaces the picture. What does not fit the height of the terminal is counted, not shown.
func (s *Screen) Show(picture string) {
	if !s.t.IsTerminal() {
		if s.shown {
			picture = "\n" + picture
		}
		s.shown = true
		_, _ = io.WriteString(s.t, picture)
		return
	}
	lines := strings.Split(strings.TrimRight(picture, "\n"), "\n")
	if _, height := s.t.size(); height > 2 && len(lines) >= height {
		left := len(lines) - (height - 2)
		lines = append(lines[:height-2], "… "+Count(int64(left))+" more lines; without --watch all are printed")
	}
	clear := "\x1b[H"
	if !s.shown {
		clear = "\x1b[2J\x1b[H"
	}
	s.shown = true
	_, _ = io.WriteString(s.t, clear+strings.Join(lines, "\x1b[K\n")+"\x1b[K\n\x1b[J")
}

// Package progress shows how far a long work has come: on a terminal one line that is redrawn, with a bar,
// the rate and the time that remains; elsewhere one plain line when a stage ends. It may import shared/locale
// and the standard library.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"portal.example/shared/locale"
)

const (
	barWidth = 24
	redraw   = 100 * time.Millisecond
)

// Bar is the progress of one stage after another. A nil *Bar shows nothing.
type Bar struct {
	out      io.Writer
	terminal bool
	words    *locale.Printer
	now      func() time.Time

	stage   string
	total   int
	done    int
	started time.Time
	drawn   time.Time
	width   int
}

// New makes a bar on out; words has the keys import.stage.… and import.progress.….
func New(out io.Writer, terminal bool, words *locale.Printer, now func() time.Time) *Bar {
	return &Bar{out: out, terminal: terminal, words: words, now: now}
}

// Terminal says whether f is a terminal that can redraw a line.
func Terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// Stage ends the stage before and begins one of total steps.
func (b *Bar) Stage(name string, total int) {
	if b == nil {
		return
	}
	b.End()
	b.stage, b.total, b.done, b.started, b.drawn = name, total, 0, b.now(), time.Time{}
	b.draw()
}

// Add counts n steps more.
func (b *Bar) Add(n int) {
	if b == nil {
		return
	}
	b.done += n
	b.draw()
}

// End finishes the current stage and leaves its line standing.
func (b *Bar) End() {
	if b == nil || b.stage == "" {
		return
	}
	line := b.words.T("import.progress.ended", b.words.T("import.stage."+b.stage), b.done, seconds(b.words, b.now().Sub(b.started)))
	b.put(line)
	fmt.Fprintln(b.out)
	b.stage, b.width = "", 0
}

// Abort ends the stage without calling it finished.
func (b *Bar) Abort() {
	if b == nil || b.stage == "" {
		return
	}
	if b.terminal {
		fmt.Fprintln(b.out)
	}
	b.stage, b.width = "", 0
}

func (b *Bar) draw() {
	now := b.now()
	if !b.terminal || now.Sub(b.drawn) < redraw {
		return
	}
	b.drawn = now
	filled := barWidth
	if b.total > 0 {
		filled = min(barWidth, b.done*barWidth/b.total)
	}
	bar := strings.Repeat("█", filled) + strings.Repeat("░", barWidth-filled)
	line := fmt.Sprintf("%s %s %s/%s", b.words.T("import.stage."+b.stage), bar, b.words.Value(b.done), b.words.Value(b.total))
	if rate, left, known := b.estimate(now); known {
		line += "  " + b.words.T("import.progress.rate", rate, seconds(b.words, left))
	}
	b.put(line)
}

// estimate is the rate in steps a second and the time that remains at this rate.
func (b *Bar) estimate(now time.Time) (rate int, left time.Duration, known bool) {
	spent := now.Sub(b.started)
	if b.done == 0 || spent < redraw {
		return 0, 0, false
	}
	perSecond := float64(b.done) / spent.Seconds()
	return int(perSecond), time.Duration(float64(max(0, b.total-b.done)) / perSecond * float64(time.Second)), true
}

func seconds(p *locale.Printer, d time.Duration) string {
	if d >= time.Minute {
		return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
	}
	return p.T("import.progress.seconds", p.Decimal(d.Seconds(), 1))
}

// put writes the line over the one that stands there.
func (b *Bar) put(line string) {
	if !b.terminal {
		fmt.Fprint(b.out, line)
		return
	}
	n := len([]rune(line))
	fmt.Fprintf(b.out, "\r%s%s", line, strings.Repeat(" ", max(0, b.width-n)))
	b.width = n
}

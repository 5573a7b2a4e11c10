package terminal

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// How often a line is drawn over on a terminal, and how often one is added where nothing can be drawn over.
const (
	drawEvery  = 100 * time.Millisecond
	plainEvery = 5 * time.Second
	// rateOver is how far back the rate looks: long enough to be calm, short enough to be true now.
	rateOver = 10 * time.Second
)

// Progress is work of which the end is known. A nil Progress shows nothing, which is what --json and --quiet
// want; all methods may be called from several goroutines.
type Progress struct {
	t       *Terminal
	number  func(int64) string
	unit    string
	now     func() time.Time
	mu      sync.Mutex
	title   string
	done    int64
	total   int64 // 0: not known yet
	began   time.Time
	drawn   time.Time
	ended   bool
	samples []sample
}

type sample struct {
	at   time.Time
	done int64
}

// NewProgress shows how far title is. total 0 is a total that is not known yet; see Total.
func NewProgress(w io.Writer, title string, total int64) *Progress {
	return newProgress(New(w), title, total, time.Now)
}

func newProgress(t *Terminal, title string, total int64, now func() time.Time) *Progress {
	began := now()
	return &Progress{
		t: t, number: Count, now: now, title: title, total: total, began: began, drawn: began.Add(-drawEvery),
		samples: []sample{{began, 0}},
	}
}

// Bytes says that bytes are counted, not things.
func (p *Progress) Bytes() *Progress {
	if p != nil {
		p.number, p.unit = Bytes, ""
	}
	return p
}

// Of names what is counted, for example rows.
func (p *Progress) Of(unit string) *Progress {
	if p != nil {
		p.number, p.unit = Count, " "+unit
	}
	return p
}

// From says that done was there before: it belongs to no rate.
func (p *Progress) From(done int64) *Progress {
	if p != nil {
		p.done = done
		p.samples[0].done = done
	}
	return p
}

// Title changes what is worked on.
func (p *Progress) Title(title string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.title = title
}

// Total corrects the end when it is known better.
func (p *Progress) Total(total int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total = total
}

// Set says how much is done in all.
func (p *Progress) Set(done int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set(done)
}

// Add says how much more is done.
func (p *Progress) Add(n int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set(p.done + n)
}

func (p *Progress) set(done int64) {
	p.done = done
	now := p.now()
	every := plainEvery
	if p.t.IsTerminal() {
		every = drawEvery
	}
	if p.ended || now.Sub(p.drawn) < every {
		return
	}
	p.sample(now)
	p.t.draw(p.line(now), false)
	p.drawn = now
}

// sample remembers where things stood, and forgets what is older than the rate looks back.
func (p *Progress) sample(now time.Time) {
	p.samples = append(p.samples, sample{now, p.done})
	for len(p.samples) > 2 && now.Sub(p.samples[1].at) >= rateOver {
		p.samples = p.samples[1:]
	}
}

// Finish ends the line with what was done and how long it took. A second call does nothing.
func (p *Progress) Finish() { p.end("in") }

// Stop ends the line of work that was not brought to its end.
func (p *Progress) Stop() { p.end("stopped after") }

func (p *Progress) end(how string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.ended = true
	took := p.now().Sub(p.began)
	text := fmt.Sprintf("%s: %s%s %s %s", p.title, p.number(p.done), p.unit, how, Duration(took))
	if rate := float64(p.done-p.samples[0].done) / took.Seconds(); how == "in" && took > time.Second && len(p.samples) == 1 {
		text += ", " + p.number(int64(rate)) + "/s"
	}
	p.t.draw(text, true)
}

// rate is what was done in a second lately.
func (p *Progress) rate(now time.Time) float64 {
	first := p.samples[0]
	if took := now.Sub(first.at).Seconds(); took > 0 {
		return float64(p.done-first.done) / took
	}
	return 0
}

const (
	barWidth = 24
	barLeast = 8
)

// line is the title, a bar, how much of how much, the rate and the time left: as much of it as fits.
func (p *Progress) line(now time.Time) string {
	title, text := Clean(p.title), p.numbers(now, true)
	if !p.t.IsTerminal() || p.total <= 0 {
		return title + ": " + p.percent() + text
	}
	room := p.t.Width() - 1 - len("[] 100%") - 2*len(gap)
	if room-length(text) < narrowed+barLeast {
		text = p.numbers(now, false)
	}
	room -= length(text)
	title = Cut(title, max(room-barWidth, narrowed))
	bar := min(room-length(title), barWidth)
	if bar < barLeast {
		return title + gap + p.percent() + text
	}
	return title + gap + Bar(p.done, p.total, bar) + " " + p.percent() + text
}

// Bar draws how much of total is done, width characters between its brackets.
func Bar(done, total int64, width int) string {
	full := 0
	if total > 0 {
		full = int(float64(width) * float64(min(max(done, 0), total)) / float64(total))
	}
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", width-full) + "]"
}

// numbers are what stands after the bar; the total may be left out, as the bar shows the part.
func (p *Progress) numbers(now time.Time, total bool) string {
	parts := []string{p.number(p.done) + p.unit}
	if p.total > 0 && total {
		parts[0] = p.number(p.done) + " of " + p.number(p.total) + p.unit
	}
	if rate := p.rate(now); rate > 0 {
		parts = append(parts, p.number(int64(rate))+"/s")
		if left := float64(p.total-p.done) / rate; p.total > p.done && left < farOff.Seconds() {
			parts = append(parts, seconds(left)+" left")
		}
	}
	return strings.Join(parts, gap)
}

// farOff is a time left that says nothing but that the rate is nearly nothing.
const farOff = 100 * 24 * time.Hour

// seconds is a guess, so it has no fractions.
func seconds(left float64) string {
	if left < 10 {
		return fmt.Sprintf("%.0f s", left)
	}
	return Duration(time.Duration(left * float64(time.Second)))
}

func (p *Progress) percent() string {
	if p.total <= 0 {
		return ""
	}
	return fmt.Sprintf("%3d%%%s", 100*min(p.done, p.total)/p.total, gap)
}

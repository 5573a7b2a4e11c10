package desk

import (
	"fmt"
	"io"
	"slices"
	"time"

	"portal.example/scripts/internal/stats"
)

// The goals, in milliseconds and as a factor.
const (
	goalMedian = 100.0
	goalP99    = 300.0
	goalGrowth = 1.3
	goalRate   = 100.0 // registrations a second
)

// Report is what a run found.
type Report struct {
	Cases        []int         `json:"cases"`
	People       int           `json:"people"`
	Migrated     []float64     `json:"migrated_s"` // how long this release's migrations took
	Kinds        []Measured    `json:"kinds"`
	Registration *Registration `json:"registration,omitempty"`
	Failed       []error       `json:"-"`
	Failures     int           `json:"failures"`
}

// Measured is one kind of page in both regions; times are milliseconds.
type Measured struct {
	Name        string  `json:"name"`
	Asked       int     `json:"asked"`
	SmallMedian float64 `json:"small_median_ms"`
	Median      float64 `json:"median_ms"`
	P99         float64 `json:"p99_ms"`
	Growth      float64 `json:"growth"`
}

func (r *Report) fill(small, large map[string][]time.Duration) {
	r.Failures = len(r.Failed)
	for _, k := range kinds {
		if len(large[k.name]) == 0 {
			continue
		}
		slices.Sort(large[k.name])
		slices.Sort(small[k.name])
		m := Measured{Name: k.name, Asked: len(large[k.name]), Median: ms(stats.Percentile(large[k.name], 50)), P99: ms(stats.Percentile(large[k.name], 99))}
		if len(small[k.name]) > 0 {
			m.SmallMedian = ms(stats.Percentile(small[k.name], 50))
			m.Growth = m.Median / m.SmallMedian
		}
		r.Kinds = append(r.Kinds, m)
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// Print says of each goal whether it is reached.
func (r *Report) Print(w io.Writer) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }
	p("%d people at work; %d and %d cases, one region after the other. Times in milliseconds.\n\n", r.People, r.Cases[0], r.Cases[1])
	p("%-28s %6s %9s %9s %9s %7s\n", "", "asked", "small", "median", "99th", "growth")
	medians, tails, growths := 0, 0, 0
	for _, m := range r.Kinds {
		p("%-28s %6d %9.1f %9.1f %9.1f %7.2f  %s\n", m.Name, m.Asked, m.SmallMedian, m.Median, m.P99, m.Growth, missed(m))
		medians, tails, growths = medians+count(m.Median > goalMedian), tails+count(m.P99 > goalP99), growths+count(m.Growth > goalGrowth)
	}
	p("\n")
	p("median at most %.0f ms: %s\n", goalMedian, verdict(medians))
	p("99th percentile at most %.0f ms: %s\n", goalP99, verdict(tails))
	p("growth at most %.1f: %s\n", goalGrowth, verdict(growths))
	if g := r.Registration; g != nil {
		p("%d clerks registered %d visitors, %.1f a second (goal %.0f: %s); numbers missing or double: %d\n",
			g.Clerks, g.Number, g.PerSecond, goalRate, verdict(count(g.PerSecond < goalRate)), g.Wrong)
	}
	for i, s := range r.Migrated {
		p("migrations of the region of %d cases: %.1f s\n", r.Cases[i], s)
	}
	for i, err := range r.Failed {
		if i == 5 {
			p("and %d more failed\n", len(r.Failed)-i)
			break
		}
		p("failed: %v\n", err)
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func verdict(missed int) string {
	if missed == 0 {
		return "reached"
	}
	return fmt.Sprintf("missed by %d", missed)
}

func missed(m Measured) (marks string) {
	if m.Median > goalMedian {
		marks += " median"
	}
	if m.P99 > goalP99 {
		marks += " 99th"
	}
	if m.Growth > goalGrowth {
		marks += " growth"
	}
	return marks
}

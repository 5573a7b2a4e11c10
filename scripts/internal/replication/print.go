package replication

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"portal.example/scripts/internal/stats"
)

// Print is the report for people.
func (r *Report) Print(w io.Writer) {
	m := r.Machine
	fmt.Fprintf(w, "Replication on this machine: %d CPUs, PostgreSQL %s, load average %.1f before and %.1f after; %d rounds, %.0f s.\n",
		m.CPUs, m.PostgreSQL, m.LoadBefore, m.LoadAfter, r.Rounds, r.Took)
	fmt.Fprintln(w, "Medians of all rounds, single rounds in brackets; both servers and the load run here as well.")
	if r.Quick {
		fmt.Fprintln(w, "A QUICK RUN, with a tenth of the data: it shows that everything works, its numbers say little.")
	}
	for _, s := range r.Sections {
		s.print(w)
	}
}

func (s *Section) print(w io.Writer) {
	fmt.Fprintf(w, "\n%s\n", strings.ToUpper(s.Title[:1])+s.Title[1:])
	for _, note := range s.Notes {
		fmt.Fprintf(w, "  (%s)\n", note)
	}
	for _, l := range s.Lines {
		l.print(w)
	}
	if d := s.disturbance(); d != "" {
		fmt.Fprintf(w, "  (%s)\n", d)
	}
	for _, v := range s.Verdicts {
		v.print(w)
	}
}

func (l *Line) print(w io.Writer) {
	label := l.Who
	if l.What != "" {
		label += ", " + l.What
	}
	fmt.Fprintf(w, "  %-46s %9s %-3s  (%s)\n", label, number(l.Median, l.Unit), l.Unit, numbers(l.Values, l.Unit))
	if cost := l.cost(); cost != "" {
		fmt.Fprintf(w, "      %s\n", cost)
	}
}

// worthPrinting is the least share of CPU, in seconds, that is told to people.
const worthPrinting = 0.05

// cost is what it took, the busiest first.
func (l *Line) cost() string {
	medians := map[string]float64{}
	for kind, values := range l.CPU {
		medians[kind] = stats.Median(values)
	}
	kinds := slices.SortedFunc(maps.Keys(medians), func(a, b string) int {
		return cmp.Or(cmp.Compare(medians[b], medians[a]), cmp.Compare(a, b))
	})
	var parts []string
	sum := 0.0
	for _, kind := range kinds {
		if kind != benchKind {
			sum += medians[kind]
		}
		if medians[kind] >= worthPrinting {
			parts = append(parts, fmt.Sprintf("%s %.2f", kind, medians[kind]))
		}
	}
	text := strings.Join(parts, ", ")
	if text != "" {
		text = fmt.Sprintf("CPU seconds: %.2f without bench: %s", sum, text)
	}
	if len(l.PeakMiB) > 0 {
		text = strings.TrimPrefix(text+fmt.Sprintf("; syncer's memory %.0f MiB", slices.Max(l.PeakMiB)), "; ")
	}
	return text
}

func (v Verdict) print(w io.Writer) {
	word, bound := "MISSED ", "at most"
	if v.Reached {
		word = "reached"
	}
	if v.AtLeast {
		bound = "at least"
	}
	fmt.Fprintf(w, "  %s  %-45s %s %s (%s %s)\n", word, v.What, number(v.Measured, v.Unit), v.Unit, bound, number(v.Limit, v.Unit))
}

func numbers(values []float64, unit string) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = number(v, unit)
	}
	return strings.Join(parts, " ")
}

func number(v float64, unit string) string {
	if unit == "MiB" || unit == "µs" {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

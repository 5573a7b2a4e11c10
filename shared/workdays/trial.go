package workdays

import "time"

// Leg is a stage of a way: how many days it takes, and which of the legs before it, by index, it waits for.
type Leg struct {
	Span
	After []int
}

// Trial is how a way of stages ends that begins on the day on which it ends worst: each stage on its last day, and those that
// waited for it on the same day.
type Trial struct {
	Start time.Time
	End   time.Time // the last day of the stage that ends last
	Due   time.Time // the last day of the whole term
	Over  int       // days by which the way ends after it; 0 or less: in time
}

// Late says whether the way can end after the term.
func (t Trial) Late() bool { return t.Over > 0 }

// Try begins a way of stages on every one of so many days from the date of a moment on, and returns how it ends on the worst
// of them, the earliest where several are as bad.
func (c Calendar) Try(from time.Time, begins int, legs []Leg, term Span) Trial {
	var worst Trial
	for i := range begins {
		start := DateOf(from).AddDate(0, 0, i)
		end := c.endOf(start, legs)
		due := c.Deadline(start, term, start).Due
		if over := int(end.Sub(due).Hours() / 24); i == 0 || over > worst.Over {
			worst = Trial{Start: start, End: end, Due: due, Over: over}
		}
	}
	return worst
}

// endOf is the last day of the leg that ends last.
func (c Calendar) endOf(start time.Time, legs []Leg) time.Time {
	last, ends := start, make([]time.Time, len(legs))
	for i, leg := range legs {
		begins := start
		for _, before := range leg.After {
			if ends[before].After(begins) {
				begins = ends[before]
			}
		}
		if ends[i] = c.Deadline(begins, leg.Span, begins).Due; ends[i].After(last) {
			last = ends[i]
		}
	}
	return last
}

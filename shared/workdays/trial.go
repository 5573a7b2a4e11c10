package workdays

import "time"

// Trial is how a way of stages ends that begins on the day on which it ends worst: each stage on its last day, and the next
// one on the same day.
type Trial struct {
	Start time.Time
	End   time.Time // the last day of the last stage
	Due   time.Time // the last day of the whole term
	Over  int       // days by which the way ends after it; 0 or less: in time
}

// Late says whether the way can end after the term.
func (t Trial) Late() bool { return t.Over > 0 }

// Try begins a way of stages on every one of so many days from the date of a moment on, and returns how it ends on the worst
// of them, the earliest where several are as bad.
func (c Calendar) Try(from time.Time, begins int, stages []int, term int) Trial {
	var worst Trial
	for i := range begins {
		start := DateOf(from).AddDate(0, 0, i)
		end := start
		for _, days := range stages {
			end = c.Deadline(end, days, end).Due
		}
		due := c.Deadline(start, term, start).Due
		if over := int(end.Sub(due).Hours() / 24); i == 0 || over > worst.Over {
			worst = Trial{Start: start, End: end, Due: due, Over: over}
		}
	}
	return worst
}

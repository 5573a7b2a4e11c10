package statistics

import (
	"maps"
	"slices"
	"time"
)

// FewCases is of how many cases at least a median is said. Of fewer it would be the days of one or two cases that somebody knows, and says
// little of the others; how many there are is said, and their list can be opened.
const FewCases = 5

// FewForNinety is of how many cases at least the ninetieth percentile is said: of fewer it is the longest one.
const FewForNinety = 10

// Histogram is how many cases took how many days.
type Histogram map[int]int

// Total is how many cases there are.
func (h Histogram) Total() (n int) {
	for _, count := range h {
		n += count
	}
	return n
}

// Sum is how many days all cases took together.
func (h Histogram) Sum() (days int) {
	for d, count := range h {
		days += d * count
	}
	return days
}

// add adds the cases of another.
func (h Histogram) add(other Histogram) {
	for days, n := range other {
		h[days] += n
	}
}

// Within returns in how many days the given share of all cases was done, in hundredths: the least number of days that as many took or fewer.
func (h Histogram) Within(percent int) (days int) {
	need, seen := h.Total()*percent, 0
	for _, days = range slices.Sorted(maps.Keys(h)) {
		if seen += h[days] * 100; seen >= need {
			return days
		}
	}
	return days
}

// Median is the number of days that half of the cases took or fewer; ok is false of too few cases.
func (h Histogram) Median() (days int, ok bool) {
	if h.Total() < FewCases {
		return 0, false
	}
	return h.Within(50), true
}

// Ninety is the number of days that nine cases of ten took or fewer; ok is false of too few cases.
func (h Histogram) Ninety() (days int, ok bool) {
	if h.Total() < FewForNinety {
		return 0, false
	}
	return h.Within(90), true
}

// Sum is the figures of several lines together.
func Sum(list []Figures) Figures {
	sum := Figures{Took: Histogram{}, Handed: Histogram{}, Stood: Histogram{}}
	for _, f := range list {
		sum.Decided += f.Decided
		sum.Late += f.Late
		sum.Withdrawn += f.Withdrawn
		sum.Took.add(f.Took)
		sum.Handed.add(f.Handed)
		sum.Stood.add(f.Stood)
	}
	return sum
}

// Before is the question about the period that a question is compared with. Of whole months the period before has as many months; of other
// days as many days just before. The year before has the same days of the calendar, the last of February for the 29th.
func (q Question) Before(with Compared) Question {
	months := q.months()
	switch {
	case with == WithYear:
		q.To = yearBefore(q.To, months > 0)
		q.From = yearBefore(q.From, false)
	case months > 0:
		q.From, q.To = q.From.AddDate(0, -months, 0), q.From.AddDate(0, 0, -1)
	default:
		days := int(q.To.Sub(q.From).Hours()/24) + 1
		q.From, q.To = q.From.AddDate(0, 0, -days), q.From.AddDate(0, 0, -1)
	}
	return q
}

// months is how many months the period is; 0 when it is not whole ones.
func (q Question) months() int {
	next := q.To.AddDate(0, 0, 1)
	if q.From.Day() != 1 || next.Day() != 1 {
		return 0
	}
	return (next.Year()-q.From.Year())*12 + int(next.Month()) - int(q.From.Month())
}

// yearBefore is the same day of the year before; with last the last one of its month.
func yearBefore(day time.Time, last bool) time.Time {
	first := time.Date(day.Year()-1, day.Month(), 1, 0, 0, 0, 0, time.UTC)
	end := first.AddDate(0, 1, -1)
	if last || day.Day() > end.Day() {
		return end
	}
	return first.AddDate(0, 0, day.Day()-1)
}

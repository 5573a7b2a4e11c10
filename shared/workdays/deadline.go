package workdays

import "time"

// Rule says how the days of a term are counted.
type Rule string

// The rules, by the law on administrative procedure, article 42.
const (
	AtOnce       Rule = "at_once"       // no days: the same day
	WorkingDays  Rule = "working_days"  // fewer than ten days
	CalendarDays Rule = "calendar_days" // ten days and more
	Unstated     Rule = "unstated"      // no term is stated: at most thirty calendar days
)

// UnstatedDays is the longest term where none is stated.
const UnstatedDays = 30

// longTerm is the number of days from which a term runs in calendar days.
const longTerm = 10

// maxDays keeps a mistyped term from counting for centuries.
const maxDays = 3660

// RuleFor returns the rule by which a term of so many days is counted; a negative number is a term that
// is not stated.
func RuleFor(days int) Rule {
	switch {
	case days < 0:
		return Unstated
	case days == 0:
		return AtOnce
	case days < longTerm:
		return WorkingDays
	}
	return CalendarDays
}

// Pause is a time in which the work was suspended. The day of the suspension still counts, the day on
// which the work was resumed no longer stands still from the next day on.
type Pause struct {
	From, To time.Time // moments; a zero To means that it still lasts
	Reason   string
}

// Deadline is the last day of a term together with what it follows from.
type Deadline struct {
	Start   time.Time // date of the event; day 1 is the next date
	Days    int       // the term
	Rule    Rule
	Due     time.Time // the last day
	Counted time.Time // the last day before it was moved to a working day; equal to Due when it was not
	DaysOff []Day     // days off that did not count, or over which the last day was moved
	Pauses  []Pause   // those that moved it
	Paused  int       // days that stood still
	Left    int       // days of the term that were left when a pause began that still lasts
}

// Moved says whether the last day fell on a day off and was moved to the next working day.
func (d Deadline) Moved() bool { return !d.Due.Equal(d.Counted) }

// Overdue says whether the deadline has passed at the moment now.
func (d Deadline) Overdue(now time.Time) bool { return DateOf(now).After(d.Due) }

// Standing says since when the work stands still; ok is false when it goes on.
func (d Deadline) Standing() (since time.Time, ok bool) {
	for _, p := range d.Pauses {
		if p.To.IsZero() {
			return DateOf(p.From), true
		}
	}
	return time.Time{}, false
}

// Deadline counts a term of days from the date of the moment start, leaving out the pauses. A pause that still lasts stands
// still up to the date of now, so that Due is the last day if the work is resumed now. What was in time when its last day
// was paused is in time on the day on which the work is resumed; what was late before stays late.
func (c Calendar) Deadline(start time.Time, days int, now time.Time, pauses ...Pause) Deadline {
	d := Deadline{Start: DateOf(start), Days: min(days, maxDays), Rule: RuleFor(days)}
	if d.Rule == Unstated {
		d.Days = UnstatedDays
	}
	day, used := d.Start, map[int]bool{}
	for left := d.Days; left > 0; {
		day = day.AddDate(0, 0, 1)
		if i := pausedBy(day, pauses, now); i >= 0 {
			d.Paused++
			used[i] = true
			continue
		}
		if d.Rule == WorkingDays && !c.Working(day) {
			d.DaysOff = append(d.DaysOff, c.off(day))
			if len(d.DaysOff) > maxDays {
				break
			}
			continue
		}
		left--
		if last := len(pauses) - 1; last >= 0 && pauses[last].To.IsZero() && day.After(DateOf(pauses[last].From)) {
			d.Left++
		}
	}
	c.settle(&d, c.pauseOnLastDay(&d, day, pauses, used, now))
	for i, p := range pauses {
		if used[i] {
			d.Pauses = append(d.Pauses, p)
		}
	}
	return d
}

// pauseOnLastDay moves the last day of a term to the day on which the work was resumed, if it stood still on the last day.
func (c Calendar) pauseOnLastDay(d *Deadline, last time.Time, pauses []Pause, used map[int]bool, now time.Time) time.Time {
	for i, p := range pauses {
		from, to := DateOf(p.From), DateOf(p.To)
		if p.To.IsZero() {
			to = DateOf(now)
			used[i] = true
		}
		if from.Before(last) || from.After(c.Next(last)) || !to.After(c.Next(last)) {
			continue
		}
		d.Paused += int(to.Sub(last).Hours() / 24)
		used[i] = true
		last = to
	}
	return last
}

// settle moves the last day to a working day and notes the days off on the way.
func (c Calendar) settle(d *Deadline, last time.Time) {
	d.Counted, d.Due = last, c.Next(last)
	for day := last; day.Before(d.Due); day = day.AddDate(0, 0, 1) {
		d.DaysOff = append(d.DaysOff, c.off(day))
	}
}

// pausedBy returns which pause the date stands still in, or -1.
func pausedBy(date time.Time, pauses []Pause, now time.Time) int {
	for i, p := range pauses {
		to := p.To
		if to.IsZero() {
			to = now
		}
		if DateOf(p.From).Before(date) && !date.After(DateOf(to)) {
			return i
		}
	}
	return -1
}

// off describes a day off; weekends have no name.
func (c Calendar) off(date time.Time) Day {
	if d, ok := c.days[date]; ok {
		return d
	}
	return Day{Date: date}
}

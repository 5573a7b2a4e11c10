package workdays

import "time"

// Unit is the kind of days that a term names.
type Unit string

// The units. The zero value is for terms that name none: the law says it by their length.
const (
	ByLength   Unit = ""
	InWorking  Unit = "working"
	InCalendar Unit = "calendar"
)

// Units lists them.
var Units = []Unit{ByLength, InWorking, InCalendar}

// Span is so many days of one kind.
type Span struct {
	Days int // below nought: not stated
	In   Unit
}

// Days is a span that names no unit.
func Days(n int) Span { return Span{Days: n} }

// Rule says how the days of a term are counted.
type Rule string

// The rules. What a term does not say follows from the law on administrative procedure, article 42.
const (
	AtOnce       Rule = "at_once"       // no days: the same day
	WorkingDays  Rule = "working_days"  // named so, or fewer than ten days
	CalendarDays Rule = "calendar_days" // named so, or ten days and more
	Unstated     Rule = "unstated"      // no term is stated: at most thirty calendar days
)

// UnstatedDays is the longest term where none is stated.
const UnstatedDays = 30

// longTerm is the number of days from which a term that names no unit runs in calendar days.
const longTerm = 10

// maxDays keeps a mistyped term from counting for centuries.
const maxDays = 3660

// Rule returns the rule by which the days of the span are counted.
func (s Span) Rule() Rule {
	switch {
	case s.Days < 0:
		return Unstated
	case s.Days == 0:
		return AtOnce
	case s.In == InWorking || s.In == ByLength && s.Days < longTerm:
		return WorkingDays
	}
	return CalendarDays
}

// Unit is the unit in which the span is counted, also when it names none.
func (s Span) Unit() Unit {
	if s.In == ByLength {
		if s.Days >= 0 && s.Days < longTerm {
			return InWorking
		}
		return InCalendar
	}
	return s.In
}

// length is how many days are counted.
func (s Span) length() int {
	if s.Days < 0 {
		return UnstatedDays
	}
	return min(s.Days, maxDays)
}

// Pause is a time in which the work was suspended. The day of the suspension still counts, the day on
// which the work was resumed no longer stands still from the next day on.
type Pause struct {
	From, To time.Time // moments; a zero To means that it still lasts
	Reason   string
}

// Deadline is the last day of a term together with what it follows from.
type Deadline struct {
	Start    time.Time // date of the event; day 1 is the next date
	Days     int       // the term, without its extensions
	Rule     Rule
	Extended []Span    // by which the term was extended
	Due      time.Time // the last day
	Counted  time.Time // the last day before it was moved to a working day; equal to Due when it was not
	DaysOff  []Day     // days off that did not count, or over which a last day was moved
	Pauses   []Pause   // those that moved it
	Paused   int       // days that stood still
	Left     []Span    // days that were left when a pause began that still lasts, by their kind; empty: none
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

// Deadline counts a term from the date of the moment start, leaving out the pauses. A pause that still lasts stands
// still up to the date of now, so that Due is the last day if the work is resumed now. What was in time when its last day
// was paused is in time on the day on which the work is resumed; what was late before stays late.
func (c Calendar) Deadline(start time.Time, term Span, now time.Time, pauses ...Pause) Deadline {
	return c.Extended(start, term, nil, now, pauses...)
}

// Extended is Deadline for a term that was extended. The first day of an extension is the one after the last day of what it
// extends, so an extension moves the last day also where that was moved to a working day.
func (c Calendar) Extended(start time.Time, term Span, more []Span, now time.Time, pauses ...Pause) Deadline {
	d := Deadline{Start: DateOf(start), Days: term.length(), Rule: term.Rule(), Extended: more}
	w := count{Calendar: c, Deadline: &d, now: now, pauses: pauses, used: map[int]bool{}}
	day := w.pass(d.Start, term)
	for _, s := range more {
		c.settle(&d, day)
		day = w.pass(d.Due, s)
	}
	c.settle(&d, w.pauseOnLastDay(day))
	for i, p := range pauses {
		if w.used[i] {
			d.Pauses = append(d.Pauses, p)
		}
	}
	return d
}

// count is a deadline while it is counted.
type count struct {
	Calendar
	*Deadline
	now    time.Time
	pauses []Pause
	used   map[int]bool // which of the pauses moved the last day
}

// pass goes from one date over the days of a span, and returns the last of them.
func (c *count) pass(day time.Time, s Span) time.Time {
	rule, left := s.Rule(), s.length()
	for off := 0; left > 0 && off <= maxDays; {
		day = day.AddDate(0, 0, 1)
		if i := pausedBy(day, c.pauses, c.now); i >= 0 {
			c.Paused++
			c.used[i] = true
			continue
		}
		if rule == WorkingDays && !c.Working(day) {
			c.DaysOff = append(c.DaysOff, c.off(day))
			off++
			continue
		}
		left--
		if since, ok := c.standing(); ok && day.After(since) {
			c.leave(s.Unit())
		}
	}
	return day
}

// standing is since when a pause lasts, if one still does.
func (c *count) standing() (since time.Time, ok bool) {
	if last := len(c.pauses) - 1; last >= 0 && c.pauses[last].To.IsZero() {
		return DateOf(c.pauses[last].From), true
	}
	return time.Time{}, false
}

// leave counts one more day that is left.
func (c *count) leave(in Unit) {
	if last := len(c.Left) - 1; last >= 0 && c.Left[last].In == in {
		c.Left[last].Days++
		return
	}
	c.Left = append(c.Left, Span{Days: 1, In: in})
}

// pauseOnLastDay moves the last day of a term to the day on which the work was resumed, if it stood still on the last day.
func (c *count) pauseOnLastDay(last time.Time) time.Time {
	for i, p := range c.pauses {
		from, to := DateOf(p.From), DateOf(p.To)
		if p.To.IsZero() {
			to = DateOf(c.now)
			c.used[i] = true
		}
		if from.Before(last) || from.After(c.Next(last)) || !to.After(c.Next(last)) {
			continue
		}
		c.Paused += int(to.Sub(last).Hours() / 24)
		c.used[i] = true
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

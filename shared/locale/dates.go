package locale

import (
	"strconv"
	"time"
)

// Date writes a day in words: 22 листопада 2026 року; 22 November 2026.
func (p *Printer) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(Kyiv())
	month := p.T("locale.month." + strconv.Itoa(int(t.Month())))
	return p.T("locale.date", strconv.Itoa(t.Day()), month, strconv.Itoa(t.Year()))
}

// DateShort writes a day briefly, for tables: 22.11.2026; 22 Nov 2026, since in English 10.06 may be either month.
func (p *Printer) DateShort(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if p.lang == EN {
		return t.In(Kyiv()).Format("2 Jan 2006")
	}
	return t.In(Kyiv()).Format("02.01.2006")
}

// Clock writes the time of day: 09:05.
func (p *Printer) Clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Kyiv()).Format("15:04")
}

// DateTime writes a moment in words: 22 листопада 2026 року, 14:05.
func (p *Printer) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.Date(t) + ", " + p.Clock(t)
}

// DateTimeShort writes a moment briefly: 22.11.2026, 14:05; 22 Nov 2026, 14:05.
func (p *Printer) DateTimeShort(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.DateShort(t) + ", " + p.Clock(t)
}

// Weekday names the day of the week: понеділок; Monday.
func (p *Printer) Weekday(d time.Weekday) string {
	return p.T("locale.weekday." + strconv.Itoa(int(d)))
}

// Ago says how long before now t was: щойно, 3 секунди тому, 2 години тому; older than a week, the date.
// A t in the future (clocks differ) counts as now.
func (p *Printer) Ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case d < time.Second:
		return p.T("locale.just_now")
	case d < time.Minute:
		return p.T("locale.seconds_ago", int(d/time.Second))
	case d < time.Hour:
		return p.T("locale.minutes_ago", int(d/time.Minute))
	case d < 24*time.Hour:
		return p.T("locale.hours_ago", int(d/time.Hour))
	case d < 7*24*time.Hour:
		return p.T("locale.days_ago", int(d/(24*time.Hour)))
	}
	return p.DateTime(t)
}

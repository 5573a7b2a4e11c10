package workdays_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

func date(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

// at is a moment of that date in Kyiv.
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, locale.Kyiv())
	if err != nil {
		panic(err)
	}
	return t
}

// 24 August 2026 is a Monday off here; Saturday 5 December 2026 is worked instead of Monday the 7th.
var calendar = workdays.NewCalendar([]workdays.Day{
	{Date: date("2026-08-24"), Working: false, Name: "День Незалежності"},
	{Date: date("2026-12-05"), Working: true},
	{Date: date("2026-12-07"), Working: false},
})

func TestDeadline(t *testing.T) {
	for name, tt := range map[string]struct {
		start  time.Time
		days   int
		in     workdays.Unit
		pauses []workdays.Pause
		due    string
		rule   workdays.Rule
		off    int
		paused int
		moved  bool
	}{
		"at once":                                  {start: at("2026-11-18 12:00"), days: 0, due: "2026-11-18", rule: workdays.AtOnce},
		"at once on a Sunday":                      {start: at("2026-11-22 12:00"), days: 0, due: "2026-11-23", rule: workdays.AtOnce, off: 1, moved: true},
		"one day is the next":                      {start: at("2026-11-18 09:00"), days: 1, due: "2026-11-19", rule: workdays.WorkingDays},
		"working days skip a weekend":              {start: at("2026-11-18 09:00"), days: 5, due: "2026-11-25", rule: workdays.WorkingDays, off: 2},
		"nine days are working days":               {start: at("2026-11-02 09:00"), days: 9, due: "2026-11-13", rule: workdays.WorkingDays, off: 2},
		"ten days are calendar days":               {start: at("2026-11-02 09:00"), days: 10, due: "2026-11-12", rule: workdays.CalendarDays},
		"a last day off moves":                     {start: at("2026-11-04 09:00"), days: 10, due: "2026-11-16", rule: workdays.CalendarDays, off: 2, moved: true},
		"a holiday of the calendar":                {start: at("2026-08-21 09:00"), days: 1, due: "2026-08-25", rule: workdays.WorkingDays, off: 3},
		"a Saturday that is worked":                {start: at("2026-12-04 09:00"), days: 1, due: "2026-12-05", rule: workdays.WorkingDays},
		"a Monday off after it":                    {start: at("2026-12-04 09:00"), days: 2, due: "2026-12-08", rule: workdays.WorkingDays, off: 2},
		"fifteen days that are named working ones": {start: at("2026-11-02 09:00"), days: 15, in: workdays.InWorking, due: "2026-11-23", rule: workdays.WorkingDays, off: 6},
		"five days that are named calendar ones":   {start: at("2026-11-18 09:00"), days: 5, in: workdays.InCalendar, due: "2026-11-23", rule: workdays.CalendarDays},
		"no term stated":                           {start: at("2026-11-02 09:00"), days: -1, due: "2026-12-02", rule: workdays.Unstated},
		"the date is Kyiv's":                       {start: time.Date(2026, 11, 17, 22, 30, 0, 0, time.UTC), days: 1, due: "2026-11-19", rule: workdays.WorkingDays},
		"a pause moves it": {
			start: at("2026-11-02 09:00"), days: 10, due: "2026-11-17", rule: workdays.CalendarDays, paused: 5,
			pauses: []workdays.Pause{{From: at("2026-11-05 10:00"), To: at("2026-11-10 16:00"), Reason: "папери"}},
		},
		"a pause within one day moves nothing": {
			start: at("2026-11-02 09:00"), days: 10, due: "2026-11-12", rule: workdays.CalendarDays,
			pauses: []workdays.Pause{{From: at("2026-11-05 10:00"), To: at("2026-11-05 16:00")}},
		},
		"a pause that lasts stands still up to now": {
			start: at("2026-11-16 09:00"), days: 3, due: "2026-11-24", rule: workdays.WorkingDays, paused: 5,
			pauses: []workdays.Pause{{From: at("2026-11-17 10:00")}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := calendar.Deadline(tt.start, workdays.Span{Days: tt.days, In: tt.in}, at("2026-11-22 12:00"), tt.pauses...)
			if want := date(tt.due); !got.Due.Equal(want) {
				t.Errorf("due %s, want %s", got.Due.Format(time.DateOnly), tt.due)
			}
			if got.Rule != tt.rule || len(got.DaysOff) != tt.off || got.Paused != tt.paused || got.Moved() != tt.moved {
				t.Errorf("got rule %s, %d off, %d paused, moved %t", got.Rule, len(got.DaysOff), got.Paused, got.Moved())
			}
		})
	}
}

// What was in time when the work was suspended is in time on the day it is resumed, however short its term and however long
// the pause; what was late before stays late.
func TestAPauseMakesNothingLate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := at("2026-08-01 09:00").AddDate(0, 0, rapid.IntRange(0, 150).Draw(t, "start"))
		days := rapid.IntRange(0, 40).Draw(t, "days")
		from := start.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "from"))
		to := from.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "length"))
		before := calendar.Deadline(start, workdays.Days(days), from)
		after := calendar.Deadline(start, workdays.Days(days), to, workdays.Pause{From: from, To: to})
		lasting := calendar.Deadline(start, workdays.Days(days), to, workdays.Pause{From: from})
		if before.Overdue(from) {
			if !after.Due.Equal(before.Due) || lasting.Left != nil {
				t.Fatalf("late since %s, after the pause due %s, left %v", before.Due, after.Due, lasting.Left)
			}
			return
		}
		if after.Overdue(to) {
			t.Fatalf("due %s, resumed %s", after.Due, to)
		}
		if !lasting.Due.Equal(after.Due) {
			t.Fatalf("resumed today it is due %s, but the page promises %s", after.Due, lasting.Due)
		}
		if since, ok := lasting.Standing(); !ok || !since.Equal(workdays.DateOf(from)) {
			t.Fatalf("standing since %s, %t", since, ok)
		}
	})
}

func TestDaysLeftWhenSuspended(t *testing.T) {
	for name, tt := range map[string]struct {
		days int
		from string
		left int
		due  string
	}{
		"calendar days":               {10, "2026-11-04 10:00", 8, "2026-11-30"}, // the 2nd is day 0, the 4th day 2
		"working days":                {5, "2026-11-04 10:00", 3, "2026-11-25"},
		"on the last day":             {2, "2026-11-04 10:00", 0, "2026-11-23"},
		"the same day":                {0, "2026-11-02 15:00", 0, "2026-11-23"},
		"a pause that began too late": {0, "2026-11-03 15:00", 0, "2026-11-02"},
	} {
		t.Run(name, func(t *testing.T) {
			d := calendar.Deadline(at("2026-11-02 09:00"), workdays.Days(tt.days), at("2026-11-22 12:00"), workdays.Pause{From: at(tt.from)})
			if daysOf(d.Left) != tt.left || !d.Due.Equal(date(tt.due)) {
				t.Errorf("left %v, due %s", d.Left, d.Due.Format(time.DateOnly))
			}
		})
	}
}

// Whatever the term and the pauses: the last day is a working day, and a longer term never ends earlier.
func TestDeadlineProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := at("2026-01-01 09:00").AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "start"))
		days := rapid.IntRange(0, 90).Draw(t, "days")
		from := start.AddDate(0, 0, rapid.IntRange(0, 40).Draw(t, "from"))
		pause := workdays.Pause{From: from, To: from.AddDate(0, 0, rapid.IntRange(0, 40).Draw(t, "length"))}
		now := start.AddDate(1, 0, 0)
		plain, paused := calendar.Deadline(start, workdays.Days(days), now), calendar.Deadline(start, workdays.Days(days), now, pause)
		if !calendar.Working(plain.Due) || !calendar.Working(paused.Due) {
			t.Fatalf("the last day %s or %s is a day off", plain.Due, paused.Due)
		}
		if paused.Due.Before(plain.Due) {
			t.Fatalf("a pause brought the deadline forward: %s before %s", paused.Due, plain.Due)
		}
		sameRule := days+1 != 10
		if sameRule && calendar.Deadline(start, workdays.Days(days+1), now).Due.Before(plain.Due) {
			t.Fatalf("a longer term than %d days ends earlier", days)
		}
	})
}

func TestOverdue(t *testing.T) {
	d := calendar.Deadline(at("2026-11-18 09:00"), workdays.Days(1), at("2026-11-18 09:00"))
	if d.Overdue(at("2026-11-19 23:59")) {
		t.Error("the last day itself is in time")
	}
	if !d.Overdue(at("2026-11-20 00:01")) {
		t.Error("the day after is too late")
	}
}

func TestCalendarWithoutWorkingDaysEnds(t *testing.T) {
	var never []workdays.Day
	for i := range 800 {
		never = append(never, workdays.Day{Date: date("2026-01-01").AddDate(0, 0, i)})
	}
	got := workdays.NewCalendar(never).Deadline(at("2026-01-01 09:00"), workdays.Days(3), at("2026-01-01 09:00"))
	if got.Due.Before(date("2027-12-31")) {
		t.Errorf("due %s, want after the days off", got.Due)
	}
}

// daysOf is how many days of whatever kind are left.
func daysOf(left []workdays.Span) (n int) {
	for _, s := range left {
		n += s.Days
	}
	return n
}

package hours

import (
	"testing"
	"time"

	"portal.example/shared/locale"
)

func week() Schedule {
	s := Schedule{Exceptions: []Exception{
		{Date: "2026-11-24", Closed: true},
		{Date: "2026-11-28", Opens: "10:00", Closes: "14:00"},
	}}
	for d := 1; d <= 5; d++ {
		s.Week = append(s.Week, Day{Weekday: d, Opens: "08:00", Closes: "17:00", Breaks: []Interval{{"12:00", "12:45"}}})
	}
	return s
}

func TestAt(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, locale.Kyiv())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		name, now, until string
		open, onBreak    bool
	}{
		{"before opening", "2026-11-23 07:59", "2026-11-23 08:00", false, false},
		{"at opening", "2026-11-23 08:00", "2026-11-23 12:00", true, false},
		{"at the break", "2026-11-23 12:00", "2026-11-23 12:45", false, true},
		{"after the break", "2026-11-23 12:45", "2026-11-23 17:00", true, false},
		{"at closing, next day is an exception", "2026-11-23 17:00", "2026-11-25 08:00", false, false},
		{"closed by exception", "2026-11-24 10:00", "2026-11-25 08:00", false, false},
		{"open Saturday by exception", "2026-11-28 13:59", "2026-11-28 14:00", true, false},
		{"Sunday", "2026-11-29 12:00", "2026-11-30 08:00", false, false},
		{"over the change to winter time", "2026-10-25 12:00", "2026-10-26 08:00", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := week().At(at(c.now))
			if !got.Known || got.Open != c.open || got.OnBreak != c.onBreak || !got.Until.Equal(at(c.until)) {
				t.Errorf("At(%s) = %+v, want open=%v break=%v until %s", c.now, got, c.open, c.onBreak, c.until)
			}
		})
	}
}

func TestAtWithoutHours(t *testing.T) {
	if got := (Schedule{}).At(time.Now()); got.Known {
		t.Errorf("the zero schedule must be unknown, got %+v", got)
	}
	never := Schedule{Exceptions: []Exception{{Date: "2026-01-01", Closed: true}}}
	if got := never.At(time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)); !got.Known || got.Open || !got.Until.IsZero() {
		t.Errorf("a schedule that never opens: %+v", got)
	}
}

package reception

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

func kyiv(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, locale.Kyiv())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// offering is a hall of one window that receives appointments of a group of 15 minutes, and hours from nine to one with a break.
func offering() (Hall, Opening) {
	g := Group{ID: uuid.New(), Letter: "А", Minutes: 15}
	h := Hall{Groups: []Group{g}, Windows: []Window{{ID: uuid.New(), Number: 1, Groups: []uuid.UUID{g.ID}, Appoints: &g.ID}}, Plan: Plan{Ahead: 1}}
	o := Opening{Off: map[time.Time]bool{}}
	for d := 1; d <= 7; d++ {
		o.Schedule.Week = append(o.Schedule.Week, hours.Day{Weekday: d, Opens: "09:00", Closes: "13:00", Breaks: []hours.Interval{{From: "11:05", To: "12:00"}}})
	}
	return h, o
}

// Nine o'clock is nine o'clock before and after the clocks are set, and breaks, hours and days off are kept.
func TestSlots(t *testing.T) {
	h, o := offering()
	clocks := func(now string) (out []string) {
		for _, s := range slotsOf(h, o, kyiv(t, now)) {
			out = append(out, s.BeginsAt.In(locale.Kyiv()).Format("02 15:04"))
		}
		return out
	}
	for _, change := range []string{"2026-10-24 20:00", "2027-03-27 20:00"} { // the evenings before the clocks are set
		got := clocks(change)
		if len(got) != 12 || got[0][3:] != "09:00" || got[7][3:] != "10:45" || got[8][3:] != "12:00" || got[11][3:] != "12:45" {
			t.Errorf("on the day after %s: %v", change, got)
		}
	}
	if got := clocks("2026-11-18 09:20"); len(got) != 22 || got[0] != "18 09:30" {
		t.Errorf("the rest of today and tomorrow: %v", got)
	}
	h.Plan.Share = 50
	if got := clocks("2026-11-17 20:00"); len(got) != 6 || got[0] != "18 09:00" || got[1] != "18 09:30" {
		t.Errorf("every second one is kept for people without an appointment: %v", got)
	}
	h.Plan.Share = 0
	window := h.Windows[0].ID
	for name, close := range map[string]func(h *Hall, o *Opening){
		"the calendar": func(_ *Hall, o *Opening) { o.Off = map[time.Time]bool{onDay("2026-11-18"): true} },
		"an exception": func(_ *Hall, o *Opening) {
			o.Schedule.Exceptions = []hours.Exception{{Date: "2026-11-18", Closed: true}}
		},
		"an absence": func(h *Hall, _ *Opening) {
			h.Plan.Absences = []Absence{{WindowID: &window, First: onDay("2026-11-16"), Last: onDay("2026-11-18")}}
		},
		"a closed hall": func(h *Hall, _ *Opening) {
			h.Plan.Absences = []Absence{{First: onDay("2026-11-18"), Last: onDay("2026-11-18")}}
		},
		"the window goes": func(h *Hall, _ *Opening) {
			h.Windows = []Window{{ID: window, Retired: true, Appoints: h.Windows[0].Appoints}}
		},
		"the group goes": func(h *Hall, _ *Opening) { h.Groups = []Group{{ID: h.Groups[0].ID, Minutes: 15, Retired: true}} },
	} {
		closed, opening := h, o
		close(&closed, &opening)
		for _, s := range slotsOf(closed, opening, kyiv(t, "2026-11-17 20:00")) {
			t.Errorf("%s closes the day, and %v is offered", name, s.BeginsAt)
			break
		}
		if b := (Booking{Slot: Slot{WindowID: window, GroupID: h.Groups[0].ID, BeginsAt: kyiv(t, "2026-11-18 09:00"), Minutes: 15}}); closed.Stands(opening, b) && name != "the group goes" {
			t.Errorf("%s does not touch who has booked", name)
		}
	}
	b := Booking{Slot: Slot{WindowID: window, GroupID: h.Groups[0].ID, BeginsAt: kyiv(t, "2026-11-18 10:50"), Minutes: 20}}
	if h.Stands(o, b) {
		t.Error("an appointment that runs into the break stands")
	}
	if b.Minutes = 15; !h.Stands(o, b) {
		t.Error("an appointment beside the grid falls")
	}
}

func onDay(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

// randomHours are hours of some days of the week and of some dates, with breaks, at any time of the day or night.
func randomHours(t *rapid.T, from time.Time) (s hours.Schedule) {
	clock := func(quarter int) string { return fmt.Sprintf("%02d:%02d", quarter/4, quarter%4*15) }
	for d := 1; d <= 7; d++ {
		opens := rapid.IntRange(0, 80).Draw(t, "opens")
		closes := rapid.IntRange(opens, 95).Draw(t, "closes")
		one := hours.Day{Weekday: d, Opens: clock(opens), Closes: clock(closes)}
		if begins := rapid.IntRange(opens, closes).Draw(t, "break"); rapid.Bool().Draw(t, "has a break") {
			one.Breaks = []hours.Interval{{From: clock(begins), To: clock(rapid.IntRange(begins, closes).Draw(t, "end of break"))}}
		}
		if rapid.IntRange(0, 3).Draw(t, "open") > 0 {
			s.Week = append(s.Week, one)
		}
	}
	for range rapid.IntRange(0, 4).Draw(t, "exceptions") {
		s.Exceptions = append(s.Exceptions, hours.Exception{
			Date: from.AddDate(0, 0, rapid.IntRange(0, 8).Draw(t, "exception")).Format(time.DateOnly), Closed: rapid.Bool().Draw(t, "closed"), Opens: "10:00", Closes: "12:00",
		})
	}
	return s
}

// Whatever the hours, the calendar, absences and the share for people without an appointment are, and also over the days on which the
// clocks are set: every time that is offered lies in the open hours of a day that nobody has off, has its whole length, and meets no
// other one of its window. What is offered and not booked can be booked, once.
func TestAnyOffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := onDay(rapid.SampledFrom([]string{"2026-11-16", "2026-10-22", "2027-03-25"}).Draw(t, "first"))
		now := midnight(first).Add(time.Duration(rapid.IntRange(0, 24*60).Draw(t, "now")) * time.Minute)
		h := Hall{Plan: Plan{Ahead: rapid.IntRange(0, 7).Draw(t, "ahead"), Share: rapid.IntRange(0, 90).Draw(t, "share")}}
		for i := range 3 {
			h.Groups = append(h.Groups, Group{ID: uuid.New(), Letter: Letters[i], Minutes: rapid.IntRange(10, 240).Draw(t, "minutes")})
		}
		for i := range 3 {
			g := rapid.SampledFrom(h.Groups).Draw(t, "group").ID
			h.Windows = append(h.Windows, Window{ID: uuid.New(), Number: i + 1, Groups: []uuid.UUID{g}, Appoints: &g, Retired: rapid.IntRange(0, 5).Draw(t, "retired") == 0})
		}
		o := Opening{Schedule: randomHours(t, first), Off: map[time.Time]bool{}}
		for range rapid.IntRange(0, 3).Draw(t, "days off") {
			o.Off[first.AddDate(0, 0, rapid.IntRange(0, 8).Draw(t, "off"))] = true
		}
		for range rapid.IntRange(0, 2).Draw(t, "absences") {
			w := rapid.SampledFrom(h.Windows).Draw(t, "absent").ID
			from := first.AddDate(0, 0, rapid.IntRange(0, 8).Draw(t, "from"))
			h.Plan.Absences = append(h.Plan.Absences, Absence{WindowID: &w, First: from, Last: from.AddDate(0, 0, rapid.IntRange(0, 3).Draw(t, "for"))})
		}
		slots := slotsOf(h, o, now)
		slices.SortFunc(slots, func(a, b Slot) int {
			return cmp.Or(slices.Compare(a.WindowID[:], b.WindowID[:]), a.BeginsAt.Compare(b.BeginsAt))
		})
		for i, s := range slots {
			fits(t, h, o, now, s)
			if i > 0 && slots[i-1].WindowID == s.WindowID && s.BeginsAt.Before(slots[i-1].EndsAt()) {
				t.Fatalf("%v and %v meet at one window", slots[i-1].BeginsAt, s.BeginsAt)
			}
			if len(h.Fitting(h.Places(o, workdays.DateOf(s.BeginsAt), now, nil), []Matter{{GroupID: s.GroupID}})) == 0 || !h.Stands(o, Booking{Slot: s}) {
				t.Fatalf("%+v is offered and cannot be booked", s)
			}
		}
	})
}

// slotsOf are the times that the hall offers while nobody has an appointment.
func slotsOf(h Hall, o Opening, now time.Time) (list []Slot) {
	for ahead := range MaxAhead + 1 {
		for _, p := range h.Places(o, workdays.DateOf(now).AddDate(0, 0, ahead), now, nil) {
			list = append(list, p.Slot)
		}
	}
	return list
}

func fits(t *rapid.T, h Hall, o Opening, now time.Time, s Slot) {
	date := workdays.DateOf(s.BeginsAt)
	w, _ := h.Window(s.WindowID)
	g := h.Group(s.GroupID)
	switch {
	case o.Off[date] || h.absent(w, date) || w.Retired:
		t.Fatalf("%v is offered on a day off", s.BeginsAt)
	case !s.BeginsAt.After(now) || date.After(workdays.DateOf(now).AddDate(0, 0, h.Plan.Ahead)):
		t.Fatalf("%v is offered at %v", s.BeginsAt, now)
	case s.Minutes != g.Minutes:
		t.Fatalf("%v has %d minutes of %d", s.BeginsAt, s.Minutes, g.Minutes)
	}
	// By the rule that pages tell people, not by the one that made the times.
	for at := s.BeginsAt; at.Before(s.EndsAt()); at = at.Add(5 * time.Minute) {
		if !o.Schedule.At(at).Open {
			t.Fatalf("%v is offered for %d minutes, and the centre is closed at %v", s.BeginsAt.In(locale.Kyiv()), s.Minutes, at.In(locale.Kyiv()))
		}
	}
}

// Whoever comes early goes at the time that was booked; who is a little late stands since they came; who is later stands with everybody.
func TestStandingOfAnAppointment(t *testing.T) {
	b := Booking{Slot: Slot{BeginsAt: at(60)}}
	for minute, want := range map[int]struct {
		booked bool
		since  int
	}{30: {true, 60}, 60: {true, 60}, 70: {true, 70}, 75: {true, 75}, 76: {false, 76}} {
		booked, since := b.stands(at(minute))
		if (booked != nil) != want.booked || !since.Equal(at(want.since)) {
			t.Errorf("who comes at %d stands since %v, booked %v", minute, since, booked)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for typed, want := range map[string]string{"12345678": "1234-5678", " 1234 5678 ": "1234-5678", "1234–5678": "1234-5678", "1234567": "", "": "", "1234-567a": "", "123456789": ""} {
		if got, ok := ParseNumber(typed); got != want || ok != (want != "") {
			t.Errorf("%q: %q", typed, got)
		}
	}
}

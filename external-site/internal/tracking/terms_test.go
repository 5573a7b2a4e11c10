package tracking

import (
	"testing"
	"time"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

func at(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }

func ptr(t time.Time) *time.Time { return &t }

// underWay was filed on Monday the 2nd at 8, suspended for three days, and is with the authority since the 4th.
func underWay() Status {
	authority := locale.Text{UK: "Управління екології"}
	return Status{
		Reached: InProgress,
		Case:    &Case{State: "in_progress", FiledAt: at(2, 8), RegisteredAt: at(2, 9), DueOn: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)},
		Stages: []Stage{
			{Position: 1, State: "done", StartedAt: ptr(at(2, 9)), FinishedAt: ptr(at(4, 8))},
			{Position: 2, State: "active", Authority: authority, StartedAt: ptr(at(4, 8)), DueOn: ptr(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))},
			{Position: 3, State: "waiting", Authority: authority, Days: 2, DaysIn: workdays.InWorking},
			{Position: 4, State: "waiting"},
		},
		Events: []Event{{Kind: eventResumed, At: at(9, 8)}, {Kind: eventSuspended, At: at(6, 8)}},
	}
}

func TestWaited(t *testing.T) {
	s := underWay()
	s.reckon(cards{}, at(12, 8))
	want := []Waited{
		{Party: PartyAuthority, Authority: locale.Text{UK: "Управління екології"}, For: 5 * 24 * time.Hour}, // 4th to 12th without three days
		{Party: PartyApplicant, For: 3 * 24 * time.Hour},
		{Party: PartyCentre, For: 2 * 24 * time.Hour},
	}
	if len(s.Waited) != len(want) {
		t.Fatalf("waited %+v", s.Waited)
	}
	for i := range want {
		if s.Waited[i] != want[i] {
			t.Errorf("%d: %+v, expected %+v", i, s.Waited[i], want[i])
		}
	}
	if s.Term.Stood != 3 || s.Term.Extended {
		t.Errorf("term %+v", s.Term)
	}
}

// Of two stages of one authority at the same time the time counts once, of two authorities once each. What stands still
// has no end yet.
func TestWaitedSideBySide(t *testing.T) {
	one, two := locale.Text{UK: "Перша"}, locale.Text{UK: "Друга"}
	s := Status{
		Reached: Suspended, Case: &Case{FiledAt: at(2, 8)},
		Stages: []Stage{
			{State: "done", Authority: one, StartedAt: ptr(at(2, 8)), FinishedAt: ptr(at(4, 8))},
			{State: "active", Authority: one, StartedAt: ptr(at(3, 8))},
			{State: "active", Authority: two, StartedAt: ptr(at(3, 8))},
			{State: "skipped", StartedAt: ptr(at(3, 8))},
		},
		Events: []Event{{Kind: eventSuspended, At: at(8, 8)}},
	}
	got := map[string]time.Duration{}
	for _, w := range s.waited(at(18, 8)) {
		got[string(w.Party)+w.Authority.UK] = w.For / (24 * time.Hour)
	}
	if len(got) != 3 || got["applicant"] != 10 || got["authorityПерша"] != 6 || got["authorityДруга"] != 5 {
		t.Errorf("waited, days: %v", got)
	}
}

func TestStagesAheadHaveADay(t *testing.T) {
	s := underWay()
	s.reckon(cards{}, at(12, 8))
	day := func(i int) string {
		if s.Stages[i].ExpectedOn == nil {
			return ""
		}
		return s.Stages[i].ExpectedOn.Format(time.DateOnly)
	}
	// The active stage ends on Friday the 20th; two working days more are Tuesday the 24th.
	if day(0) != "" || day(1) != "" || day(2) != "2026-11-24" || day(3) != "2026-11-24" {
		t.Errorf("expected %q %q %q %q", day(0), day(1), day(2), day(3))
	}
	s = underWay()
	s.reckon(cards{tech: &contract.TechCard{Stages: []contract.TechStage{{}, {}, {After: []string{contract.FromTheStart}}, {}}}}, at(12, 8))
	if day(2) != "2026-11-16" || day(3) != "2026-11-20" {
		t.Errorf("in parallel, from today on: %q %q", day(2), day(3))
	}
	s = underWay()
	s.reckon(cards{}, at(25, 8))
	if day(2) != "2026-11-27" {
		t.Errorf("a late stage does not promise the past: %q", day(2))
	}
	s = underWay()
	s.Reached = Suspended
	s.reckon(cards{}, at(12, 8))
	if day(2) != "" || s.Expected != nil {
		t.Errorf("while it stands still nothing is promised: %q %v", day(2), s.Expected)
	}
}

func TestExpectedBySimilarCases(t *testing.T) {
	for name, c := range map[string]struct {
		median int
		want   string
	}{
		"ahead":              {14, "2026-11-19"}, // three days of pause more
		"passed":             {5, ""},
		"after the last day": {60, ""},
	} {
		s := underWay()
		s.Experience = []Experience{{Outcome: Denied, Median: 11}, {Outcome: Granted, Median: c.median}}
		s.reckon(cards{}, at(12, 8))
		got := ""
		if s.Expected != nil {
			got = s.Expected.Format(time.DateOnly)
		}
		if got != c.want {
			t.Errorf("%s: %q, expected %q", name, got, c.want)
		}
	}
}

func TestTermOfTheCards(t *testing.T) {
	stated, at0, open := contract.Term{Days: 10}, contract.Term{Days: 0}, contract.Term{Days: -1}
	tech := &contract.TechCard{StatutoryDays: 30}
	for name, c := range map[string]struct {
		by   cards
		want int
	}{
		"information card": {cards{&stated, tech}, 10}, "at once": {cards{&at0, tech}, 0}, "not stated": {cards{&open, tech}, 30},
		"technological card": {cards{nil, tech}, 30}, "none": {cards{}, 0},
	} {
		if got := c.by.term().Days; got != c.want {
			t.Errorf("%s: %d days, expected %d", name, got, c.want)
		}
	}
}

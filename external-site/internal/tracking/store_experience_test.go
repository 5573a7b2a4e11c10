package tracking_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/tracking"
	"portal.example/shared/locale"
)

// decided adds a decided case of the same service, filed and decided at clock times of Kyiv so many days ago, that stood
// still between two moments if they are given.
func (f *follower) decided(outcome string, filed, at time.Time, pause ...time.Time) {
	id := uuid.New()
	f.DB.Exec(`insert into cases.cases (id, number, receipt_number, centre_id, authority_id, service_id, channel, state, outcome, filed_at, registered_at, due_on, decided_at, tracked)
		values ($1, $2, '', $3, $4, $5, 'counter', 'decided', $6, $7, $7, '2026-12-05', $8, true)`,
		id, id.String(), f.Centre, f.Authority, f.Service, outcome, filed, at)
	for i, at := range pause {
		f.DB.Exec(`insert into cases.events (id, case_id, at, kind, text, text_en, published) values (gen_random_uuid(), $1, $2, $3, '', '', true)`,
			id, at, []string{"suspended", "resumed"}[i%2])
	}
}

// clock is an hour of a day of Kyiv, so many days ago.
func clock(daysAgo, hour int) time.Time {
	y, m, d := time.Now().In(locale.Kyiv()).AddDate(0, 0, -daysAgo).Date()
	return time.Date(y, m, d, hour, 30, 0, 0, locale.Kyiv())
}

func TestExperienceNeedsEnoughCases(t *testing.T) {
	f := follow(t)
	f.register()
	for days := range 7 {
		f.decided("granted", clock(10+days+1, 12), clock(10, 12))
		e := f.status().Experience
		if (len(e) == 1) != (days >= 4) {
			t.Errorf("after %d cases: %+v", days+1, e)
		}
	}
	if e := f.status().Experience; e[0].Shortest != 1 || e[0].Median != 4 || e[0].Max != 7 || e[0].Cases != 7 {
		t.Errorf("experience %+v", e)
	}
}

// Days are those of Kyiv from filing to decision, whatever the hour and the zone of the session; the days in which the work
// stood still are not among them; granted and refused cases are counted apart.
func TestExperienceCountsDaysOfWorkInKyiv(t *testing.T) {
	f := follow(t)
	f.register()
	for range 5 {
		f.decided("granted", clock(20, 0), clock(20, 23)) // within one day of Kyiv, two of UTC
		f.decided("refused", clock(40, 9), clock(20, 9), clock(38, 10), clock(33, 10), clock(30, 9), clock(29, 9))
	}
	want := []tracking.Experience{{Outcome: "granted", Cases: 5}, {Outcome: "refused", Cases: 5, Shortest: 14, Median: 14, Max: 14}}
	if e := f.status().Experience; !slices.Equal(e, want) {
		t.Errorf("experience %+v", e)
	}
}

// borders are days of the last year at whose end something changes: the year, and the clock to summer time and back.
func borders(t *testing.T) map[string]time.Time {
	t.Helper()
	found := map[string]time.Time{}
	for ago := 360; ago > 2; ago-- {
		day := clock(ago, 0)
		next := day.AddDate(0, 0, 1)
		_, before := day.Zone()
		_, after := next.Zone()
		switch {
		case next.Year() > day.Year():
			found["the year"] = day
		case after > before:
			found["summer time"] = day
		case after < before:
			found["winter time"] = day
		}
	}
	if len(found) < 3 {
		t.Skipf("the last 360 days have only the borders %v", found)
	}
	return found
}

// A night at a border is one day, as any other, although it has 23 or 25 hours and another year: filed late in the evening and
// decided after midnight.
func TestExperienceAtBorders(t *testing.T) {
	for border, day := range borders(t) {
		t.Run(border, func(t *testing.T) {
			f := follow(t)
			f.register()
			y, m, d := day.Date()
			evening := time.Date(y, m, d, 23, 40, 0, 0, locale.Kyiv())
			for range 5 {
				f.decided("granted", evening, time.Date(y, m, d+1, 0, 20, 0, 0, locale.Kyiv()))
				f.decided("refused", evening, time.Date(y, m, d+2, 0, 20, 0, 0, locale.Kyiv()),
					time.Date(y, m, d, 23, 50, 0, 0, locale.Kyiv()), time.Date(y, m, d+1, 0, 10, 0, 0, locale.Kyiv()))
			}
			want := []tracking.Experience{{Outcome: "granted", Cases: 5, Shortest: 1, Median: 1, Max: 1}, {Outcome: "refused", Cases: 5, Shortest: 1, Median: 1, Max: 1}}
			if e := f.status().Experience; !slices.Equal(e, want) {
				t.Errorf("experience %+v", e)
			}
		})
	}
}
